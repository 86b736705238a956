"""Journals in FEC form: 18 columns, balanced entries, nothing that is not ours among the sales."""

import datetime as dt
import io
import json
from collections import defaultdict
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoices.account_plan import (
    USUAL,
    Entry,
    InvalidAccount,
    Use,
    account_plan,
    update_account_plan,
)
from invoices.models import Account, Invoice
from invoices.services import credit_invoice
from payments.models import Payment
from payments.services import bounce_payment, record_payment, refund_payment, undo_payment
from reports.books.entries import NotInEuros
from reports.books.fec import CannotExport, export_fec
from reports.books.journals import Period
from tenants.models import AuditEntry, Business
from tenants.scope import tenant_atomic
from tests.factories.books import make_client
from tests.factories.invoices import make_draft, make_line
from tests.factories.payments import make_receivable
from tests.reports.books.fec_lines import DAY, issued, moment, read

YEAR = Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
MEANS = ["TRANSFER", "CHEQUE", "CASH", "CARD", "DIRECT_DEBIT", "OTHER"]


def paid(client, amount, *, on=DAY, means="TRANSFER", received_on=None):
    return record_payment(
        client=client,
        amount=Decimal(amount),
        means=means,
        received_on=received_on or on,
        now=moment(on),
        user=None,
    )


def written(period=YEAR):
    """The file, as it would be on a disk."""
    out = io.BytesIO()
    export_fec(period=period, out=out, user=None, now=moment(DAY))
    return out.getvalue()


def number(text):
    return Decimal(text.replace(",", "."))


def in_short(lines):
    return [
        (
            f"{line['JournalCode']}{line['EcritureNum']}",
            line["CompteNum"],
            line["Debit"],
            line["Credit"],
        )
        for line in lines
    ]


@pytest.fixture
def client_here(in_acme):
    return make_client("Garage Morvan", number="C0042")


def test_a_sale_debits_the_client_and_credits_sales_and_vat_of_each_rate(client_here):
    lines = [make_line(), make_line(price="100.00", rate="5.5")]
    issued(client_here, lines=lines, operation="GOODS")

    assert in_short(read(written())) == [
        ("VE1", "411000", "1305,50", "0,00"),
        ("VE1", "707000", "0,00", "1000,00"),
        ("VE1", "445710", "0,00", "200,00"),
        ("VE1", "707000", "0,00", "100,00"),
        ("VE1", "445710", "0,00", "5,50"),
    ]


def test_every_column_of_a_sale_says_what_the_form_wants(client_here):
    invoice = issued(client_here)

    first = read(written())[0]

    assert first == {
        "JournalCode": "VE",
        "JournalLib": "Ventes",
        "EcritureNum": "1",
        "EcritureDate": "20260316",
        "CompteNum": "411000",
        "CompteLib": "Clients",
        "CompAuxNum": "C0042",
        "CompAuxLib": "Garage Morvan",
        "PieceRef": invoice.number,
        "PieceDate": "20260316",
        "EcritureLib": f"Facture {invoice.number} Garage Morvan",
        "Debit": "1200,00",
        "Credit": "0,00",
        "EcritureLet": "",
        "DateLet": "",
        "ValidDate": "20260316",
        "Montantdevise": "",
        "Idevise": "",
    }


def test_a_credit_note_is_the_reversal_of_its_invoice(client_here):
    invoice = issued(client_here)
    credit_invoice(invoice=invoice, reason="Erreur", today=DAY, now=moment(DAY), user=None)

    sale, credit = read(written())[:3], read(written())[3:]

    assert [(line["CompteNum"], line["Debit"], line["Credit"]) for line in credit] == [
        (line["CompteNum"], line["Credit"], line["Debit"]) for line in sale
    ]


@pytest.mark.parametrize(
    ("means", "journal", "account"),
    [
        ("TRANSFER", "BQ", "512000"),
        ("DIRECT_DEBIT", "BQ", "512000"),
        ("CHEQUE", "BQ", "511200"),
        ("CARD", "BQ", "511500"),
        ("CASH", "CA", "530000"),
    ],
)
def test_money_debits_where_it_lies_and_credits_the_client(client_here, means, journal, account):
    paid(client_here, "300.00", means=means)

    assert in_short(read(written())) == [
        (f"{journal}1", account, "300,00", "0,00"),
        (f"{journal}1", "411000", "0,00", "300,00"),
    ]


