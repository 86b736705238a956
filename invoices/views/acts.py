"""What can be done with an invoice: issue, send, cancel, credit, give up."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import localize
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.queries import contact_of
from core.errors import DomainError
from invoices.forms import ReasonForm
from invoices.models import Invoice, Receivable
from invoices.present import money, shown_day
from invoices.services import (
    cancel_and_redo,
    credit_invoice,
    issue_invoice,
    send_invoice,
    write_off,
)
from invoices.services.issuing import check_issue
from tenants import clock
from tenants.access import WRITERS, TenantRequest, requires
from tenants.links import tenant_url


@requires(WRITERS)
def issue(request: TenantRequest, invoice: uuid.UUID) -> HttpResponse:
    """Show what issuing does and what is in its way; POST issues, and sends when asked to."""
    draft = _invoice(invoice)
    if request.method == "POST":
        issued = issue_invoice(
            invoice=draft, today=clock.today(), now=clock.now(), user=request.user
        )
        if request.POST.get("act") == "send":
            send_invoice(invoice=issued, user=request.user, now=clock.now())
            messages.success(request, _("%(number)s is issued and on its way.") % _named(issued))
        else:
            messages.success(request, _("%(number)s is issued.") % _named(issued))
        return _to(issued)
    return render(request, "invoices/issue.html", _before_issue(draft))


@requires(WRITERS)
@require_POST
def send(request: TenantRequest, invoice: uuid.UUID) -> HttpResponse:
    found = _invoice(invoice)
    send_invoice(invoice=found, user=request.user, now=clock.now(), again=True)
    messages.success(request, _("%(number)s is on its way.") % _named(found))
    return _to(found)


@requires(WRITERS)
def credit(request: TenantRequest, invoice: uuid.UUID) -> HttpResponse:
    """Cancel by a credit note over the whole of it."""
    found = _invoice(invoice)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        note = credit_invoice(invoice=found, **form.cleaned_data, **_when_and_who(request))
        send_invoice(invoice=note, user=request.user, now=clock.now())
        messages.success(request, _("Cancelled by %(number)s, on its way.") % _named(note))
        return _to(note)
    return _ask(
        request,
        found,
        form,
        title=_("Cancel %(number)s by a credit note") % _named(found),
        label=_("Cancel the invoice"),
        consequences=[
            _("A credit note over the whole amount is issued and sent to the client."),
            _("The invoice keeps its number and owes nothing any more; reminders stop."),
            _("What was already paid becomes the client’s credit."),
        ],
    )


@requires(WRITERS)
def redo(request: TenantRequest, invoice: uuid.UUID) -> HttpResponse:
    """Cancel by a credit note, and open a copy to correct."""
    found = _invoice(invoice)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        note, draft = cancel_and_redo(invoice=found, **form.cleaned_data, **_when_and_who(request))
        send_invoice(invoice=note, user=request.user, now=clock.now())
        messages.success(request, _("Cancelled by %(number)s. Correct the copy.") % _named(note))
        return redirect(tenant_url("invoices:edit", draft.public_id))
    return _ask(
        request,
        found,
        form,
        title=_("Cancel %(number)s and do it again") % _named(found),
        label=_("Cancel and do again"),
        consequences=[
            _("A credit note over the whole amount is issued and sent to the client."),
            _("A copy opens as a draft: correct it, then issue it under a new number."),
        ],
    )


@requires(WRITERS)
def give_up(request: TenantRequest, receivable: uuid.UUID) -> HttpResponse:
    """Pass an amount to losses, or waive a fee, with a reason that is kept."""
    found = get_object_or_404(
        Receivable.objects.select_related("invoice", "client"), public_id=receivable
    )
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        write_off(receivable=found, **form.cleaned_data, **_when_and_who(request))
        messages.success(request, _("Given up: %(amount)s.") % _amount(found))
        return _to(found.invoice)
    return _ask(
        request,
        found.invoice,
        form,
        title=_("Give up %(amount)s") % _amount(found),
        label=_("Give up"),
        consequences=[
            _("Nothing more is asked of the client for this amount."),
            _("The reason is kept. VAT is not corrected by this: that takes a credit note."),
        ],
    )


def _before_issue(draft: Invoice) -> dict[str, Any]:
    trouble, due = "", ""
    try:
        due = shown_day(check_issue(invoice=draft, today=clock.today()))
    except DomainError as error:
        trouble = error.text(gettext, localize)
    return {
        "invoice": draft,
        "trouble": trouble,
        "due_on": due,
        "total": money(draft.total_gross, draft.currency),
        "contact": contact_of(draft.client_id),
    }


def _ask(request: TenantRequest, found: Invoice, form: ReasonForm, **words: Any) -> HttpResponse:
    context = {
        "form": form,
        "is_danger": True,
        "question": found.client.name,
        "cancel_url": tenant_url("invoices:detail", found.public_id),
        **words,
    }
    return render(request, "components/confirm.html", context, status=422 if form.errors else 200)


def _when_and_who(request: TenantRequest) -> dict[str, Any]:
    return {"today": clock.today(), "now": clock.now(), "user": request.user}


def _named(invoice: Invoice) -> dict[str, object]:
    return {"number": str(invoice)}


def _amount(receivable: Receivable) -> dict[str, object]:
    return {"amount": money(receivable.balance, receivable.currency)}


def _to(invoice: Invoice) -> HttpResponseRedirect:
    return HttpResponseRedirect(tenant_url("invoices:detail", invoice.public_id))


def _invoice(public_id: uuid.UUID) -> Invoice:
    return get_object_or_404(Invoice.objects.select_related("client"), public_id=public_id)
