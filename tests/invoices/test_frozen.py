"""The database refuses to change or delete what was issued, whoever asks."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from invoices.models import Invoice, InvoiceLine
from tenants.files import store_file
from tests.factories.invoices import NOW, TODAY, make_buyer, make_draft, make_issued

LEGAL = {
    "number": "F-2026-0099",
    "currency": "USD",
    "language": "en",
    "issued_on": TODAY.replace(day=1),
    "due_on": TODAY,
    "delivered_on": TODAY,
    "terms": "NET_60",
    "operation": "GOODS",
    "order_reference": "BC-99",
    "notes": "autre chose",
    "vat_breakdown": [],
    "seller": {},
    "buyer": {},
    "mentions": [],
    "kind": "CREDIT_NOTE",
    "origin": "IMPORTED",
    "issued_at": NOW.replace(hour=1),
}


def refusal_of(act):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        act()
    return str(refusal.value).splitlines()[0]


@pytest.mark.parametrize(("column", "value"), LEGAL.items())
def test_an_issued_invoice_keeps_every_legal_column(in_acme, column, value):
    invoice = make_issued()

    answer = refusal_of(lambda: Invoice.objects.filter(pk=invoice.pk).update(**{column: value}))

    assert answer == "an issued invoice cannot be changed"


def test_an_issued_invoice_keeps_its_totals(in_acme):
    invoice = make_issued()

    answer = refusal_of(
        lambda: Invoice.objects.filter(pk=invoice.pk).update(total_net=1, total_gross=201)
    )

    assert answer == "an issued invoice cannot be changed"


def test_an_issued_invoice_keeps_its_client(in_acme):
    invoice = make_issued()
    other = make_buyer("Durand")

    answer = refusal_of(lambda: Invoice.objects.filter(pk=invoice.pk).update(client=other))

    assert answer == "an issued invoice cannot be changed"


def test_an_issued_invoice_is_not_a_draft_again(in_acme):
    invoice = make_issued()

    answer = refusal_of(
        lambda: Invoice.objects.filter(pk=invoice.pk).update(state="DRAFT", number=None)
    )

    assert answer == "an issued invoice cannot be changed"


def test_a_cancelled_invoice_stays_cancelled(in_acme):
    invoice = make_issued()
    Invoice.objects.filter(pk=invoice.pk).update(state="CANCELLED")

    answer = refusal_of(lambda: Invoice.objects.filter(pk=invoice.pk).update(state="ISSUED"))

    assert answer == "an issued invoice cannot be changed"


def test_an_issued_invoice_cannot_be_deleted(in_acme):
    invoice = make_issued()

    answer = refusal_of(lambda: Invoice.objects.filter(pk=invoice.pk)._raw_delete(using="default"))

    assert answer == "an issued invoice cannot be deleted"


@pytest.mark.parametrize(
    "act",
    [
        lambda invoice: InvoiceLine.objects.filter(invoice=invoice).update(net=1),
        lambda invoice: InvoiceLine.objects.filter(invoice=invoice).delete(),
        lambda invoice: InvoiceLine.objects.create(
            invoice=invoice, position=2, description="X", unit_price=1, vat_rate=20, net=1
        ),
    ],
)
def test_the_lines_of_an_issued_invoice_stay_as_they_are(in_acme, act):
    invoice = make_issued()

    assert refusal_of(lambda: act(invoice)) == ("the lines of an issued invoice cannot be changed")


def test_a_line_cannot_be_moved_away_from_an_issued_invoice(in_acme):
    invoice = make_issued()
    draft = make_draft(invoice.client)

    answer = refusal_of(
        lambda: InvoiceLine.objects.filter(invoice=invoice).update(invoice=draft, position=9)
    )

    assert answer == "the lines of an issued invoice cannot be changed"


def test_the_document_is_set_once(in_acme):
    invoice = make_issued()
    first, second = (
        store_file(content=uuid.uuid4().bytes, name="F.pdf", media_type="application/pdf")
        for _ in range(2)
    )
    Invoice.objects.filter(pk=invoice.pk).update(document=first)

    answer = refusal_of(lambda: Invoice.objects.filter(pk=invoice.pk).update(document=second))

    assert answer == "an issued invoice cannot be changed"


def test_the_switch_and_the_search_key_are_not_legal_columns(in_acme):
    invoice = make_issued()

    changed = Invoice.objects.filter(pk=invoice.pk).update(stopped_at=NOW, search_key="x")

    assert changed == 1


def test_a_draft_may_be_changed_and_deleted(in_acme):
    draft = make_draft()
    InvoiceLine.objects.filter(invoice=draft).delete()

    assert Invoice.objects.filter(pk=draft.pk).delete()[0] == 1