def test_money_that_left_again_is_an_entry_of_its_own_day(client_here):
    payment = paid(client_here, "300.00", means="CHEQUE")
    bounce_payment(payment=payment, now=moment(dt.date(2026, 3, 20)), user=None)

    lines = read(written())

    assert [(line["EcritureDate"], line["CompteNum"], line["Debit"]) for line in lines] == [
        ("20260316", "511200", "300,00"),
        ("20260316", "411000", "0,00"),
        ("20260320", "511200", "0,00"),
        ("20260320", "411000", "300,00"),
    ]


def test_imported_invoices_are_no_sales_but_their_payments_are_receipts(client_here):
    make_receivable(client_here, "80.00", due_on=DAY)
    paid(client_here, "80.00")

    assert [line["JournalCode"] for line in read(written())] == ["BQ", "BQ"]


def test_a_draft_and_what_is_outside_the_period_are_left_out(client_here):
    make_draft(client_here)
    for on in (dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 1, 2)):
        issued(client_here, on=on)
        paid(client_here, "1.00", on=on)

    lines = read(written(Period(dt.date(2026, 1, 1), dt.date(2026, 1, 1))))

    assert {line["EcritureDate"] for line in lines} == {"20260101"}
    assert [line["EcritureNum"] for line in lines] == ["1", "1", "1", "2", "2"]


def test_entries_stand_in_the_order_in_which_they_became_final(client_here):
    paid(client_here, "10.00", on=dt.date(2026, 3, 20), received_on=dt.date(2026, 3, 2))
    issued(client_here, on=DAY)

    lines = read(written())

    assert [(line["EcritureNum"], line["EcritureDate"], line["ValidDate"]) for line in lines] == [
        *[("1", "20260316", "20260316")] * 3,
        *[("2", "20260302", "20260320")] * 2,
    ]


def test_what_would_break_a_line_becomes_a_space(in_acme):
    issued(make_client("Nom\tavec|barre\r\net fin", number="C1"))

    first = read(written())[0]

    assert first["CompAuxLib"] == "Nom avec barre et fin"


def test_a_client_without_number_has_an_account_that_stays(in_acme):
    client = make_client("Riou")
    issued(client)

    first = read(written())[0]

    assert first["CompAuxNum"] == f"C{client.public_id.hex[:12].upper()}"


def test_an_invoice_of_nothing_makes_no_entry_and_no_gap(client_here):
    issued(client_here, lines=[make_line(price="0.00")])
    issued(client_here)

    assert {line["EcritureNum"] for line in read(written())} == {"1"}


def test_a_document_in_another_currency_is_refused_with_its_number(client_here):
    invoice = issued(client_here, currency="USD")

    with pytest.raises(NotInEuros, match=f"{invoice.number} is in USD"):
        written()


def test_without_a_siren_the_file_has_no_name(in_acme):
    Business.objects.update(siren="")

    with pytest.raises(CannotExport, match="no SIREN"):
        written()


@pytest.mark.django_db
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    sales=st.lists(
        st.lists(
            st.tuples(
                st.decimals("0.01", "9999.99", places=2),
                st.sampled_from(["20", "10", "5.5", "2.1"]),
                st.sampled_from([Decimal(1), Decimal("3.5"), Decimal("-0.5")]),
            ),
            min_size=1,
            max_size=4,
        ),
        max_size=4,
    ),
    receipts=st.lists(
        st.tuples(st.decimals("0.01", "999.99", places=2), st.sampled_from(MEANS)), max_size=4
    ),
    undone=st.sampled_from(["credit", "bounce", "undo", "refund", ""]),
)
def test_every_entry_balances_and_none_is_missing(as_acme, sales, receipts, undone):
    with transaction.atomic():
        with tenant_atomic():
            client = make_client("Riou")
            _do(client, sales, receipts, undone)
            out = io.BytesIO()
            report = export_fec(period=YEAR, out=out, user=None, now=moment(DAY))
            lines = read(out.getvalue())
        transaction.set_rollback(True)
    sums = defaultdict(Decimal)
    for line in lines:
        debit, credit = number(line["Debit"]), number(line["Credit"])
        assert min(debit, credit) == 0 < max(debit, credit)
        sums[line["EcritureNum"]] += debit - credit

    assert set(sums.values()) <= {Decimal(0)}
    assert list(sums) == [str(n) for n in range(1, len(sums) + 1)]
    assert (report.entries, report.lines) == (len(sums), len(lines))
    assert report.debit == report.credit == sum(number(line["Debit"]) for line in lines)
    assert all(line[name] for line in lines for name in MUST_BE_FILLED)


