"""Putting an invoice or a credit note into the outbox."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from clients.models import Message
from clients.queries import contact_of
from clients.services import send_message
from core.errors import DomainError
from invoices.ledger import lock_client
from invoices.mails import CREDIT_NOTE, INVOICE
from invoices.models import Invoice
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic

LEAVING = (Message.State.QUEUED, Message.State.CLAIMED, Message.State.SENDING)


class CannotSend(DomainError):
    """There is no document of ours to send."""


@tenant_atomic()
def send_invoice(
    *, invoice: Invoice, user: User | None, now: dt.datetime, again: bool = False
) -> Message:
    """Mail a document to the client's billing contact, once; `again` writes a second message.

    It leaves as soon as its PDF is there. While one still waits to leave, asking again gives that
    one.

    Raises:
        CannotSend: a draft, a cancelled invoice, or one imported from elsewhere.
    """
    lock_client(invoice.client_id)
    current = Invoice.objects.get(pk=invoice.pk)
    _check(current)
    is_credit = current.kind == Invoice.Kind.CREDIT_NOTE
    key = f"{'credit' if is_credit else 'invoice'}:{current.public_id}"
    sent = Message.objects.filter(unique_key__startswith=key)
    if again:
        if waiting := sent.filter(state__in=LEAVING).first():
            return waiting
        if count := sent.count():
            key = f"{key}:{count}"
    message = send_message(
        client=current.client,
        kind=CREDIT_NOTE if is_credit else INVOICE,
        facts={"invoice_id": current.pk},
        person=contact_of(current.client_id),
        unique_key=key,
        user=user,
    )
    if again:
        record(act="send_again", subject=current, user=user, at=now)
    return message


def _check(invoice: Invoice) -> None:
    if invoice.state == Invoice.State.DRAFT:
        raise CannotSend(_("Issue the invoice first: a draft is never sent."))
    if invoice.origin == Invoice.Origin.IMPORTED:
        raise CannotSend(_("This invoice was imported: its document is not here to be sent."))
    if invoice.state == Invoice.State.CANCELLED:
        raise CannotSend(_("This invoice is cancelled by a credit note."))
