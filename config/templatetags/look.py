"""The smallest pieces of our pages, for templates."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.contrib.messages.storage.base import Message
from django.utils.translation import get_language

from core.money import format_decimal, format_money, format_percent
from tenants import toasts
from tenants.chips import STATES, chip, icon
from tenants.links import any_url
from tenants.theme import VERSION

__all__ = ["STATES"]

register = template.Library()

register.simple_tag(icon)
register.simple_tag(chip)


@register.filter
def money(amount: Decimal | None, currency: str = "EUR") -> str:
    """`{{ balance|money:invoice.currency }}`: `1 234,50 €` or `€1,234.50`; nothing for None."""
    return "" if amount is None else format_money(amount, currency, _language())


@register.filter
def quantity(value: Decimal | None) -> str:
    """A quantity without trailing zeros, in the reader's language."""
    return "" if value is None else format_decimal(value, _language())


@register.filter
def percent(value: Decimal | None) -> str:
    """A percentage, in the reader's language."""
    return "" if value is None else format_percent(value, _language())


@register.filter
def initials(name: str) -> str:
    """Two letters for an avatar or a monogram: `Atelier Morel` gives `AM`."""
    words = [word for word in str(name).replace("@", " ").replace(".", " ").split() if word]
    return "".join(word[0] for word in words[:2]).upper()


@register.filter
def undo_address(message: Message) -> str:
    """Where the act that a flash message speaks of is taken back; empty: nowhere."""
    return toasts.undo_address(message.extra_tags or "")


@register.simple_tag
def theme_url(color: str) -> str:
    """The address of the style sheet that carries a tenant's colour."""
    return any_url("tenant_theme", version=VERSION, color=color)


def _language() -> str:
    return get_language() or "fr"
