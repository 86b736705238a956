"""Writing a draft: header, lines, totals while one types."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.models import Client
from core.errors import DomainError
from invoices.forms import (
    DraftForm,
    client_label,
    client_options,
    draft_initial,
    line_formset,
    line_initials,
)
from invoices.models import Invoice
from invoices.present import draft_totals_shown
from invoices.services import create_invoice, delete_draft, duplicate, update_draft
from tenants import clock
from tenants.access import WRITERS, TenantRequest, requires
from tenants.links import tenant_url
from tenants.models import Business

HEADER = (
    "terms", "due_on", "operation", "delivered_on", "order_reference", "currency", "language",
    "notes",
)  # fmt: skip


@requires(WRITERS)
def create(request: TenantRequest) -> HttpResponse:
    """A new draft; `?client=` names whom it is for."""
    business = Business.objects.get()
    initial = {
        "terms": business.default_terms,
        "operation": business.default_operation,
        "currency": "EUR",
        **_picked(request.GET.get("client", "")),
    }
    return _edit(request, business, None, initial, None)


@requires(WRITERS)
def edit(request: TenantRequest, invoice: uuid.UUID) -> HttpResponse:
    draft = _draft(invoice)
    return _edit(request, Business.objects.get(), draft, draft_initial(draft), line_initials(draft))


@requires(WRITERS)
@require_POST
def totals(request: TenantRequest) -> HttpResponse:
    """The totals of what has been typed so far; nothing is written."""
    lines = line_formset(request.POST, Business.objects.get(), clock.today())
    lines.is_valid()
    shown = draft_totals_shown(lines, request.POST, clock.today())
    return render(request, "invoices/_totals.html", {"totals": shown})


@requires(WRITERS)
@require_GET
def clients(request: TenantRequest) -> HttpResponse:
    """What the list under the client's field offers."""
    options = client_options(request.GET.get("client_name", "")[:100])
    return render(request, "invoices/_client_options.html", {"options": options})


@requires(WRITERS)
def delete(request: TenantRequest, invoice: uuid.UUID) -> HttpResponse:
    draft = _draft(invoice)
    if request.method == "POST":
        delete_draft(invoice=draft)
        messages.success(request, _("The draft is thrown away."))
        return redirect(tenant_url("invoices:list"))
    context = {
        "title": _("Throw this draft away"),
        "question": _("It has no number yet, so none is lost."),
        "label": _("Throw away"),
        "is_danger": True,
        "cancel_url": tenant_url("invoices:edit", draft.public_id),
    }
    return render(request, "components/confirm.html", context)


@requires(WRITERS)
@require_POST
def copy(request: TenantRequest, invoice: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Invoice.objects.select_related("client"), public_id=invoice)
    draft = duplicate(invoice=found, user=request.user)
    return redirect(tenant_url("invoices:edit", draft.public_id))


def _edit(
    request: TenantRequest,
    business: Business,
    draft: Invoice | None,
    initial: dict[str, Any],
    lines_initial: list[dict[str, Any]] | None,
) -> HttpResponse:
    act = request.POST.get("act", "")
    data = _with_lines(request.POST, act) if request.method == "POST" else None
    is_saving = data is not None and not act.startswith(("add", "remove"))
    form = DraftForm(data, initial=initial)
    lines = line_formset(data, business, clock.today(), lines_initial)
    if is_saving and form.is_valid() & lines.is_valid():
        saved = _saved(request, form, lines, draft)
        if saved is not None:
            page = "invoices:issue" if act == "issue" else "invoices:detail"
            return redirect(tenant_url(page, saved.public_id))
    if data is not None:
        lines.is_valid()
    context = {
        "form": form if is_saving or data is None else DraftForm(initial=data.dict()),
        "lines": lines,
        "draft": draft,
        "show_errors": is_saving,
        "totals": draft_totals_shown(lines, data or initial, clock.today()),
        "options": client_options(""),
    }
    return render(request, "invoices/edit.html", context, status=422 if is_saving else 200)


def _saved(request: TenantRequest, form: DraftForm, lines: Any, draft: Invoice | None) -> Any:
    inputs = [line.line() for line in lines if not line.is_blank]
    facts = {name: form.cleaned_data[name] for name in HEADER}
    client = form.cleaned_data["found"]
    try:
        if draft is None:
            return create_invoice(client=client, lines=inputs, user=request.user, **facts)
        facts["language"] = facts["language"] or client.language or request.tenant.language
        return update_draft(invoice=draft, lines=inputs, user=request.user, client=client, **facts)
    except DomainError as error:
        form.add_error(None, error.text(gettext))
        return None


def _with_lines(data: QueryDict, act: str) -> QueryDict:
    """The posted form with a line more, or one less; the others move up."""
    if not act.startswith(("add", "remove")):
        return data
    changed = data.copy()
    total = int(data.get("lines-TOTAL_FORMS") or 0) if _is_count(data) else 0
    if act == "add":
        changed["lines-TOTAL_FORMS"] = str(total + 1)
        if total:  # the rate of the line above is the likeliest
            changed[f"lines-{total}-vat"] = data.get(f"lines-{total - 1}-vat", "")
        return changed
    gone = act.removeprefix("remove-")
    if gone.isdecimal() and int(gone) < total:
        _drop_line(changed, int(gone), total)
    return changed


def _drop_line(data: QueryDict, gone: int, total: int) -> None:
    names = ("description", "quantity", "unit", "unit_price", "discount_percent", "vat")
    for index in range(gone, total):
        for name in names:
            data[f"lines-{index}-{name}"] = data.get(f"lines-{index + 1}-{name}", "")
    data["lines-TOTAL_FORMS"] = str(max(1, total - 1))


def _is_count(data: QueryDict) -> bool:
    return str(data.get("lines-TOTAL_FORMS", "")).isdecimal()


def _picked(text: str) -> dict[str, Any]:
    try:
        found = Client.objects.filter(public_id=uuid.UUID(text)).first()
    except ValueError:
        return {}
    if found is None:
        return {}
    initial = {
        "client": found.public_id,
        "client_name": client_label(found.name, found.number),
    }
    return {**initial, "terms": found.terms} if found.terms else initial


def _draft(public_id: uuid.UUID) -> Invoice:
    return get_object_or_404(
        Invoice.objects.select_related("client"), public_id=public_id, state=Invoice.State.DRAFT
    )
