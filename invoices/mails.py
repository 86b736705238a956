"""The mails that carry an invoice or a credit note to the client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.kinds import Cancel, Hold, MessageKind, Rendered, Send, Verdict, register_kind
from clients.letters import write_letter
from clients.models import Message
from clients.queries import contact_of
from core.money import format_money
from invoices.documents.wording import long_date
from invoices.models import Invoice, Receivable
from invoices.plugs import doors_beside, pay_placeholder
from invoices.rendering import file_name

INVOICE: Final = "INVOICE"
CREDIT_NOTE: Final = "CREDIT_NOTE"
ZERO = Decimal(0)


def register_kinds() -> None:
    register_kind(
        MessageKind(
            key=INVOICE, render=render_invoice_mail, gate=gate, label=gettext_lazy("Invoice")
        )
    )
    register_kind(
        MessageKind(
            key=CREDIT_NOTE, render=render_credit_mail, gate=gate, label=gettext_lazy("Credit note")
        )
    )


def gate(message: Message, now: dt.datetime) -> Verdict:
    """Wait for the PDF and the invoice's own switch; drop what was cancelled meanwhile.

    An invoice paid before it left is still sent: the client is owed the document. It then asks
    for nothing.
    """
    invoice = _invoice(message)
    if message.kind == INVOICE and invoice.state == Invoice.State.CANCELLED:
        return Cancel(_("The invoice is cancelled by a credit note."))
    if invoice.stopped_at is not None:
        return Hold(_("Sending is stopped for this invoice."))
    if invoice.document_id is None:
        return Hold(_("The PDF is being made."))
    return Send()


def render_invoice_mail(message: Message) -> Rendered:
    """The invoice with what is to be paid at this moment, and until when."""
    invoice = _invoice(message)
    owed = list(
        Receivable.objects.filter(
            invoice=invoice, kind=Receivable.Kind.INSTALLMENT, balance__gt=0
        ).order_by("due_on", "id")
    )
    return _letter(message, invoice, "emails/invoices/invoice", _asked(message, owed))


def render_credit_mail(message: Message) -> Rendered:
    invoice = _invoice(message)
    original = invoice.corrects
    context = {"original": original.number if original else ""}
    return _letter(message, invoice, "emails/invoices/credit_note", context)


def _asked(message: Message, owed: Sequence[Receivable]) -> dict[str, Any]:
    language = message.language
    total = sum((row.balance for row in owed), ZERO)
    pay_url = pay_placeholder(message, owed) if owed else None
    return {
        "parts": [
            {
                "amount": format_money(row.balance, row.currency, language),
                "due_on": long_date(row.due_on, language),  # type: ignore[arg-type]
            }
            for row in owed
        ],
        "to_pay": format_money(total, owed[0].currency, language) if owed else "",
        "reference": owed[0].reference if owed else "",
        "pay_url": pay_url,
        "doors": doors_beside(pay_url),
    }


def _letter(message: Message, invoice: Invoice, template: str, context: dict[str, Any]) -> Rendered:
    person = message.person or contact_of(invoice.client_id)
    document = invoice.document
    return write_letter(
        template=template,
        language=message.language,
        context={
            **context,
            "number": invoice.number,
            "gross": format_money(invoice.total_gross, invoice.currency, message.language),
            "order_reference": invoice.order_reference,
            "iban": _grouped(invoice.seller.get("iban", "")),
            "holder": invoice.seller.get("account_holder") or invoice.seller.get("legal_name", ""),
            "person": person.name if person else "",
        },
        person=person,
        attachments=[(document, file_name(invoice))] if document else [],
    )


def _grouped(iban: str) -> str:
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def _invoice(message: Message) -> Invoice:
    return Invoice.objects.select_related("corrects", "document").get(
        pk=message.facts["invoice_id"]
    )
