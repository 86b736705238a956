"""Instalment plans, as the owner proposes and follows them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.models import Client
from clients.queries import contact_of
from clients.services.outbox import language_for
from core.errors import DomainError
from dunning.instalment_forms import AnswerForm, PlanForm, fresh_form
from dunning.instalment_mails import send_offer
from dunning.instalment_pages import draft_offer, plan_page, plan_rows, splittable
from dunning.views.asking import UNPROCESSABLE, ask
from invoices.models import InstallmentPlan, Receivable
from invoices.services import agree_plan, propose_plan, withdraw_plan
from tenants.access import READERS, WRITERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.files import read_file
from tenants.links import tenant_url

ZERO = Decimal(0)
SEND, TOLD, ANEW = "send", "told", "recompute"


@requires(READERS)
@require_GET
def plan_list(request: TenantRequest) -> HttpResponse:
    """The plans that run or wait for an answer, then the latest that ended."""
    return render(request, "plans/list.html", plan_rows(today=today()))


@requires(WRITERS)
def propose(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    """One page: what is split, the parts, what the client reads; then send it, or note the yes."""
    found = get_object_or_404(Client, public_id=client)
    debts = splittable(found)
    if not debts:
        messages.info(request, _("There is nothing left to put into a plan."))
        return HttpResponseRedirect(tenant_url("clients:detail", found.public_id))
    form, status = _form(request, found, debts), 200
    if request.method == "POST" and request.POST.get("act") in (SEND, TOLD):
        plan = _proposed(request, form)
        if plan is not None:
            return HttpResponseRedirect(tenant_url("plans:detail", plan.public_id))
        status = UNPROCESSABLE
    context = {
        "client": found,
        "form": form,
        "sum": form.sum,
        "debts": [(debt, debt in form.ticked) for debt in debts],
        "draft": draft_offer(form, language=_language(found), today=today()),
        "has_address": contact_of(found.pk) is not None,
    }
    return render(request, "plans/propose.html", context, status=status)


@requires(READERS)
@require_GET
def detail(request: TenantRequest, plan: uuid.UUID) -> HttpResponse:
    return render(request, "plans/detail.html", plan_page(_plan(plan), today=today()))


@requires(READERS)
@require_GET
def pdf(request: TenantRequest, plan: uuid.UUID) -> FileResponse:
    document = _plan(plan).document
    if document is None:
        raise Http404
    return FileResponse(
        iter([read_file(document)]), filename=document.name, content_type=document.media_type
    )


@requires(WRITERS)
def agreed(request: TenantRequest, plan: uuid.UUID) -> HttpResponse:
    """The client has said yes by telephone: a name, and it stands."""
    found = _plan(plan)
    return ask(
        request,
        form=AnswerForm(request.POST or None),
        act=lambda data: _agree(request, found, data["name"]),
        url=tenant_url("plans:detail", found.public_id),
        done=_("The plan is agreed."),
        title=_("My client has told me yes"),
        question=_("The plan begins at once, and the client gets it by mail."),
        label=_("Note the yes"),
    )


@requires(WRITERS)
def withdraw(request: TenantRequest, plan: uuid.UUID) -> HttpResponse:
    found = _plan(plan)
    return ask(
        request,
        form=None,
        act=lambda _data: withdraw_plan(plan=found, user=request.user, today=today(), now=now()),
        url=tenant_url("plans:detail", found.public_id),
        done=_("The plan is withdrawn."),
        title=_("Withdraw the plan"),
        question=_("What is owed is due again as it was before, and reminders go on."),
        label=_("Withdraw it"),
        is_danger=True,
    )


def _form(request: TenantRequest, client: Client, debts: Sequence[Receivable]) -> PlanForm:
    if request.method != "POST":
        invoice = request.GET.get("invoice", "")
        own = [debt for debt in debts if str(debt.invoice.public_id) == invoice]
        own = own or [debt for debt in debts if debt.plan_id is None]
        return fresh_form(client=client, debts=debts, today=today(), ticked=own or debts)
    form = PlanForm(request.POST, client=client, debts=debts, today=today())
    act = request.POST.get("act", "")
    if act == ANEW:
        return form.filled_anew()
    return form if act in (SEND, TOLD) else form.untouched()


def _proposed(request: TenantRequest, form: PlanForm) -> InstallmentPlan | None:
    """Propose what was typed and send it, or note the yes; None when something stands against."""
    is_told = request.POST["act"] == TOLD
    if is_told and not str(form["told_by"].value() or "").strip():
        form.add_error("told_by", _("Say who said yes."))
    if not is_told and contact_of(form.client.pk) is None:
        form.add_error(None, _("Nobody at this client has a working email address: add one first."))
    if not form.is_valid():
        return None
    try:
        plan = _write(request, form)
        if is_told:
            _agree(request, plan, form.cleaned_data["told_by"])
        else:
            send_offer(plan=plan, user=request.user)
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    said = _("The plan is agreed.") if is_told else _("The plan leaves by mail at once.")
    messages.success(request, said)
    return plan


def _write(request: TenantRequest, form: PlanForm) -> InstallmentPlan:
    data = form.cleaned_data
    return propose_plan(
        client=form.client,
        receivables=form.ticked,
        parts=form.parts,
        cause=data["cause"],
        fee=data.get("fee") or ZERO,
        language=_language(form.client),
        user=request.user,
        today=today(),
        now=now(),
    )


def _agree(request: TenantRequest, plan: InstallmentPlan, name: str) -> InstallmentPlan:
    return agree_plan(
        plan=plan,
        how=InstallmentPlan.AgreedHow.TOLD,
        name=name,
        user=request.user,
        today=today(),
        now=now(),
    )


def _language(client: Client) -> str:
    return language_for(client, contact_of(client.pk))


def _plan(public_id: uuid.UUID) -> InstallmentPlan:
    plans: Any = InstallmentPlan.objects.select_related("client", "document", "proposed_by")
    found: InstallmentPlan = get_object_or_404(plans, public_id=public_id)
    return found
