"""Whether a Stripe account can take money, read from what it says about itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from payments.gateways.interface import AccountHealth, GatewayCredentials, HealthWarning
from payments.gateways.stripe_snapshot import Json

_BLOCKING = {HealthWarning.CHARGES_DISABLED, HealthWarning.MODE_MISMATCH}


def health_of(account: GatewayCredentials, about: Json | None, *, live: bool) -> AccountHealth:
    """Judge an account by what Stripe answered; `about` is None when the key may not read it."""
    warnings = tuple(_warnings(account, about, live=live))
    answered = about or {}
    return AccountHealth(
        usable=not _BLOCKING.intersection(warnings),
        livemode=live,
        account_id=answered.get("id"),
        name=_name(answered),
        country=answered.get("country") or "",
        currency=(answered.get("default_currency") or "").upper(),
        warnings=warnings,
    )


def _warnings(
    account: GatewayCredentials, about: Json | None, *, live: bool
) -> Iterator[HealthWarning]:
    if live != account.livemode:
        yield HealthWarning.MODE_MISMATCH
    if live and account.secret_key.startswith("sk_"):
        yield HealthWarning.FULL_SECRET_KEY
    if not live:
        yield HealthWarning.TEST_MODE
    if about is None:
        yield HealthWarning.ACCOUNT_UNREADABLE
    elif not about.get("charges_enabled"):
        yield HealthWarning.CHARGES_DISABLED
    if not account.webhook_secrets:
        yield HealthWarning.NO_WEBHOOK_SECRET


def _name(about: Json) -> str:
    profile = about.get("business_profile") or {}
    dashboard = (about.get("settings") or {}).get("dashboard") or {}
    return profile.get("name") or dashboard.get("display_name") or ""
