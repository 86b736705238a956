"""The invoice in the post: when it may leave, and what it says."""

from decimal import Decimal

import pytest
from django.utils import translation

from clients.delivery import deliver_tenant
from clients.models import Message
from invoices.ledger import allocate_to
from invoices.models import Invoice, Receivable
from invoices.rendering import render_document
from invoices.services import credit_invoice, send_invoice
from invoices.services.sending import CannotSend
from tenants.scope import tenant_atomic
from tests.factories.clients import make_person
from tests.factories.invoices import NOW, TODAY, make_buyer, make_draft, make_issued

State = Message.State


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def queued(as_acme):
    """An invoice issued and put into the outbox, not yet printed."""
    with tenant_atomic():
        invoice = make_issued(order_reference="BC-7")
        return invoice, send_invoice(invoice=invoice, user=None, now=NOW)


def deliver(message):
    deliver_tenant(now=NOW)
    with tenant_atomic():
        message.refresh_from_db()
    return message


def plain(text):
    return text.replace("\u00a0", " ")


def test_it_waits_for_its_pdf(queued):
    _invoice, message = queued

    assert (deliver(message).state, message.reason) == (State.QUEUED, "The PDF is being made.")


def test_it_leaves_with_the_pdf_and_says_what_to_pay_and_until_when(queued):
    invoice, message = queued
    stored = render_document(invoice_id=invoice.pk)

    deliver(message)

    assert message.state == State.RETAINED  # test mode: written, and nothing left
    assert message.subject == "Facture F-2026-0001 — Acme"
    assert message.to_email == "compta@dupont.example"
    assert plain(message.body_text).startswith(
        "Bonjour Anne Dupont,\n\n"
        "Voici notre facture F-2026-0001, d’un montant de 1 200,00 € (votre référence : BC-7)."
        " Elle est jointe à ce message.\n\n"
        "À régler : 1 200,00 €, au plus tard le 23 décembre 2026\n"
    )
    assert "FR76 3000 6000 0112 3456 7890 189" in message.body_text
    with tenant_atomic():
        assert [(a.file, a.name) for a in message.attachments.select_related("file")] == [
            (stored, "F-2026-0001.pdf")
        ]


def test_an_english_client_reads_english(as_acme):
    with tenant_atomic():
        invoice = make_issued(make_buyer(language="en"))
        message = send_invoice(invoice=invoice, user=None, now=NOW)
    render_document(invoice_id=invoice.pk)

    deliver(message)

    assert message.subject == "Invoice F-2026-0001 — Acme"
    assert "To pay: €1,200.00, by 23\u00a0December\u00a02026\n" in message.body_text


def test_its_facts_name_the_invoice(queued):
    invoice, message = queued

    assert (message.kind, message.facts) == ("INVOICE", {"invoice_id": invoice.pk})


def test_a_part_paid_invoice_asks_for_the_rest(queued):
    invoice, message = queued
    with tenant_atomic():
        receivable = Receivable.objects.get(invoice=invoice)
        allocate_to(receivable_id=receivable.pk, amount=Decimal("200.00"), on=TODAY)
    render_document(invoice_id=invoice.pk)

    assert "À régler : 1 000,00 €" in plain(deliver(message).body_text)


def test_an_invoice_paid_before_it_left_is_sent_and_asks_for_nothing(queued):
    invoice, message = queued
    with tenant_atomic():
        receivable = Receivable.objects.get(invoice=invoice)
        allocate_to(receivable_id=receivable.pk, amount=Decimal("1200.00"), on=TODAY)
    render_document(invoice_id=invoice.pk)

    deliver(message)

    assert "Il n’y a rien à régler : elle est déjà soldée." in message.body_text
    assert "[[pay:" not in message.body_text + message.body_html


def test_a_cancelled_invoice_does_not_leave(queued):
    invoice, message = queued
    with tenant_atomic():
        credit_invoice(invoice=invoice, reason="Doublon", today=TODAY, now=NOW, user=None)

    assert deliver(message).state == State.CANCELLED
    assert message.reason == "The invoice is cancelled by a credit note."


def test_the_switch_of_the_invoice_holds_it(queued):
    invoice, message = queued
    render_document(invoice_id=invoice.pk)
    with tenant_atomic():
        Invoice.objects.filter(pk=invoice.pk).update(stopped_at=NOW)

    assert deliver(message).state == State.QUEUED
    assert message.reason == "Sending is stopped for this invoice."


def test_a_credit_note_names_what_it_cancels(as_acme):
    with tenant_atomic():
        invoice = make_issued()
        note = credit_invoice(invoice=invoice, reason="Doublon", today=TODAY, now=NOW, user=None)
        message = send_invoice(invoice=note, user=None, now=NOW)
    render_document(invoice_id=note.pk)

    deliver(message)

    assert (message.kind, message.subject) == ("CREDIT_NOTE", "Avoir A-2026-0001 — Acme")
    assert "il annule notre facture F-2026-0001, que vous n’avez plus à régler." in (
        message.body_text
    )


def test_sending_twice_is_sending_once(queued):
    invoice, message = queued

    with tenant_atomic():
        assert send_invoice(invoice=invoice, user=None, now=NOW) == message


def test_send_again_gives_the_one_that_waits(queued, owner):
    invoice, message = queued

    with tenant_atomic():
        assert send_invoice(invoice=invoice, user=owner, now=NOW, again=True) == message


def test_send_again_writes_a_second_message_once_the_first_has_left(queued, owner):
    invoice, message = queued
    render_document(invoice_id=invoice.pk)
    deliver(message)

    with tenant_atomic():
        second = send_invoice(invoice=invoice, user=owner, now=NOW, again=True)

    assert (second.pk != message.pk, second.unique_key) == (True, f"{message.unique_key}:1")


def test_it_goes_to_whoever_does_the_bills(as_acme):
    with tenant_atomic():
        client = make_buyer(email="")
        make_person(client, email="patron@dupont.example", role="DECISION_MAKER")
        billing = make_person(client, email="compta@dupont.example", role="BILLING")
        message = send_invoice(invoice=make_issued(client), user=None, now=NOW)

    assert message.person == billing


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": "DRAFT"}, "Issue the invoice first: a draft is never sent."),
        (
            {"origin": "IMPORTED", "state": "ISSUED", "number": "X1", "issued_on": TODAY},
            "This invoice was imported: its document is not here to be sent.",
        ),
        (
            {"state": "CANCELLED", "number": "F-1", "issued_on": TODAY},
            "This invoice is cancelled by a credit note.",
        ),
    ],
)
def test_what_has_no_document_to_send_is_refused(in_acme, fields, sentence):
    draft = make_draft()
    Invoice.objects.filter(pk=draft.pk).update(**fields)

    with pytest.raises(CannotSend) as refusal:
        send_invoice(invoice=draft, user=None, now=NOW)

    assert str(refusal.value) == sentence
