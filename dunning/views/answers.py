"""What a client has answered behind the link, and what the owner makes of it."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.kinds import kind_label
from clients.models import Message
from clients.present import moment
from clients.services import finish_task
from dunning.models import Case, Dispute
from dunning.services import confirm_arrival, deny_arrival
from dunning.todo import ANSWERS, PLAN_DECLINED, PROBLEM, PROMISE, SAYS_PAID, cases_of
from invoices.models import InstallmentPlan
from payments.models import Payment
from tenants.access import READERS, WRITERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.links import tenant_url

MAY_PLAN = (PROMISE, PROBLEM, PLAN_DECLINED)  # answers that another plan may answer


@requires(READERS)
@require_GET
def answer(request: TenantRequest, message: uuid.UUID) -> HttpResponse:
    found = _answer(message)
    cases = Case.objects.filter(pk__in=cases_of(found)).select_related("invoice", "receivable")
    open_cases = [case for case in cases.order_by("pk") if case.state == Case.State.OPEN]
    context = {
        "answer": found,
        "client": found.client,
        "kind": kind_label(found.kind),
        "said": moment(found.created_at),
        "cases": list(cases),
        "until": max((case.silent_until for case in open_cases if case.silent_until), default=None),
        "disputes": Dispute.objects.filter(case__in=open_cases, state=Dispute.State.OPEN),
        "files": found.attachments.order_by("position"),
        "is_waiting": found.state == Message.State.TODO,
        "is_about_payment": found.kind == SAYS_PAID,
        "may_plan": found.kind in MAY_PLAN and bool(open_cases),
        "may_arrive": found.kind == SAYS_PAID and bool(open_cases),
        "plan": InstallmentPlan.objects.filter(pk=found.facts.get("plan_id")).first(),
        **_named(found),
    }
    return render(request, "dunning/answer.html", context)


@requires(WRITERS)
@require_POST
def arrived(request: TenantRequest, message: uuid.UUID) -> HttpResponse:
    payment = confirm_arrival(answer=_answer(message), user=request.user, now=now())
    messages.success(request, _("The payment is recorded."))
    return redirect(tenant_url("payments:detail", payment.public_id))


@requires(WRITERS)
@require_POST
def not_arrived(request: TenantRequest, message: uuid.UUID) -> HttpResponse:
    found = _answer(message)
    deny_arrival(answer=found, user=request.user, today=today(), now=now())
    messages.success(request, _("Reminders go on where they stood."))
    return redirect(tenant_url("clients:detail", found.client.public_id))


@requires(WRITERS)
@require_POST
def seen(request: TenantRequest, message: uuid.UUID) -> HttpResponse:
    found = _answer(message)
    finish_task(message=found, user=request.user, now=now())
    return redirect(tenant_url("clients:detail", found.client.public_id))


def _answer(public_id: uuid.UUID) -> Message:
    found = Message.objects.select_related("client").filter(kind__in=ANSWERS)
    return get_object_or_404(found, public_id=public_id)


def _named(found: Message) -> dict[str, object]:
    """The days and the means that the client named."""
    days = {
        name: dt.date.fromisoformat(found.facts[name])
        for name in ("paid_on", "promised_for")
        if name in found.facts
    }
    means = found.facts.get("means")
    return {**days, "means": Payment.Means(means).label if means else ""}
