"""Settings of online payment: connect, check, webhook, disconnect."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from payments.accounts import (
    connect_sandbox,
    connect_stripe,
    disconnect,
    enabled_account,
    webhook_url,
)
from payments.forms import KeyForm
from payments.gateways.interface import HealthWarning
from payments.models import GatewayAccount
from tenants.access import OWNERS, TenantRequest, requires
from tenants.clock import now
from tenants.links import tenant_url
from tenants.wake import wake

WORDS = {
    HealthWarning.FULL_SECRET_KEY: gettext_lazy(
        "This key may do everything on your Stripe account: a restricted key is safer."
    ),
    HealthWarning.TEST_MODE: gettext_lazy("Test mode: cards are not charged, no money moves."),
    HealthWarning.MODE_MISMATCH: gettext_lazy("The key is of the other mode (live, test)."),
    HealthWarning.CHARGES_DISABLED: gettext_lazy(
        "Stripe does not let this account take payments yet: finish your registration there."
    ),
    HealthWarning.NO_WEBHOOK_SECRET: gettext_lazy(
        "Stripe does not call us yet: payments are found by asking, some minutes later."
    ),
    HealthWarning.ACCOUNT_UNREADABLE: gettext_lazy(
        "This key may not read the account, so its name is not shown; payments work."
    ),
}


@requires(OWNERS)
def gateway_settings(request: TenantRequest) -> HttpResponse:
    form = KeyForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        connect_stripe(secret_key=form.cleaned_data["secret_key"], user=request.user, now=now())
        messages.success(request, _("The key is kept. It is being checked."))
        return _back()
    account = enabled_account()
    context = {
        "tab": "payments",
        "form": form,
        "account": account,
        "warnings": _warnings(account),
        "webhook_url": webhook_url(account) if account and _is_stripe(account) else "",
        "is_stripe": account is not None and _is_stripe(account),
        "may_try": settings.DEMO and account is None,
    }
    status = 422 if form.errors else 200
    return render(request, "payments/gateway.html", context, status=status)


@requires(OWNERS)
@require_POST
def check(request: TenantRequest, account: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(GatewayAccount, public_id=account)
    row.checked_at = None
    row.save(update_fields=["checked_at"])
    wake("payments.tasks.check_account", account_id=row.pk)
    return _back()


@requires(OWNERS)
@require_POST
def add_webhook(request: TenantRequest, account: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(GatewayAccount, public_id=account, disabled_at=None)
    wake("payments.tasks.register_webhook", account_id=row.pk)
    messages.success(request, _("Stripe is asked to call us at every change."))
    return _back()


@requires(OWNERS)
def cut(request: TenantRequest, account: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(GatewayAccount, public_id=account, disabled_at=None)
    if request.method == "POST":
        disconnect(account=row, user=request.user, now=now())
        messages.success(request, _("Clients cannot pay online any more."))
        return _back()
    context = {
        "title": _("Disconnect online payment"),
        "question": _("Take the button to pay off all your links?"),
        "consequences": [
            _("Clients still see your bank details."),
            _("Payments already on their way are still booked."),
        ],
        "label": _("Disconnect"),
        "is_danger": True,
        "cancel_url": tenant_url("gateways:settings"),
    }
    return render(request, "components/confirm.html", context)


@requires(OWNERS)
@require_POST
def try_sandbox(request: TenantRequest) -> HttpResponse:
    connect_sandbox(user=request.user, now=now())
    return _back()


def _warnings(account: GatewayAccount | None) -> list[str]:
    if account is None:
        return []
    known = {warning.value: words for warning, words in WORDS.items()}
    told = [str(known[key]) for key in account.health.get("warnings", []) if key in known]
    error = account.health.get("error")
    return [*told, str(error)] if error else told


def _is_stripe(account: GatewayAccount) -> bool:
    return account.gateway == GatewayAccount.Key.STRIPE


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(tenant_url("gateways:settings"))
