"""Acts on one payment, each at its own address."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from invoices.models import Receivable
from payments.forms import AllocateForm, RefundForm
from payments.models import Allocation, Payment
from payments.services import (
    allocate,
    bounce_payment,
    refund_payment,
    unallocate,
    undo_payment,
)
from tenants.access import WRITERS, TenantRequest, requires
from tenants.clock import now
from tenants.links import tenant_url

UNPROCESSABLE = 422


@requires(WRITERS)
def undo(request: TenantRequest, payment: uuid.UUID) -> HttpResponse:
    return _confirmed(
        request,
        payment,
        act=lambda row: undo_payment(payment=row, now=now(), user=request.user),
        done=_("The payment is undone."),
        title=_("Undo this payment"),
        question=_("Was this payment recorded by mistake?"),
        consequences=[_("What it settled is due again."), _("Both facts stay in the ledger.")],
        label=_("Undo the payment"),
    )


@requires(WRITERS)
def bounce(request: TenantRequest, payment: uuid.UUID) -> HttpResponse:
    return _confirmed(
        request,
        payment,
        act=lambda row: bounce_payment(payment=row, now=now(), user=request.user),
        done=_("The payment is noted as bounced."),
        title=_("This payment bounced"),
        question=_("Did the cheque come back unpaid, or was the transfer recalled?"),
        consequences=[_("What it settled is due again."), _("Reminders start again.")],
        label=_("It bounced"),
    )


@requires(WRITERS)
def refund(request: TenantRequest, payment: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(Payment, public_id=payment)
    form = RefundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        amount: Decimal = form.cleaned_data["amount"]
        refund_payment(payment=row, amount=amount, now=now(), user=request.user)
        messages.success(request, _("The refund is noted."))
        return _to(row)
    return _page(
        request,
        row,
        form=form,
        title=_("Note a refund"),
        question=_("How much did you give back to the client?"),
        consequences=[_("Their credit is used first, then the latest invoice is due again.")],
        label=_("Note the refund"),
    )


@requires(WRITERS)
@require_POST
def allocate_to(request: TenantRequest, payment: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(Payment, public_id=payment)
    form = AllocateForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, " ".join(str(each) for found in form.errors.values() for each in found)
        )
        return _to(row)
    receivable = get_object_or_404(Receivable, public_id=form.cleaned_data["receivable"])
    amount: Decimal = form.cleaned_data["amount"]
    allocate(payment=row, receivable=receivable, amount=amount, now=now(), user=request.user)
    messages.success(request, _("The credit is set against the invoice."))
    return _to(row)


@requires(WRITERS)
@require_POST
def take_back(request: TenantRequest, payment: uuid.UUID, receivable: uuid.UUID) -> HttpResponse:
    """Take back what this payment settled of one receivable."""
    row = get_object_or_404(Payment, public_id=payment)
    allocations = Allocation.objects.filter(
        payment=row, receivable__public_id=receivable, undone_at=None
    )
    for allocation in list(allocations):
        unallocate(allocation=allocation, now=now(), user=request.user)
    messages.success(request, _("The money is the client’s credit again."))
    return _to(row)


def _confirmed(
    request: TenantRequest,
    payment: uuid.UUID,
    *,
    act: Callable[[Payment], object],
    done: str,
    **words: Any,
) -> HttpResponse:
    """Ask on GET, act on POST."""
    row = get_object_or_404(Payment, public_id=payment)
    if request.method == "POST":
        act(row)
        messages.success(request, done)
        return _to(row)
    return _page(request, row, is_danger=True, **words)


def _page(
    request: TenantRequest, payment: Payment, *, form: forms.Form | None = None, **words: Any
) -> HttpResponse:
    status = UNPROCESSABLE if form is not None and form.errors else 200
    back = tenant_url("payments:detail", payment.public_id)
    context = {**words, "form": form, "cancel_url": back}
    return render(request, "components/confirm.html", context, status=status)


def _to(payment: Payment) -> HttpResponseRedirect:
    return HttpResponseRedirect(tenant_url("payments:detail", payment.public_id))
