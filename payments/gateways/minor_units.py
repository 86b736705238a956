"""Amounts at a gateway's border: major units as Decimal outside, integer minor units inside."""

from __future__ import annotations

from decimal import Decimal

from core import money
from payments.gateways.errors import GatewayRefused


def to_minor(amount: Decimal, currency: str) -> int:
    """Return an amount above zero in minor units.

    Refuses nothing, less than nothing, parts of a minor unit, and currencies not in our table.
    """
    try:
        minor = money.to_minor(amount, currency)
    except (money.InvalidAmount, money.UnknownCurrency) as error:
        raise GatewayRefused(str(error), code="amount_invalid") from error
    if minor <= 0:
        raise GatewayRefused(f"{amount} {currency} cannot be paid.", code="amount_invalid")
    return minor


def from_minor(minor: int, currency: str) -> Decimal:
    """Return minor units as a Decimal; a currency not in our table is refused, never guessed."""
    try:
        return money.from_minor(minor, currency.upper())
    except money.UnknownCurrency as error:
        raise GatewayRefused(str(error), code="currency_unknown") from error
