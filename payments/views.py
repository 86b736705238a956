"""Payments: the list, one of them, and recording one by hand."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.models import Client
from clients.paging import page_of
from core.errors import DomainError
from core.search import search_key
from invoices.ledger import open_receivables
from invoices.models import Invoice, Receivable
from invoices.queries import owed_by
from payments.forms import PaymentForm, initial_for
from payments.gestures import latest_gesture, recorded_together
from payments.history import history_of
from payments.models import Allocation, Attempt, Movement, Payment
from payments.services import record_payment
from tenants.access import READERS, WRITERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.links import tenant_url
from tenants.toasts import say_done

PAGE = 50
CHOICES = 20
MOST_DEBTS = 60
UNPROCESSABLE = 422


@requires(READERS)
@require_GET
def payment_list(request: TenantRequest) -> HttpResponse:
    """The newest first; `?credit` shows those that settle nothing yet. Five queries, always."""
    rows = Payment.objects.select_related("client")
    is_credit = "credit" in request.GET
    if is_credit:
        rows = rows.filter(unallocated__gt=0)
    page = page_of(request, rows, order=("-received_on", "-id"), size=PAGE)
    quarantined = Attempt.objects.filter(quarantined_at__isnull=False).order_by("-id")[:5]
    list_url = tenant_url("payments:list")
    choices = [
        {"url": list_url, "label": _("All"), "is_current": not is_credit, "count": None},
        {
            "url": f"{list_url}?credit",
            "label": _("Not allocated"),
            "is_current": is_credit,
            "count": None,
        },
    ]
    context = {
        "page": page,
        "quarantined": quarantined,
        "choices": choices,
        "gesture": latest_gesture(now()),
    }
    return render(request, "payments/list.html", context)


@requires(READERS)
@require_GET
def detail(request: TenantRequest, payment: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(Payment.objects.select_related("client"), public_id=payment)
    allocations = Allocation.objects.filter(payment=row).select_related("receivable__invoice")
    open_rows: Sequence[Receivable] = ()
    if row.unallocated > 0:
        found = open_receivables(row.client_id).filter(currency=row.currency)
        open_rows = list(found.select_related("invoice")[:CHOICES])
    context = {
        "payment": row,
        "allocations": allocations.order_by("id"),
        "movements": Movement.objects.filter(payment=row).order_by("sequence"),
        "audit": history_of(row),
        "together": recorded_together(row),
        "proposals": [(each, min(each.balance, row.unallocated)) for each in open_rows],
    }
    return render(request, "payments/detail.html", context)


@requires(WRITERS)
def create(request: TenantRequest) -> HttpResponse:
    """Record a payment: choose a client, or come from a client's or an invoice's page."""
    invoice = _asked(request, "invoice")
    client_id = _asked(request, "client")
    if invoice is None and client_id is None:
        return _choose_client(request)
    if invoice is not None:
        from_invoice = get_object_or_404(
            Invoice.objects.select_related("client"), public_id=invoice
        )
        client = from_invoice.client
    else:
        from_invoice, client = None, get_object_or_404(Client, public_id=client_id)
    debts = list(open_receivables(client.pk).select_related("invoice")[:MOST_DEBTS])
    proposed = [row for row in debts if from_invoice and row.invoice_id == from_invoice.pk]
    form = PaymentForm(
        request.POST or None,
        receivables=debts,
        now=now(),
        initial=initial_for(proposed, today()),
    )
    if request.method == "POST" and form.is_valid():
        payment = _record(form, client, request)
        if payment is not None:
            say_done(
                request,
                _("The payment is recorded."),
                undo=tenant_url("payments:undo", payment.public_id),
            )
            return HttpResponseRedirect(tenant_url("payments:detail", payment.public_id))
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "payments/create.html", {"form": form, "client": client}, status=status)


@requires(WRITERS)
@require_POST
def seen(request: TenantRequest, attempt: uuid.UUID) -> HttpResponse:
    """Somebody has looked at what the gateway told and the books could not hold."""
    row = get_object_or_404(Attempt, public_id=attempt)
    row.quarantined_at = None
    row.save(update_fields=["quarantined_at"])
    return HttpResponseRedirect(tenant_url("payments:list"))


def _record(form: PaymentForm, client: Client, request: TenantRequest) -> Payment | None:
    data = form.cleaned_data
    try:
        return record_payment(
            client=client,
            amount=data["amount"],
            means=data["means"],
            received_on=data["received_on"],
            allocations=form.allocations(),
            note=data["note"],
            user=request.user,
            now=now(),
        )
    except DomainError as error:
        form.add_error("amount", error.text(_))
        return None


def _choose_client(request: TenantRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:100]
    rows = Client.objects.filter(archived_at=None)
    if query:
        rows = rows.filter(search_key__contains=search_key(query))
    debts = Receivable.objects.filter(client=OuterRef("pk"), balance__gt=0)
    clients = rows.annotate(owes=Exists(debts)).order_by("-owes", "search_key", "id")[:CHOICES]
    owed = owed_by([client.pk for client in clients])
    context = {"rows": [(each, owed.get(each.pk, [])) for each in clients], "q": query}
    return render(request, "payments/choose_client.html", context)


def _asked(request: TenantRequest, name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None
