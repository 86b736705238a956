"""The page on which a client reads an instalment plan, accepts it, or says that it does not suit.

Opening it changes nothing. What is accepted is the document whose hash the page carried.
"""

from __future__ import annotations

import ipaddress
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.money import format_money
from invoices.documents.data import Language
from invoices.models import InstallmentPlan, PlanPart
from invoices.services import agree_plan, decline_plan
from payments.limits import is_too_often, visitor
from payments.models import PayLink
from portal.doorway import behind_link
from portal.forms import AcceptForm, DeclineForm
from portal.offers import plan_behind
from tenants.clock import now, today
from tenants.files import read_file
from tenants.links import public_url
from tenants.models import Business
from tenants.scope import current_tenant, tenant_atomic

ANSWERS_PER_HOUR = 10
HOUR = 3600
UNPROCESSABLE = 422


@behind_link
def plan(request: HttpRequest, link: PayLink, *, token: str) -> HttpResponse:
    """The plan and the form that accepts it; accepted, go to the page that pays the first part."""
    with tenant_atomic():
        found = _plan(link)
        sentence = _sentence(found)
    form = _accept_form(request, found, sentence)
    if request.method == "POST" and _accepted(request, link, found, form):
        return HttpResponseRedirect(public_url("portal:link", token=token))
    status = UNPROCESSABLE if request.method == "POST" else 200
    return _show(request, link, token, form, status=status)


@behind_link
@require_POST
def decline(request: HttpRequest, link: PayLink, *, token: str) -> HttpResponse:
    """It does not suit: kept in the client's words, for the owner."""
    form = DeclineForm(request.POST)
    with tenant_atomic():
        found = _plan(link)
    if form.is_valid() and not _answers_too_often(link, form):
        try:
            with tenant_atomic():
                decline_plan(plan=found, note=form.cleaned_data["note"], today=today(), now=now())
            return HttpResponseRedirect(public_url("portal:plan", token=token))
        except DomainError as error:
            form.add_error(None, str(error))
    with tenant_atomic():
        accept = _accept_form(None, found, _sentence(found))
    return _show(request, link, token, accept, no=form, status=UNPROCESSABLE)


@behind_link
@require_GET
def document(request: HttpRequest, link: PayLink, *, token: str) -> HttpResponse:
    """The PDF that is accepted, by a link that opens the plan."""
    with tenant_atomic():
        stored = _plan(link).document
    if stored is None:
        raise Http404
    response = HttpResponse(read_file(stored), content_type=stored.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{stored.name}"'
    return response


def _plan(link: PayLink) -> InstallmentPlan:
    found = plan_behind(link)
    if found is None:
        raise Http404
    return found


def _sentence(found: InstallmentPlan) -> str:
    """What the box stands for, as the document has it."""
    name = Business.objects.values_list("legal_name", flat=True).get() or current_tenant().name
    language = cast("Language", get_language() or "fr")
    return _("I accept this plan and acknowledge owing %(total)s to %(name)s.") % {
        "total": format_money(found.total, found.currency, language),
        "name": name,
    }


def _accept_form(request: HttpRequest | None, found: InstallmentPlan, sentence: str) -> AcceptForm:
    data = request.POST if request is not None and request.method == "POST" else None
    return AcceptForm(data, plan=found, sentence=sentence)


def _accepted(
    request: HttpRequest, link: PayLink, found: InstallmentPlan, form: AcceptForm
) -> bool:
    if found.state == InstallmentPlan.State.AGREED:
        return True  # the same form, sent twice
    if not form.is_valid() or _answers_too_often(link, form):
        return False
    try:
        with tenant_atomic():
            agree_plan(
                plan=found,
                how=InstallmentPlan.AgreedHow.ONLINE,
                name=form.cleaned_data["name"],
                capacity=form.cleaned_data.get("capacity", ""),
                ip=_address(request),
                document_sha256=form.cleaned_data["document_sha256"],
                user=None,
                today=today(),
                now=now(),
            )
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    return True


def _show(
    request: HttpRequest,
    link: PayLink,
    token: str,
    form: AcceptForm,
    *,
    no: DeclineForm | None = None,
    status: int = 200,
) -> HttpResponse:
    with tenant_atomic():
        found = _plan(link)
        debts = found.debts.select_related("receivable__invoice")
        context = {
            "tenant": current_tenant(),
            "plan": found,
            "parts": list(PlanPart.objects.filter(plan=found).order_by("position")),
            "debts": list(debts.order_by("receivable__due_on", "receivable_id")),
            "is_open": found.state == InstallmentPlan.State.PROPOSED,
            "with_fee": found.total + found.fee,
            "form": form,
            "no": no or DeclineForm(),
            "token": token,
        }
    return render(request, "portal/plan.html", context, status=status)


def _answers_too_often(link: PayLink, form: AcceptForm | DeclineForm) -> bool:
    if not is_too_often(f"plans:{link.public_id}", most=ANSWERS_PER_HOUR, seconds=HOUR):
        return False
    form.add_error(None, _("Please wait a while, then try again."))
    return True


def _address(request: HttpRequest) -> str | None:
    """Where the answer came from, when it is an address."""
    try:
        return str(ipaddress.ip_address(visitor(request)))
    except ValueError:
        return None
