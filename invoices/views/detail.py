"""An invoice's page, and its PDF."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.models import Message
from clients.present import timeline_row
from invoices.models import Invoice, Receivable
from invoices.panels import acts_for, panels_of
from invoices.present import ZERO, chip_of, debt_lines, money, shown_day
from invoices.rendering import file_name
from tenants import clock
from tenants.access import READERS, TenantRequest, requires
from tenants.files import read_file
from tenants.links import tenant_url
from tenants.models import Role

EVENTS = 20


@requires(READERS)
@require_GET
def detail(request: TenantRequest, invoice: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(
        Invoice.objects.select_related("client", "corrects", "copied_from", "document"),
        public_id=invoice,
    )
    receivables = list(Receivable.objects.filter(invoice=found).order_by("due_on", "id"))
    may_write = request.membership.role != Role.ACCOUNTANT
    context = {
        "invoice": found,
        "chip": _chip(found, receivables),
        "lines": _lines(found),
        "amounts": _amounts(found),
        "days": {name: shown_day(getattr(found, name)) for name in ("issued_on", "due_on")},
        "debts": debt_lines(receivables, clock.today(), may_write=may_write),
        "events": _events(request, found),
        "corrections": list(found.corrections.order_by("id")[:EVENTS]),
        "top_panels": panels_of(found, "TOP"),
        "panels": panels_of(found, "MAIN"),
        "side_panels": panels_of(found, "SIDE"),
        "acts": acts_for(found) if may_write else [],
        "menu": _menu(found) if may_write else [],
        "may_write": may_write,
    }
    return render(request, "invoices/detail.html", context)


@requires(READERS)
@require_GET
def pdf(request: TenantRequest, invoice: uuid.UUID) -> HttpResponse:
    """The stored document, to look at; `?download` to keep. Only through this check."""
    found = get_object_or_404(Invoice.objects.select_related("document"), public_id=invoice)
    if found.document is None:
        raise Http404
    response = HttpResponse(read_file(found.document), content_type=found.document.media_type)
    is_kept = "download" in request.GET
    response["Content-Disposition"] = content_disposition_header(is_kept, file_name(found)) or ""
    return response


def _chip(invoice: Invoice, receivables: list[Receivable]) -> tuple[str, Any]:
    main = [row for row in receivables if row.kind == Receivable.Kind.INSTALLMENT and row.balance]
    return chip_of(
        state=invoice.state,
        kind=invoice.kind,
        owed=sum((row.balance for row in main), ZERO),
        gross=invoice.total_gross,
        due=min((row.due_on for row in main), default=None),
        today=clock.today(),
    )


def _lines(invoice: Invoice) -> list[dict[str, Any]]:
    return [
        {
            "description": line.description,
            "quantity": line.quantity,
            "unit": line.unit,
            "price": line.unit_price,
            "discount": line.discount_percent,
            "vat_rate": line.vat_rate,
            "net": money(line.net, invoice.currency),
        }
        for line in invoice.lines.order_by("position")
    ]


def _amounts(invoice: Invoice) -> dict[str, str]:
    names = ("net", "vat", "gross")
    return {name: money(getattr(invoice, f"total_{name}"), invoice.currency) for name in names}


def _events(request: TenantRequest, invoice: Invoice) -> list[Any]:
    """What was said about this invoice by its own mails; reminders are dunning's to show."""
    said = Message.objects.filter(client_id=invoice.client_id, facts__invoice_id=invoice.pk)
    rows = said.order_by("-id")[:EVENTS]
    is_held = bool(invoice.client.stopped_at or request.tenant.stopped_at or invoice.stopped_at)
    return [timeline_row(message, held=is_held) for message in rows]


def _menu(invoice: Invoice) -> list[dict[str, Any]]:
    """The acts behind "…"."""
    is_ours = invoice.origin == Invoice.Origin.OWN
    is_issued = invoice.state == Invoice.State.ISSUED
    items = []
    if is_ours and is_issued and invoice.kind != Invoice.Kind.CREDIT_NOTE:
        items += [
            _item("invoices:redo", invoice, "undo-2", _("Cancel and do again")),
            _item("invoices:credit", invoice, "ban", _("Cancel by a credit note"), danger=True),
        ]
    if invoice.state == Invoice.State.DRAFT:
        items.append(_item("invoices:delete", invoice, "trash-2", _("Throw away"), danger=True))
    return items


def _item(
    name: str, invoice: Invoice, icon: str, label: str, *, danger: bool = False
) -> dict[str, Any]:
    url = tenant_url(name, invoice.public_id)
    return {"url": url, "icon": icon, "label": label, "is_danger": danger}
