"""The aged balance: any past day as it was, agreeing with the ledger, down to the payments."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from clients.models import Client
from core.errors import DomainError
from invoices.models import Invoice, Receivable
from invoices.services import claim_late_fees, credit_invoice, write_off
from payments.models import Allocation, Payment
from payments.services import (
    allocate,
    bounce_payment,
    client_credit,
    record_payment,
    refund_payment,
    unallocate,
    undo_payment,
)
from reports.books.aged import read_clients, read_documents, read_totals
from reports.books.dated import AsOf
from tenants import clock
from tenants.models import AuditEntry
from tenants.scope import tenant_atomic, use_tenant
from tests.factories.books import issued_invoice, make_client
from tests.factories.payments import make_receivable

FIRST = dt.date(2026, 3, 2)
LAST = dt.date(2026, 9, 1)
AMOUNTS = ["0.01", "7.50", "40.00", "120.00", "1200.00"]
ACTS = ["owe", "pay", "undo", "bounce", "refund", "allocate", "unallocate", "credit", "lose", "fee"]


def days(count):
    return dt.timedelta(days=count)


def paid(client, amount, *, on, received_on=None):
    with clock.as_of(clock.at_hour(on, 9)):
        return record_payment(
            client=client,
            amount=Decimal(amount),
            means="TRANSFER",
            received_on=received_on or on,
            now=clock.now(),
            user=None,
        )


class Books:
    """Two clients, and acts on the day at hand that pick among what is there."""

    def __init__(self):
        self.clients = [make_client("Riou"), make_client("Morvan", siren="732829320")]
        self.day = FIRST

    def do(self, act, amount, which):
        with clock.as_of(clock.at_hour(self.day, 9)):
            getattr(self, act)(Decimal(amount), which)

    def owe(self, amount, which):
        issued_invoice(self.clients[which % 2], on=self.day, net=str(amount))

    def pay(self, amount, which):
        paid(self.clients[which % 2], amount, on=self.day)

    def undo(self, _amount, which):
        undo_payment(payment=self._one(Payment, which), now=clock.now(), user=None)

    def bounce(self, _amount, which):
        bounce_payment(payment=self._one(Payment, which), now=clock.now(), user=None)

    def refund(self, amount, which):
        payment = self._one(Payment, which)
        refund_payment(payment=payment, amount=amount, now=clock.now(), user=None)

    def allocate(self, amount, which):
        payment, debt = self._one(Payment, which), self._one(Receivable, which)
        allocate(payment=payment, receivable=debt, amount=amount, now=clock.now(), user=None)

    def unallocate(self, _amount, which):
        unallocate(allocation=self._one(Allocation, which), now=clock.now(), user=None)

    def credit(self, _amount, which):
        credit_invoice(
            invoice=self._one(Invoice, which),
            reason="Annulée",
            today=self.day,
            now=clock.now(),
            user=None,
        )

    def lose(self, _amount, which):
        debt = self._one(Receivable, which)
        write_off(receivable=debt, reason="Perdu", today=self.day, now=clock.now(), user=None)

    def fee(self, amount, which):
        claim_late_fees(
            receivable=self._one(Receivable, which),
            interest=amount,
            indemnity=Decimal(40),
            today=self.day,
            user=None,
        )

    def _one(self, model, which):
        rows = list(model.objects.order_by("id"))
        if not rows:
            raise DomainError("Nothing there.")
        return rows[which % len(rows)]


def ledger(books):
    """What the balances say today: per client, what is owed by due date, and the credit."""
    return {
        client.name: (
            sorted(
                Receivable.objects.filter(client=client, balance__gt=0).values_list(
                    "due_on", "balance"
                )
            ),
            client_credit(client.pk),
        )
        for client in books.clients
    }


def told(books, day, today):
    """The same, as the aged balance of `day` tells it on a later day."""
    as_of = AsOf(day, today)
    credit = {row.name: row.credit for row in read_clients(as_of, limit=10)}
    return {
        client.name: (
            sorted((row.due_on, row.owed) for row in read_documents(as_of, client.pk, limit=99)),
            credit.get(client.name, Decimal(0)),
        )
        for client in books.clients
    }


@pytest.mark.django_db
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from(ACTS), st.sampled_from(AMOUNTS), st.integers(0, 3), st.integers(0, 40)
        ),
        min_size=1,
        max_size=12,
    )
)
def test_every_past_day_is_told_as_the_ledger_stood_at_its_end(as_acme, acts):
    stood = {}
    with transaction.atomic():
        with tenant_atomic():
            books = Books()
            books.owe(Decimal(1000), 0)
            for act, amount, which, later in acts:
                books.day += days(later)
                try:
                    with tenant_atomic():
                        books.do(act, amount, which)
                except DomainError:
                    pass
                stood[books.day] = ledger(books)
            past = {day: told(books, day, today=books.day + days(1)) for day in stood}
            today = told(books, books.day, today=books.day)
            totals = read_totals(AsOf(books.day, books.day))
            open_sum = sum(Receivable.objects.values_list("balance", flat=True))
        transaction.set_rollback(True)

    assert past == stood
    assert today == stood[books.day]
    assert (totals.owed, sum(totals.ages)) == (open_sum, open_sum)


@pytest.fixture
def book(in_acme):
    """Riou owes since February and March, Morvan has paid too much in May."""
    riou, morvan = make_client("Riou"), make_client("Morvan")
    issued_invoice(riou, on=dt.date(2026, 2, 2), net="1000")  # due 4 March
    issued_invoice(riou, on=FIRST, net="500")  # due 1 April
    issued_invoice(morvan, on=dt.date(2026, 3, 16), net="200")  # due 15 April
    paid(riou, "300", on=dt.date(2026, 3, 20))
    paid(morvan, "300", on=dt.date(2026, 5, 4))
    return in_acme


def shown(day):
    return [
        (row.name, [f"{amount:.2f}" for amount in row.ages], str(row.owed), f"{row.credit:.2f}")
        for row in read_clients(AsOf(day, LAST), limit=10)
    ]


def test_each_client_is_sorted_into_the_ages_of_that_day(book):
    zero = "0.00"

    assert shown(dt.date(2026, 4, 10)) == [
        ("Riou", [zero, "600.00", "900.00", zero, zero], "1500.00", zero),
        ("Morvan", ["240.00", zero, zero, zero, zero], "240.00", zero),
    ]
    assert shown(LAST - days(1)) == [
        ("Riou", [zero, zero, zero, zero, "1500.00"], "1500.00", zero),
        ("Morvan", [zero, zero, zero, zero, zero], "0", "60.00"),
    ]


def test_before_its_invoice_nothing_is_owed_and_a_payment_is_credit(book):
    client = Client.objects.get(name="Morvan")
    payment = paid(client, "50", on=LAST - days(1), received_on=dt.date(2026, 3, 15))
    allocated_later = issued_invoice(client, on=LAST - days(1), net="100")
    allocate(
        payment=payment,
        receivable=allocated_later.receivables.get(),
        amount=Decimal(50),
        now=clock.at_hour(LAST - days(1), 10),
        user=None,
    )

    assert shown(dt.date(2026, 3, 15))[1:] == [("Morvan", ["0.00"] * 5, "0", "50.00")]
    assert shown(dt.date(2026, 2, 1)) == []


def test_a_payment_entered_late_counts_from_the_day_it_came_in(book):
    client = Client.objects.get(name="Riou")
    before = shown(dt.date(2026, 6, 1))[0]

    paid(client, "900", on=LAST - days(1), received_on=dt.date(2026, 6, 1))

    after = {row[0]: row for row in shown(dt.date(2026, 6, 1))}["Riou"]
    assert (before[2], after[2], shown(dt.date(2026, 5, 31))[0][2]) == (
        "1500.00",
        "600.00",
        "1500.00",
    )


def test_an_imported_debt_is_left_out_of_days_before_it_was_last_brought_in(in_acme):
    client = make_client("Riou")
    debt = make_receivable(client, "80.00", due_on=dt.date(2026, 5, 1))
    Receivable.objects.filter(pk=debt.pk).update(created_at=clock.at_hour(dt.date(2026, 5, 4), 9))
    AuditEntry.objects.create(
        at=clock.at_hour(dt.date(2026, 6, 8), 9),
        act="import_again",
        subject="invoices.Invoice",
        subject_id=debt.invoice.public_id,
    )

    owed = {
        day: [row.owed for row in read_clients(AsOf(day, LAST), limit=10)]
        for day in (dt.date(2026, 5, 3), dt.date(2026, 6, 7), dt.date(2026, 6, 8), LAST)
    }

    assert list(owed.values()) == [[], [], [Decimal("80.00")], [Decimal("80.00")]]


@pytest.fixture
def reader(client, accountant):
    client.force_login(accountant, django_settings.AUTHENTICATION_BACKENDS[0])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def page(acme, reader):
    """`page(path)`: the answer to the accountant, on `LAST`."""

    def get(path):
        with use_tenant(acme), clock.as_of(clock.at_hour(LAST, 9)):
            return reader.get(f"/t/acme/reports/{path}")

    return get


def words(response):
    return " ".join(response.content.decode().replace("\xa0", " ").split())


def test_the_page_ties_its_total_to_the_clients_account(book, page):
    text = words(page("aged/?on=2026-06-30"))

    assert "What clients owed at the end of 30 Jun 2026" in text
    assert (
        "All open amounts: €1,500.00, less €60.00 received and not allocated."
        " Clients’ account (411): €1,440.00."
    ) in text


def test_a_day_that_has_not_come_is_refused_with_a_sentence(book, page):
    response = page("aged/?on=2026-09-02")

    assert (response.status_code, "This day has not come yet." in words(response)) == (422, True)


@pytest.mark.parametrize("asked", ["on=31/02/2026", "on=1789-07-14"])
def test_what_is_no_day_is_refused_with_a_sentence(book, page, asked):
    response = page(f"aged/?{asked}")

    assert (response.status_code, 'class="err"' in words(response)) == (422, True)


def test_a_client_opens_on_its_documents_and_their_payments(book, page):
    client = Client.objects.get(name="Riou")

    text = words(page(f"aged/{client.public_id}/?on=2026-04-10"))

    assert [part in text for part in ("€1,200.00", "€900.00", "€300.00", "37 days late")] == [
        True,
        True,
        True,
        True,
    ]


def test_the_files_hold_every_client_with_the_figures_of_the_page(book, page):
    answer = page("aged/?on=2026-06-30&as=csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig")), delimiter=";"))
    sheet = load_workbook(io.BytesIO(b"".join(page("aged/?on=2026-06-30&as=xlsx")))).active

    assert answer["Content-Disposition"] == 'attachment; filename="aged-balance-2026-06-30.csv"'
    assert [(row[0], row[2], row[8], row[9], row[10]) for row in rows[1:]] == [
        ("Riou", "EUR", "1500.00", "0.00", "1500.00"),
        ("Morvan", "EUR", "0.00", "60.00", "-60.00"),
    ]
    assert [(row[0], row[8], row[10]) for row in sheet.values][1:] == [
        ("Riou", 1500, 1500),
        ("Morvan", 0, -60),
    ]


def test_a_name_that_looks_like_a_formula_stays_a_name(in_acme, page):
    name = '=HYPERLINK("http://x","y")'
    make_receivable(make_client(name), "10.00", due_on=LAST)

    text = b"".join(page("aged/?as=csv")).decode()
    sheet = load_workbook(io.BytesIO(b"".join(page("aged/?as=xlsx")))).active

    assert "\"'=HYPERLINK(" in text
    assert (sheet["A2"].value, sheet["A2"].data_type) == (name, "s")


def test_pages_go_from_one_to_the_next_by_amount(in_acme, page, monkeypatch):
    monkeypatch.setattr("reports.books.aged_views.PAGE", 2)
    for amount in ("10.00", "30.00", "30.00", "20.00", "40.00"):
        make_receivable(make_client(f"C{amount}"), amount, due_on=LAST)

    seen, path = [], "aged/"
    for _each in range(3):
        response = page(path)
        seen.append([row["owed"] for row in response.context["rows"]])
        path = "aged/" + response.context["page"].older_url

    assert seen == [["€40.00", "€30.00"], ["€30.00", "€20.00"], ["€10.00"]]
    back = page("aged/" + response.context["page"].newer_url)
    assert [row["owed"] for row in back.context["rows"]] == ["€30.00", "€20.00"]


@pytest.mark.parametrize("path", ["aged/", "aged/?on=2026-06-30", "client"])
def test_the_number_of_queries_does_not_grow(in_acme, page, path):
    counts = []
    for clients in (1, 6):
        for number in range(clients):
            client = make_client(f"C{clients}-{number}")
            make_receivable(client, "10.00", due_on=FIRST)
            make_receivable(client, "20.00", due_on=FIRST)
            paid(client, "5.00", on=FIRST)
        where = f"aged/{client.public_id}/" if path == "client" else path
        page(where)
        with CaptureQueriesContext(connection) as found:
            page(where)
        counts.append(len(found))

    assert counts[0] == counts[1]
