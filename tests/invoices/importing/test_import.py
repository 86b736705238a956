"""Imported books: what is written, what a second import changes, what is never undone."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from clients.models import Client, Person
from dunning.models import Case, Dispute
from invoices.importing.headings import AR_HISTORY
from invoices.models import Invoice, Receivable, Series
from invoices.services import ImportRefused, LineInput, create_invoice, issue_invoice
from payments.services import record_payment
from tenants.models import AuditEntry, Business
from tests.factories.clients import make_client
from tests.invoices.importing.imports import (
    NOW,
    TODAY,
    balances,
    bring,
    bring_in,
    counts,
    read_path,
    read_rows,
    reasons,
    row,
)


def test_an_imported_invoice_keeps_its_number_and_is_owed_what_remained(in_acme):
    report = bring_in(row(remaining="200,00", email="compta@morvan.example", code="C42"))

    assert (counts(report), report.clients_created, report.is_written) == ((1, 0, 0), 1, True)
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.origin, invoice.state, invoice.total_gross) == (
        "F1",
        "IMPORTED",
        "ISSUED",
        Decimal("1200.00"),
    )
    receivable = Receivable.objects.get()
    assert (receivable.amount, receivable.balance, receivable.due_on) == (
        Decimal("200.00"),
        Decimal("200.00"),
        dt.date(2026, 10, 1),
    )
    client = Client.objects.get()
    assert (client.name, client.number, client.kind) == ("Garage Morvan", "C42", "BUSINESS")
    assert Person.objects.get().email == "compta@morvan.example"


def test_an_imported_invoice_enters_no_series(in_acme):
    bring_in(row("F-2026-0001"))

    assert list(Series.objects.exclude(next_number=1)) == []
    assert Invoice.objects.get().series_id is None


def test_a_case_is_opened_as_if_mailed_on_the_day_of_the_invoice(in_acme):
    bring_in(row("F1"), row("F2", "Cabinet Le Goff"))

    cases = Case.objects.order_by("id").values_list("mailed_on", "state", "silence")
    assert list(cases) == [(dt.date(2026, 9, 1), "OPEN", "LADDER_NOT_APPROVED")] * 2


def test_a_paid_invoice_comes_in_with_nothing_due_and_no_case(in_acme):
    bring_in(row(remaining="0,00"))

    receivable = Receivable.objects.get()
    assert (receivable.balance, receivable.settled_on) == (Decimal(0), TODAY)
    assert Invoice.objects.get().total_gross == Decimal(1200)
    assert Case.objects.count() == 0


def test_the_same_book_again_changes_nothing_and_says_so(in_acme):
    rows = [row("F1"), row("F2", remaining="0,00"), row("A1", gross="-50,00", kind="Avoir")]
    bring_in(*rows)
    before = list(Invoice.objects.order_by("id").values())
    owed = list(Receivable.objects.order_by("id").values())

    again = bring_in(*rows, user=None, now=NOW + dt.timedelta(days=7))

    assert (counts(again), again.clients_created) == ((0, 0, 3), 0)
    assert list(Invoice.objects.order_by("id").values()) == before
    assert list(Receivable.objects.order_by("id").values()) == owed


def test_what_was_paid_elsewhere_closes_the_case_without_thanks(in_acme):
    bring_in(row("F1"), row("F2"))

    report = bring_in(row("F1", remaining="0,00"), row("F2", remaining="300,00"))

    assert counts(report) == (0, 2, 0)
    assert balances() == {"F1": Decimal(0), "F2": Decimal(300)}
    cases = Case.objects.order_by("receivable__invoice__number")
    assert list(cases.values_list("state", "silence", "owes_thanks_since")) == [
        ("CLOSED", "PAID", None),
        ("OPEN", "LADDER_NOT_APPROVED", None),
    ]
    trace = AuditEntry.objects.filter(act="import_again").order_by("id")
    assert [entry.after["remaining"] for entry in trace] == ["0.00", "300.00"]


def test_a_payment_that_bounced_elsewhere_opens_the_case_again(in_acme):
    bring_in(row())
    bring_in(row(remaining="0,00"))

    bring_in(row(remaining="1200,00"))

    case = Case.objects.get()
    assert (balances(), case.state, case.cycle) == ({"F1": Decimal(1200)}, "OPEN", 2)


@pytest.mark.parametrize(
    ("remaining", "balance"),
    [("1200,00", "700"), ("700,00", "700"), ("300,00", "300"), ("0,00", "0")],
    ids=["does not know our payment", "knows it", "knows of more", "knows it is paid"],
)
def test_a_payment_received_here_is_never_undone_by_a_book(in_acme, remaining, balance):
    bring_in(row())
    client = Client.objects.get()
    record_payment(
        client=client,
        amount=Decimal(500),
        means="TRANSFER",
        received_on=TODAY,
        now=NOW,
        user=None,
    )

    bring_in(row(remaining=remaining))
    bring_in(row(remaining=remaining))

    assert balances() == {"F1": Decimal(balance)}
    assert Receivable.objects.get().allocated == Decimal(500)


def test_a_corrected_date_moves_the_debt(in_acme):
    bring_in(row())

    report = bring_in(row(due="15/10/2026"))

    assert counts(report) == (0, 1, 0)
    assert Invoice.objects.get().due_on == dt.date(2026, 10, 15)
    assert Receivable.objects.get().due_on == dt.date(2026, 10, 15)


def test_without_a_due_date_the_usual_terms_are_applied(in_acme):
    Business.objects.update(default_terms="NET_45")

    bring_in(row(due=""))

    assert Receivable.objects.get().due_on == dt.date(2026, 10, 16)


def test_one_line_refused_and_nothing_is_written(in_acme):
    with pytest.raises(ImportRefused) as refusal:
        bring_in(row("F1"), row("F2", issued="01/12/2026", due="31/12/2026"))

    assert reasons(refusal.value.refusals) == [
        ("book.csv", 3, "The invoice is dated 2026-12-01, after today.")
    ]
    assert (Invoice.objects.count(), Client.objects.count()) == (0, 0)


def test_with_partial_the_good_lines_are_taken(in_acme):
    report = bring_in(row("F1"), row("F2", issued="01/12/2026", due=""), partial=True)

    assert (counts(report), len(report.refusals), report.is_written) == ((1, 0, 0), 1, True)
    assert balances() == {"F1": Decimal(1200)}


def test_a_dry_run_says_what_would_be_done_and_leaves_no_trace(in_acme):
    report = bring_in(row("F1"), row("F2"), dry_run=True)

    assert (counts(report), report.clients_created, report.is_written) == ((2, 0, 0), 1, False)
    assert [model.objects.count() for model in (Client, Invoice, Receivable, Case)] == [0] * 4
    assert not AuditEntry.objects.filter(act="import_receivables").exists()


def test_what_was_issued_here_is_not_imported_a_second_time(in_acme):
    client = make_client(address="1 rue X", postcode="56100", city="Lorient", siren="552100554")
    line = LineInput(description="Pose", unit_price=Decimal(100), vat_rate=Decimal(20))
    draft = create_invoice(client=client, lines=[line], user=None, terms="NET_30")
    own = issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    report = bring_in(row(own.number, "Dupont"))

    assert (counts(report), report.issued_here) == ((0, 0, 0), 1)
    with pytest.raises(ImportRefused) as refusal:
        bring_in(row(own.number, "Somebody else"))
    assert reasons(refusal.value.refusals) == [
        (
            "book.csv",
            2,
            f"{own.number} is the number of an invoice issued here, to another client.",
        )
    ]


def test_a_number_that_makes_no_rf_reference_is_taken_without_one(in_acme):
    bring_in(row("Facture n° 12 (avril)"), row("F2"))

    references = Receivable.objects.order_by("id").values_list("reference", flat=True)
    assert list(references) == ["", "RF71F2"]


def test_two_files_with_the_same_invoice_are_told_apart(in_acme):
    (record,) = read_rows(row())

    with pytest.raises(ImportRefused) as refusal:
        bring([record, replace(record, file="other.csv")])

    assert reasons(refusal.value.refusals) == [
        ("other.csv", 2, "Invoice F1 of this client is in book.csv too.")
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"remaining": Decimal(-1)}, "The amount -1 cannot be that of an invoice."),
        ({"total_gross": Decimal("1e13")}, "The amount 1E+13 cannot be that of an invoice."),
        ({"remaining": Decimal("NaN")}, "The amount NaN cannot be that of an invoice."),
        ({"currency": "ECU"}, "“ECU” is not a currency."),
        (
            {"due_on": dt.date(2026, 8, 31)},
            "The due date 2026-08-31 is before the issue date 2026-09-01.",
        ),
        ({"number": "9" * 36}, "The invoice number has more than 35 characters, or none."),
    ],
)
def test_what_no_debt_can_be_made_of_is_refused_whoever_read_it(in_acme, change, reason):
    (record,) = read_rows(row())

    with pytest.raises(ImportRefused) as refusal:
        bring([replace(record, **change)])

    assert reasons(refusal.value.refusals) == [("book.csv", 2, reason)]
    assert Client.objects.count() == 0


def test_another_currency_than_before_is_refused(in_acme):
    (record,) = read_rows(row())
    bring([record])

    with pytest.raises(ImportRefused) as refusal:
        bring([replace(record, currency="CHF")])

    assert reasons(refusal.value.refusals) == [
        ("book.csv", 2, "Invoice F1 is known here in EUR, not in CHF.")
    ]


def test_a_credit_note_lowers_the_oldest_debt_of_its_client_once(in_acme):
    rows = [
        row("F2", due="01/11/2026"),
        row("F1", gross="100,00"),
        row("A1", gross="-150,00", due="", kind="Avoir"),
    ]

    report = bring_in(*rows)
    bring_in(*rows)

    assert (counts(report), report.notices) == ((3, 0, 0), [])
    assert balances() == {"F1": Decimal(0), "F2": Decimal(1150)}


def test_a_credit_note_that_lowers_nothing_is_told(in_acme):
    report = bring_in(row("A1", gross="-150,00", due="", kind="Avoir"))

    (notice,) = report.notices
    assert str(notice.reason) == (
        "150.00 EUR of credit note A1 lower nothing: the client has no other imported invoice "
        "that is open."
    )
    assert Receivable.objects.count() == 0


def test_a_contested_invoice_is_silent_and_stays_resolved_once_it_is(in_acme):
    (record,) = read_rows(row())
    contested = replace(record, is_disputed=True)
    bring([contested])
    assert Case.objects.get().silence == "DISPUTED"
    Dispute.objects.update(state="RESOLVED", resolution="Agreed", resolved_on=TODAY)

    bring([contested])

    assert Dispute.objects.get().state == "RESOLVED"


def test_the_real_book_comes_in_whole(in_acme, shared_data):
    path = shared_data / "receivables" / "ar-history.csv"
    records = read_path(path, mapping=AR_HISTORY).invoices

    report = bring(records)

    assert (counts(report), report.clients_created) == ((1494, 0, 0), 60)
    assert sum(balances().values()) == sum(record.total_gross for record in records)
    assert Case.objects.count() == 1494
    assert counts(bring(records)) == (0, 0, 1494)
