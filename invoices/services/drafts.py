"""Drafts: the only invoices that may change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.errors import DomainError
from core.search import search_key
from invoices.models import Invoice, InvoiceLine
from invoices.totals import Line, Totals, VatCategory, compute_totals
from tenants.bulk import insert_rows
from tenants.models import User
from tenants.rows import insert_row, read_row, read_rows
from tenants.scope import current_tenant, tenant_atomic

_LINES: Final = "invoice_id = %(invoice)s::bigint ORDER BY position"


class NotADraft(DomainError):
    """The invoice is issued: only a credit note corrects it."""


@dataclass(frozen=True, slots=True)
class LineInput:
    """A line as typed. Prices are before VAT, rates in percent."""

    description: str
    unit_price: Decimal
    vat_rate: Decimal
    quantity: Decimal = Decimal(1)
    unit: str = ""
    discount_percent: Decimal = Decimal(0)
    vat_category: str = "S"


@tenant_atomic()
def create_invoice(
    *,
    client: Client,
    lines: Sequence[LineInput],
    user: User | None,
    terms: str = "NET_30",
    due_on: dt.date | None = None,
    currency: str = "EUR",
    operation: str = "SERVICES",
    delivered_on: dt.date | None = None,
    order_reference: str = "",
    notes: str = "",
    language: str = "",
    copied_from: Invoice | None = None,
) -> Invoice:
    """Write a draft; it takes no number until it is issued.

    Raises:
        DomainError: a line or the total is absurd; nothing is written.
    """
    totals = totals_of(lines, currency)
    invoice = Invoice(
        client=client,
        terms=terms,
        due_on=due_on,
        currency=currency,
        operation=operation,
        delivered_on=delivered_on,
        order_reference=order_reference,
        notes=notes,
        language=language or client.language or current_tenant().language,
        copied_from=copied_from,
        search_key=search_key(f"{client.name} {order_reference}"),
        total_net=totals.net,
        total_vat=totals.vat,
        total_gross=totals.gross,
    )
    insert_row(invoice)
    _write_lines(invoice, lines, totals)
    return invoice


@tenant_atomic()
def update_draft(
    *, invoice: Invoice, lines: Sequence[LineInput], user: User | None, **changes: object
) -> Invoice:
    """Replace the lines of a draft and the fields named in `changes`.

    Raises:
        NotADraft: it was issued meanwhile.
        DomainError: a line or the total is absurd.
    """
    invoice = _locked_draft(invoice)
    for name, value in changes.items():
        setattr(invoice, name, value)
    totals = totals_of(lines, invoice.currency)
    invoice.total_net, invoice.total_vat, invoice.total_gross = (
        totals.net,
        totals.vat,
        totals.gross,
    )
    invoice.search_key = search_key(f"{invoice.client.name} {invoice.order_reference}")
    invoice.save()
    invoice.lines.all().delete()
    _write_lines(invoice, lines, totals)
    return invoice


@tenant_atomic()
def delete_draft(*, invoice: Invoice) -> None:
    """Throw a draft away: no number was taken, so none is lost.

    Raises:
        NotADraft: it was issued meanwhile.
    """
    draft = _locked_draft(invoice)
    draft.lines.all().delete()
    draft.delete()


@tenant_atomic()
def duplicate(*, invoice: Invoice, user: User | None) -> Invoice:
    """Write a new draft with the same client, lines and terms; dates are left to be chosen."""
    return create_invoice(
        client=invoice.client,
        lines=line_inputs(invoice),
        user=user,
        terms=invoice.terms if invoice.terms != "FIXED" else "NET_30",
        currency=invoice.currency,
        operation=invoice.operation,
        order_reference=invoice.order_reference,
        notes="" if invoice.kind == Invoice.Kind.CREDIT_NOTE else invoice.notes,
        language=invoice.language,
        copied_from=invoice,
    )


def totals_of(lines: Sequence[LineInput], currency: str) -> Totals:
    return compute_totals(
        [
            Line(
                quantity=line.quantity,
                unit_price=line.unit_price,
                vat_rate=line.vat_rate,
                vat_category=VatCategory(line.vat_category),
                discount_percent=line.discount_percent,
            )
            for line in lines
        ],
        code=currency,
    )


def line_inputs(invoice: Invoice) -> list[LineInput]:
    """The lines of an invoice, ready to be written on another."""
    return [
        LineInput(
            description=line.description,
            unit_price=line.unit_price,
            vat_rate=line.vat_rate,
            quantity=line.quantity,
            unit=line.unit,
            discount_percent=line.discount_percent,
            vat_category=line.vat_category,
        )
        for line in read_rows(InvoiceLine, _LINES, {"invoice": invoice.pk})
    ]


def lock_invoice(invoice_id: int) -> Invoice:
    """Hold an invoice until the transaction ends; its client, if at all, must be held already."""
    return read_row(Invoice, "id = %(id)s::bigint FOR UPDATE", {"id": invoice_id})


def _locked_draft(invoice: Invoice) -> Invoice:
    locked = lock_invoice(invoice.pk)
    if locked.state != Invoice.State.DRAFT:
        raise NotADraft(_("This invoice is issued: cancel it by a credit note instead."))
    return locked


def _write_lines(invoice: Invoice, lines: Sequence[LineInput], totals: Totals) -> None:
    rows = [
        {
            "invoice_id": invoice.pk,
            "position": position,
            "description": line.description,
            "quantity": line.quantity,
            "unit": line.unit,
            "unit_price": line.unit_price,
            "discount_percent": line.discount_percent,
            "vat_category": line.vat_category,
            "vat_rate": line.vat_rate,
            "net": total.net,
        }
        for position, (line, total) in enumerate(zip(lines, totals.lines, strict=True), 1)
    ]
    insert_rows(InvoiceLine, rows)
