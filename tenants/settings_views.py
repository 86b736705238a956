"""Settings of the business: identity, bank, look, team, and the two switches."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenants.access import OWNERS, READERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.forms import BankForm, BusinessForm, InvitationForm, RoleForm, TenantForm
from tenants.links import tenant_url
from tenants.models import Business, Invitation, Membership
from tenants.services import (
    change_role,
    go_live,
    invite,
    remove_member,
    resume,
    stop,
    update_business,
)
from tenants.toasts import say_done


@requires(OWNERS)
def business(request: TenantRequest) -> HttpResponse:
    row = Business.objects.get()
    form = BusinessForm(request.POST or None, instance=row, today=today())
    if request.method == "POST" and form.is_valid():
        _save(request, form)
        return HttpResponseRedirect(tenant_url("settings:business"))
    return _page(request, "business", form)


@requires(OWNERS)
def bank(request: TenantRequest) -> HttpResponse:
    form = BankForm(request.POST or None, instance=Business.objects.get(), user=request.user)
    if request.method == "POST" and form.is_valid():
        form.cleaned_data.pop("password", None)
        _save(request, form)
        return HttpResponseRedirect(tenant_url("settings:bank"))
    return _page(request, "bank", form)


@requires(OWNERS)
def look(request: TenantRequest) -> HttpResponse:
    form = TenantForm(request.POST or None, instance=request.tenant)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(tenant_url("settings:look"))
    return _page(request, "look", form)


@requires(OWNERS)
@require_GET
def team(request: TenantRequest) -> HttpResponse:
    members = Membership.objects.filter(tenant=request.tenant).select_related("user")
    waiting = Invitation.objects.filter(
        tenant=request.tenant, accepted_at=None, door__revoked_at=None
    )
    context = {
        "members": members.order_by("created_at"),
        "invitations": waiting.order_by("-created_at"),
        "form": InvitationForm(),
        "tab": "team",
    }
    return render(request, "tenants/team.html", context)


@requires(OWNERS)
@require_POST
def invite_member(request: TenantRequest) -> HttpResponse:
    form = InvitationForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter a complete email address."))
    else:
        invite(**form.cleaned_data, user=request.user, now=now())
        messages.success(request, _("The invitation is on its way."))
    return HttpResponseRedirect(tenant_url("settings:team"))


@requires(OWNERS)
@require_POST
def change_member(request: TenantRequest, member: UUID) -> HttpResponse:
    membership = get_object_or_404(Membership, public_id=member, tenant=request.tenant)
    form = RoleForm(request.POST)
    if form.is_valid():
        change_role(
            membership=membership, role=form.cleaned_data["role"], user=request.user, now=now()
        )
    return HttpResponseRedirect(tenant_url("settings:team"))


@requires(OWNERS)
@require_POST
def remove(request: TenantRequest, member: UUID) -> HttpResponse:
    membership = get_object_or_404(Membership, public_id=member, tenant=request.tenant)
    remove_member(membership=membership, user=request.user, now=now())
    return HttpResponseRedirect(tenant_url("settings:team"))


@requires(OWNERS)
@require_POST
def live(request: TenantRequest) -> HttpResponse:
    go_live(tenant=request.tenant, user=request.user, now=now())
    say_done(
        request,
        _("You are live: messages leave from now on."),
        to=tenant_url("dunning:live"),
        label=_("What leaves, day by day"),
    )
    return HttpResponseRedirect(tenant_url("today"))


@requires(OWNERS)
@require_POST
def stop_all(request: TenantRequest) -> HttpResponse:
    stop(tenant=request.tenant, user=request.user, now=now())
    say_done(
        request,
        _("Everything is stopped. Nothing leaves until you resume."),
        undo=tenant_url("settings:resume"),
    )
    return HttpResponseRedirect(tenant_url("today"))


@requires(OWNERS)
@require_POST
def resume_all(request: TenantRequest) -> HttpResponse:
    resume(tenant=request.tenant, user=request.user, now=now())
    messages.success(request, _("Messages leave again."))
    return HttpResponseRedirect(tenant_url("today"))


@requires(READERS)
@require_GET
def index(request: TenantRequest) -> HttpResponse:
    return render(request, "tenants/settings.html", {"tab": ""})


def _save(request: TenantRequest, form: BusinessForm | BankForm) -> None:
    row = Business.objects.get()
    changes = {name: form.cleaned_data[name] for name in form.cleaned_data}
    update_business(business=row, changes=changes, user=request.user, now=now())
    messages.success(request, _("Saved."))


def _page(
    request: TenantRequest, tab: str, form: BusinessForm | BankForm | TenantForm
) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "tenants/settings_form.html", {"form": form, "tab": tab}, status=status)
