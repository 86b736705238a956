"""The sales and the receipts journals of a period, on the page and as files."""

import csv
import datetime as dt
import io

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from invoices.services import credit_invoice
from payments.services import bounce_payment
from tenants import clock
from tenants.scope import tenant_atomic, use_tenant
from tests.factories.books import make_client
from tests.factories.invoices import make_draft, make_issued, make_line
from tests.factories.payments import make_receivable, pay_by_hand

DAY = dt.date(2026, 3, 16)


def moment(day):
    return clock.at_hour(day, 9)


def issued(client, *, on=DAY, **fields):
    return make_issued(client, today=on, now=moment(on), **fields)


def paid(client, amount, *, on=DAY, **fields):
    return pay_by_hand(client, amount, now=moment(on), **fields)


@pytest.fixture
def book(as_acme):
    """In March two rates, a credit note, a bounced cheque and an imported invoice paid."""
    with tenant_atomic():
        riou = make_client("Riou", number="C7")
        issued(riou, on=dt.date(2026, 2, 28))
        issued(riou, lines=[make_line(), make_line(price="100.00", rate="5.5")])
        wrong = issued(riou, lines=[make_line(price="50.00", rate="5.5")])
        credit_invoice(invoice=wrong, reason="Erreur", today=DAY, now=moment(DAY), user=None)
        make_draft(riou)
        make_receivable(riou, "80.00", due_on=DAY)
        paid(riou, "80.00")
        cheque = paid(riou, "300.00", means="CHEQUE")
        bounce_payment(payment=cheque, now=moment(dt.date(2026, 3, 20)), user=None)
        paid(riou, "1.00", on=dt.date(2026, 4, 1))


@pytest.fixture
def page(acme, client, accountant):
    """`page(path)`: the answer to the accountant, on 31 March."""
    client.force_login(accountant, settings.AUTHENTICATION_BACKENDS[0])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    def get(path):
        with use_tenant(acme), clock.as_of(moment(dt.date(2026, 3, 31))):
            return client.get(f"/t/acme/reports/{path}")

    return get


def table(answer):
    return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig")), delimiter=";"))


def test_sales_are_summed_by_rate_with_credit_notes_taken_off(book, page):
    totals = page("sales/").context["totals"]

    assert [(row["label"], row["net"], row["vat"], row["gross"]) for row in totals] == [
        ("20%", "€1,000.00", "€200.00", "€1,200.00"),
        ("5.5%", "€100.00", "€5.50", "€105.50"),
        ("Total", "€1,100.00", "€205.50", "€1,305.50"),
    ]


def test_only_what_was_issued_here_in_the_period_is_a_sale(book, page):
    rows = page("sales/").context["rows"]

    assert [row["gross"] for row in rows] == ["€1,305.50", "€52.75", "\u2212€52.75"]


def test_receipts_are_all_that_came_in_and_left_again(book, page):
    answer = page("receipts/")

    assert [(row["kind"], row["amount"]) for row in answer.context["rows"]] == [
        ("Money in", "€80.00"),
        ("Money in", "€300.00"),
        ("Bounced cheque", "\u2212€300.00"),
    ]
    assert [(row["label"], row["amount"]) for row in answer.context["totals"]] == [
        ("Bank transfer", "€80.00"),
        ("Cheque", "€0.00"),
        ("Total", "€80.00"),
    ]


def test_the_files_hold_a_line_for_each_rate(book, page):
    answer = page("sales/?as=csv")
    rows = table(answer)

    assert answer["Content-Disposition"] == (
        'attachment; filename="sales-2026-03-01-2026-03-31.csv"'
    )
    assert [row[4:] for row in rows[1:]] == [
        ["C7", "EUR", "S", "20.00", "1000.00", "200.00", "1200.00"],
        ["C7", "EUR", "S", "5.50", "100.00", "5.50", "105.50"],
        ["C7", "EUR", "S", "5.50", "50.00", "2.75", "52.75"],
        ["C7", "EUR", "S", "5.50", "-50.00", "-2.75", "-52.75"],
    ]
    sheet = load_workbook(io.BytesIO(b"".join(page("sales/?as=xlsx")))).active
    assert [row[10] for row in sheet.values][1:] == [1200, 105.5, 52.75, -52.75]
    assert [row[0].date() for row in sheet.values if row[3] == "Riou"] == [DAY] * 4


def test_the_receipts_file_has_what_left_again_below_zero(book, page):
    rows = table(page("receipts/?as=csv&first=2026-03-01&last=2026-04-30"))

    assert [(row[2], row[8]) for row in rows[1:]] == [
        ("MVT-1", "80.00"),
        ("MVT-2", "300.00"),
        ("MVT-3", "-300.00"),
        ("MVT-4", "1.00"),
    ]


def test_a_french_file_has_commas_and_french_days(book, page, accountant, client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"

    rows = table(page("receipts/?as=csv"))

    assert (rows[1][0], rows[1][8]) == ("16/03/2026", "80,00")


@pytest.mark.parametrize("journal", ["sales", "receipts"])
@pytest.mark.parametrize(
    "asked", ["first=2026-03-02&last=2026-03-01", "first=x", "last=1066-10-14"]
)
def test_a_period_that_is_none_is_refused_with_a_sentence(page, acme, journal, asked):
    answer = page(f"{journal}/?{asked}")

    assert (answer.status_code, b'class="err"' in answer.content) == (422, True)


@pytest.mark.parametrize("journal", ["sales", "receipts"])
def test_pages_follow_each_other(as_acme, page, journal, monkeypatch):
    monkeypatch.setattr("reports.books.journal_views.PAGE", 2)
    with tenant_atomic():
        client = make_client("Riou")
        for day in (3, 2, 2, 5, 4):
            on = dt.date(2026, 3, day)
            if journal == "sales":
                continue
            paid(client, f"{day}.00", on=on)
        for day in (2, 2, 3, 4, 5) if journal == "sales" else ():
            issued(client, on=dt.date(2026, 3, day))
    name = {"sales": "issued_on", "receipts": "received_on"}[journal]

    seen, path = [], f"{journal}/"
    for _each in range(3):
        answer = page(path)
        seen.append([row[name][:5] for row in answer.context["rows"]])
        path = f"{journal}/" + answer.context["page"].older_url

    assert seen == [["2 Mar", "2 Mar"], ["3 Mar", "4 Mar"], ["5 Mar"]]
    back = page(f"{journal}/" + answer.context["page"].newer_url)
    assert [row[name][:5] for row in back.context["rows"]] == ["3 Mar", "4 Mar"]


@pytest.mark.parametrize("journal", ["sales", "receipts"])
def test_the_number_of_queries_does_not_grow(as_acme, page, journal):
    counts = []
    for documents in (1, 5):
        with tenant_atomic():
            for _each in range(documents):
                client = make_client("Riou")
                issued(client)
                paid(client, "1.00")
        page(f"{journal}/")
        with CaptureQueriesContext(connection) as found:
            page(f"{journal}/")
        counts.append(len(found))

    assert counts[0] == counts[1]