MUST_BE_FILLED = [
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "ValidDate",
]  # fmt: skip


def _do(client, sales, receipts, undone):
    for parts in sales:
        lines = [make_line(price=str(p), rate=rate, quantity=q) for p, rate, q in parts]
        if sum(p * q for p, _rate, q in parts) > 1:
            issued(client, lines=lines)
    for amount, means in receipts:
        paid(client, amount, means=means)
    invoice, payment = Invoice.objects.first(), Payment.objects.first()
    said = {"now": moment(DAY), "user": None}
    if undone == "credit" and invoice:
        credit_invoice(invoice=invoice, reason="Erreur", today=DAY, **said)
    elif undone == "bounce" and payment:
        bounce_payment(payment=payment, **said)
    elif undone == "undo" and payment:
        undo_payment(payment=payment, **said)
    elif undone == "refund" and payment:
        refund_payment(payment=payment, amount=Decimal("0.01"), **said)


def test_the_accounts_are_those_that_the_accountant_chose(client_here, accountant):
    update_account_plan(
        accounts={Use.SALES_SERVICES: Entry("706100", "Prestations de pose")},
        user=accountant,
        now=moment(DAY),
    )
    issued(client_here)

    sales = read(written())[1]

    assert (sales["CompteNum"], sales["CompteLib"]) == ("706100", "Prestations de pose")
    entry = AuditEntry.objects.get(act="update_account_plan")
    assert entry.after == {"SALES_SERVICES": ["706100", "Prestations de pose"]}


def test_the_usual_account_is_no_choice(in_acme):
    bank = Entry("512100", "Banque de Bretagne")
    update_account_plan(accounts={Use.BANK: bank}, user=None, now=moment(DAY))

    update_account_plan(accounts={Use.BANK: USUAL[Use.BANK]}, user=None, now=moment(DAY))

    assert (account_plan()[Use.BANK], Account.objects.count()) == (USUAL[Use.BANK], 0)


@pytest.mark.parametrize("bad", ["41", "Clients", "41A000", "411 000", "411-1", "٤١١"])
def test_an_account_that_the_form_has_no_room_for_is_refused(in_acme, bad):
    with pytest.raises(InvalidAccount):
        update_account_plan(
            accounts={Use.CLIENTS: Entry(bad, "Clients")}, user=None, now=moment(DAY)
        )

    assert Account.objects.count() == 0


def run(folder, **options):
    said = io.StringIO()
    options = {"tenant": "acme", "first": DAY, "last": DAY, "out": folder, **options}
    call_command("export_fec", **options, stdout=said)
    return said.getvalue()


def test_the_command_names_the_file_as_the_law_does(as_acme, tmp_path):
    with tenant_atomic():
        issued(make_client("Riou"))

    facts = json.loads(run(tmp_path / "exports", json=True))

    assert [path.name for path in (tmp_path / "exports").iterdir()] == ["732829320FEC20260316.txt"]
    assert facts == {
        "from": "2026-03-16",
        "to": "2026-03-16",
        "file": "732829320FEC20260316.txt",
        "entries": 1,
        "lines": 3,
        "debit": "1200.00",
        "credit": "1200.00",
        "path": str(tmp_path / "exports" / "732829320FEC20260316.txt"),
    }
    with tenant_atomic():
        assert AuditEntry.objects.filter(act="export_fec").count() == 1


def test_an_export_that_fails_leaves_the_file_of_before(as_acme, tmp_path):
    with tenant_atomic():
        issued(make_client("Riou"))
    run(tmp_path)
    before = (tmp_path / "732829320FEC20260316.txt").read_bytes()
    with tenant_atomic():
        issued(make_client("Morvan"), currency="USD")

    with pytest.raises(CommandError, match="is in USD"):
        run(tmp_path)

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [
        ("732829320FEC20260316.txt", before)
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"tenant": "nobody"}, "nobody"),
        ({"last": dt.date(2026, 3, 15)}, "ends before it begins|se termine avant"),
    ],
)
def test_the_command_says_why_not(as_acme, tmp_path, options, said):
    with pytest.raises(CommandError, match=said):
        run(tmp_path, **options)

    assert list(tmp_path.iterdir()) == []
