"""Pages outside any tenant: home, a new business, an invitation."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from tenants.accounts import kept_mails
from tenants.clock import now
from tenants.company_search import asked_facts, search_context
from tenants.doors import find_door
from tenants.figures import figures_of
from tenants.forms import NewBusinessForm
from tenants.links import public_url, tenant_url
from tenants.models import Door, Invitation, Membership, Role, Tenant, User
from tenants.registries.companies import RegisterError, find_companies, number_in
from tenants.scope import use_tenant
from tenants.services import accept_invitation, create_business_once


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The businesses of a person; one alone opens at once, none leads to the first."""
    memberships = list(
        Membership.objects.filter(user=cast("User", request.user))
        .select_related("tenant")
        .order_by("tenant__name")
    )
    if not memberships:
        return redirect("new_business")
    if len(memberships) == 1 and "all" not in request.GET:
        return HttpResponseRedirect(_today(memberships[0].tenant))
    places = [(each, figures_of(each)) for each in memberships]
    return render(request, "tenants/home.html", {"places": places})


def new_business(request: HttpRequest) -> HttpResponse:
    """The first screen of a new business: found in the register, or typed."""
    form = NewBusinessForm(request.POST or None, initial=asked_facts(request))
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        tenant = create_business_once(
            user=request.user,  # type: ignore[arg-type]
            name=facts["legal_name"],
            language=getattr(request, "LANGUAGE_CODE", "fr"),
            facts=facts,
            now=now(),
        )
        return HttpResponseRedirect(_page_of(tenant, "onboarding:look"))
    status = 422 if form.errors else 200
    context = {"form": form, **search_context(request)}
    return render(request, "tenants/new_business.html", context, status=status)


@require_GET
def find_company(request: HttpRequest) -> HttpResponse:
    """What the register knows, as choices; each leads back to the form with its facts.

    A page outside any tenant, because the network is asked: `at` names the business of the user
    that the facts are for, a new one without.
    """
    wanted, target = request.GET.get("q", "").strip(), _form_to_fill(request)
    kept = {"back": "today"} if request.GET.get("back") == "today" else {}
    if not wanted:
        return HttpResponseRedirect(target)
    try:
        found = find_companies(wanted)
    except RegisterError as error:
        typed = {"siren": wanted} if number_in(wanted) else {"legal_name": wanted}
        return HttpResponseRedirect(
            _with(target, {**typed, **kept, "q": wanted, "register": error.trouble.value})
        )
    if number_in(wanted) and not found[0].is_closed:
        return HttpResponseRedirect(_with(target, found[0].facts | kept))
    context = {
        "choices": [(each, _with(target, each.facts | kept)) for each in found],
        "typed_url": _with(target, {"legal_name": wanted} | kept),
        "at": request.GET.get("at", ""),
        **search_context(request),
    }
    return render(request, "tenants/found.html", context)


@require_GET
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    door = find_door(kind=Door.Kind.INVITATION, key=key)
    invited = Invitation.objects.select_related("tenant", "invited_by").get(door=door)
    context = {"invitation": invited, "key": key, "is_expired": door.is_expired(now())}
    return render(request, "tenants/invitation.html", context)


@require_POST
def accept(request: HttpRequest, key: str) -> HttpResponse:
    door = find_door(kind=Door.Kind.INVITATION, key=key)
    membership = accept_invitation(door=door, user=request.user, now=now())  # type: ignore[arg-type]
    return HttpResponseRedirect(_today(membership.tenant))


@login_not_required
@require_GET
def account_mails(request: HttpRequest) -> HttpResponse:
    """The demo's account mails, while no mail server is set; an empty page anywhere else."""
    return render(request, "tenants/account_mails.html", {"mails": kept_mails()})


def _today(tenant: Tenant) -> str:
    return _page_of(tenant, "today")


def _page_of(tenant: Tenant, name: str) -> str:
    with use_tenant(tenant):
        return tenant_url(name)


def _form_to_fill(request: HttpRequest) -> str:
    slug = request.GET.get("at", "")
    if not slug:
        return public_url("new_business")
    owned = Membership.objects.select_related("tenant").filter(
        user=cast("User", request.user), role=Role.OWNER
    )
    return _page_of(get_object_or_404(owned, tenant__slug=slug).tenant, "onboarding:business")


def _with(address: str, facts: dict[str, str]) -> str:
    return f"{address}?{urlencode(facts)}"
