"""Amounts: rounding, splitting, showing, and reading what people type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.errors import DomainError
from core.errors import gettext_noop as _

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
AMOUNT_LIMIT = Decimal(10) ** 12  # what Decimal(14,2) cannot hold any more

NBSP = "\u00a0"
MINUS = "\u2212"
_FRENCH_MARKS = str.maketrans({",": NBSP, ".": ","})


class UnknownCurrency(DomainError):
    """The currency is not in the closed table."""


class InvalidAmount(DomainError):
    """The text or number is not an amount of money that can be kept."""


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency that amounts may bear; `digits` is the number of its decimals."""

    code: str
    digits: int
    sign_fr: str
    sign_en: str

    @property
    def unit(self) -> Decimal:
        return Decimal(1).scaleb(-self.digits)


CURRENCIES: Mapping[str, Currency] = {
    currency.code: currency
    for currency in (
        Currency("EUR", 2, "€", "€"),
        Currency("CHF", 2, "CHF", f"CHF{NBSP}"),
        Currency("GBP", 2, "£", "£"),
        Currency("USD", 2, "$", "$"),
        Currency("XPF", 0, f"F{NBSP}CFP", f"XPF{NBSP}"),
    )
}


def currency(code: str) -> Currency:
    """Return the currency of that ISO 4217 code, or raise UnknownCurrency."""
    try:
        return CURRENCIES[code]
    except KeyError:
        raise UnknownCurrency(
            _("The currency “%(code)s” is not supported; use one of %(known)s."),
            code=code,
            known=", ".join(CURRENCIES),
        ) from None


def round_cents(amount: Decimal) -> Decimal:
    """Round half-up to two decimals; a negative half goes away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def round_amount(amount: Decimal, code: str) -> Decimal:
    """Round half-up to the decimals of the currency."""
    return amount.quantize(currency(code).unit, ROUND_HALF_UP)


def split_amount(amount: Decimal, parts: int, code: str = "EUR") -> list[Decimal]:
    """Split an amount into parts that differ by one minor unit at most, the larger ones first.

    The parts add up to the amount exactly. Refuses an amount too small to give every part
    something, or one that is not whole in minor units.
    """
    minor = to_minor(amount, code)
    if parts < 1 or minor < parts:
        raise InvalidAmount(
            _("%(amount)s cannot be split into %(parts)s payments."), amount=amount, parts=parts
        )
    share, rest = divmod(minor, parts)
    return [from_minor(share + (index < rest), code) for index in range(parts)]


def to_minor(amount: Decimal, code: str) -> int:
    """Return the amount in minor units (cents), as payment gateways want it.

    An amount with more decimals than its currency has is refused, never rounded.
    """
    scaled = amount.scaleb(currency(code).digits)
    if scaled != scaled.to_integral_value():
        raise InvalidAmount(
            _("%(amount)s has more decimals than %(code)s allows."), amount=amount, code=code
        )
    return int(scaled)


def from_minor(minor: int, code: str) -> Decimal:
    """Return the amount of so many minor units."""
    return Decimal(minor).scaleb(-currency(code).digits)


def format_money(amount: Decimal, code: str, language: str) -> str:
    """Show an amount rounded half-up to its currency: `1 234,50 €` in fr, `€1,234.50` in en.

    The spaces are U+00A0, so that an amount never breaks over two lines; the minus is U+2212.
    """
    money = currency(code)
    rounded = amount.quantize(money.unit, ROUND_HALF_UP)
    digits = f"{abs(rounded):,f}"
    minus = MINUS if rounded < 0 else ""
    if _is_french(language):
        return f"{minus}{digits.translate(_FRENCH_MARKS)}{NBSP}{money.sign_fr}"
    return f"{minus}{money.sign_en}{digits}"


def format_decimal(value: Decimal, language: str, least: int = 0) -> str:
    """Show a quantity or a rate without trailing zeros, with `least` decimals or more."""
    whole, _mark, decimals = f"{abs(value):,f}".partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    digits = f"{whole}.{decimals}" if decimals else whole
    minus = MINUS if value < 0 else ""
    return minus + (digits.translate(_FRENCH_MARKS) if _is_french(language) else digits)


def format_percent(value: Decimal, language: str) -> str:
    """Show a percentage: `12,15 %` in fr (U+00A0 before the sign), `12.15%` in en."""
    return format_decimal(value, language) + (f"{NBSP}%" if _is_french(language) else "%")


def _is_french(language: str) -> bool:
    if language[:2] not in {"fr", "en"}:
        raise ValueError(f"No money format for language {language!r}")
    return language[:2] == "fr"
