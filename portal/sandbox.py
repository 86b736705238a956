"""The demonstration's payment page: clearly marked, no money, only while DEMO is on."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from payments.gateways.errors import UnknownObject
from payments.gateways.registry import gateway_for
from payments.gateways.sandbox import SANDBOX_KEY, SandboxChoice, SandboxGateway
from payments.models import Attempt
from portal.doorway import private
from tenants.doors import find_door
from tenants.models import Door
from tenants.scope import current_tenant, tenant_atomic, use_tenant
from tenants.wake import wake


class ChoiceForm(forms.Form):
    choice = forms.ChoiceField(choices=[(choice.value, choice.value) for choice in SandboxChoice])


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, account: UUID, external_id: str) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    door = find_door(kind=Door.Kind.WEBHOOK, key=str(account))
    with use_tenant(door.tenant):
        gateway = gateway_for(SANDBOX_KEY)
        assert isinstance(gateway, SandboxGateway)  # noqa: S101 -- narrows for the type checker
        try:
            shown = gateway.page(external_id)
        except UnknownObject:
            raise Http404 from None
        form = ChoiceForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            back = gateway.choose(external_id, SandboxChoice(form.cleaned_data["choice"]))
            _tell(external_id)
            return private(HttpResponseRedirect(back, status=303))
        context = {"tenant": current_tenant(), "payment": shown, "is_open": shown.state == "OPEN"}
        return private(render(request, "portal/sandbox.html", context))


def _tell(external_id: str) -> None:
    """What a webhook would do: have the payment looked at."""
    with tenant_atomic():
        attempt = Attempt.objects.filter(external_id=external_id).first()
        if attempt is not None:
            wake("payments.tasks.settle_attempt", attempt_id=attempt.pk)
