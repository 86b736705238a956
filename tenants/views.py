"""Pages outside any tenant: home, a new business, an invitation."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tenants.accounts import kept_mails
from tenants.clock import now
from tenants.doors import find_door
from tenants.figures import figures_of
from tenants.forms import NewBusinessForm
from tenants.links import tenant_url
from tenants.models import Door, Invitation, Membership, Tenant, User
from tenants.scope import use_tenant
from tenants.services import accept_invitation, create_business


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
    form = NewBusinessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tenant = create_business(
            user=request.user,  # type: ignore[arg-type]
            name=form.cleaned_data["name"],
            language=getattr(request, "LANGUAGE_CODE", "fr"),
            facts={"siren": form.cleaned_data["siren"]},
            now=now(),
        )
        return HttpResponseRedirect(_today(tenant))
    status = 422 if form.errors else 200
    return render(request, "tenants/new_business.html", {"form": form}, status=status)


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
    with use_tenant(tenant):
        return tenant_url("today")
