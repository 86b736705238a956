"""A tenant's account at a gateway: connecting, checking, disconnecting.

Asking the gateway happens outside any scope, so pages queue `check_account` and show its answer.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from payments.gateways.errors import GatewayError, GatewayRefused
from payments.gateways.interface import Gateway, GatewayCredentials
from payments.gateways.registry import gateway_for
from payments.gateways.stripe_client import key_is_live
from payments.models import GatewayAccount
from tenants.audit import record
from tenants.doors import make_door
from tenants.links import public_url
from tenants.models import Door, User
from tenants.scope import tenant_atomic
from tenants.seal import seal, unseal
from tenants.wake import wake

SECRETS_KEPT = 2  # the new one and the one it replaces, so that a roll loses no webhook
LONGEST_ERROR = 300


class CannotConnect(DomainError):
    """These credentials cannot be used."""


def enabled_account() -> GatewayAccount | None:
    """The account that takes payments now; the sandbox only in a demo and without a real one."""
    rows = list(GatewayAccount.objects.filter(disabled_at=None))
    by_gateway = {row.gateway: row for row in rows}
    real = by_gateway.get(GatewayAccount.Key.STRIPE)
    if real is not None:
        return real
    return by_gateway.get(GatewayAccount.Key.SANDBOX) if settings.DEMO else None


def takes_payments(account: GatewayAccount | None) -> bool:
    """Whether a button to pay may be shown; an account that was never checked shows none."""
    return account is not None and bool(account.health.get("usable"))


def gateway_of(account: GatewayAccount) -> Gateway:
    return gateway_for(account.gateway.lower())


def credentials_of(account: GatewayAccount) -> GatewayCredentials:
    """What a gateway needs to act for this account; the secrets are unsealed here only."""
    if account.gateway == GatewayAccount.Key.SANDBOX:
        base_url = f"{settings.SITE_URL.rstrip('/')}/sandbox/{account.public_id}"
        return GatewayCredentials(secret_key="", account_id=None, livemode=False, base_url=base_url)
    return GatewayCredentials(
        secret_key=unseal(account.secret_sealed),
        account_id=None,
        livemode=account.livemode,
        webhook_secrets=webhook_secrets(account),
        base_url=settings.STRIPE_API_BASE or None,
    )


def webhook_secrets(account: GatewayAccount) -> tuple[str, ...]:
    if not account.webhook_secrets_sealed:
        return ()
    return tuple(json.loads(unseal(account.webhook_secrets_sealed)))


@tenant_atomic()
def connect_stripe(*, secret_key: str, user: User | None, now: dt.datetime) -> GatewayAccount:
    """Keep a restricted key and have it checked; the account it replaces is disconnected softly.

    Raises:
        CannotConnect: it is no secret or restricted key.
    """
    try:
        livemode = key_is_live(secret_key)
    except GatewayRefused:
        raise CannotConnect(
            _("A Stripe key starts with rk_ or sk_: yours looks like something else.")
        ) from None
    _disable_enabled(GatewayAccount.Key.STRIPE, user=user, now=now)
    account = _create(
        GatewayAccount.Key.STRIPE,
        livemode=livemode,
        secret_sealed=seal(secret_key),
        secret_hint=secret_key[-4:],
    )
    record(act="connect_gateway", subject=account, user=user, at=now)
    wake("payments.tasks.check_account", account_id=account.pk)
    return account


@tenant_atomic()
def connect_sandbox(*, user: User | None, now: dt.datetime) -> GatewayAccount:
    """Let visitors of a demo try a payment; no money moves.

    Raises:
        CannotConnect: this is no demo.
    """
    if not settings.DEMO:
        raise CannotConnect(_("The sandbox exists in demonstrations only."))
    known = GatewayAccount.objects.filter(
        gateway=GatewayAccount.Key.SANDBOX, disabled_at=None
    ).first()
    if known is not None:
        return known
    account = _create(
        GatewayAccount.Key.SANDBOX, health={"usable": True, "warnings": []}, checked_at=now
    )
    record(act="connect_gateway", subject=account, user=user, at=now)
    return account


@tenant_atomic()
def disconnect(*, account: GatewayAccount, user: User | None, now: dt.datetime) -> None:
    """Offer no payment through this account any more.

    The key stays sealed: what is being confirmed must end, and disputes come for 13 months.
    """
    account.disabled_at = now
    account.save(update_fields=["disabled_at"])
    record(act="disconnect_gateway", subject=account, user=user, at=now)


def check_account(*, account_id: int, now: dt.datetime) -> GatewayAccount:
    """Ask the gateway whether the account can take money, and keep the answer. No open scope."""
    with tenant_atomic():
        account = GatewayAccount.objects.get(pk=account_id)
        credentials = credentials_of(account)
    try:
        health = asdict(gateway_of(account).check(credentials))
    except GatewayError as error:
        health = {"usable": False, "warnings": [], "error": str(error)[:LONGEST_ERROR]}
    with tenant_atomic():
        account = GatewayAccount.objects.select_for_update().get(pk=account_id)
        account.health, account.checked_at = health, now
        account.account_id = health.get("account_id") or ""
        account.name = health.get("name") or ""
        account.save(update_fields=["health", "checked_at", "account_id", "name"])
    return account


def register_webhook(*, account_id: int, now: dt.datetime) -> GatewayAccount:
    """Have the gateway call us at every change; the previous secret stays valid. No open scope."""
    with tenant_atomic():
        account = GatewayAccount.objects.get(pk=account_id)
        credentials = credentials_of(account)
    registered = gateway_of(account).register_webhook(credentials, webhook_url(account))
    with tenant_atomic():
        account = GatewayAccount.objects.select_for_update().get(pk=account_id)
        secrets = [registered.secret, *webhook_secrets(account)][:SECRETS_KEPT]
        account.webhook_secrets_sealed = seal(json.dumps(secrets))
        account.webhook_id = registered.external_id
        account.save(update_fields=["webhook_secrets_sealed", "webhook_id"])
    return check_account(account_id=account_id, now=now)


def webhook_url(account: GatewayAccount) -> str:
    return public_url("hooks:stripe", account=account.public_id, absolute=True)


def _create(key: GatewayAccount.Key, **fields: object) -> GatewayAccount:
    account = GatewayAccount.objects.create(gateway=key, **fields)
    make_door(
        kind=Door.Kind.WEBHOOK,
        key=str(account.public_id),
        target=account.public_id,
        expires_at=None,
    )
    return account


def _disable_enabled(key: GatewayAccount.Key, *, user: User | None, now: dt.datetime) -> None:
    for account in GatewayAccount.objects.select_for_update().filter(gateway=key, disabled_at=None):
        disconnect(account=account, user=user, now=now)


@tenant_atomic()
def note_error(*, account_id: int, error: str) -> None:
    """Keep what a gateway refused, for the owner's health card."""
    account = GatewayAccount.objects.select_for_update().get(pk=account_id)
    account.health = {**account.health, "error": error[:LONGEST_ERROR]}
    account.save(update_fields=["health"])
