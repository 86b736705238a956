"""Totals of a document as EN 16931 wants them: lines rounded, VAT per rate on the sum.

Amounts are positive in credit notes too: the kind of a document gives them their direction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from core.errors import DomainError
from core.errors import gettext_noop as _
from core.money import AMOUNT_LIMIT, HUNDRED, currency

_FACTOR_LIMIT = Decimal(10) ** 10  # what Decimal(14,4) cannot hold any more
_FACTOR_PLACES = 4
_PERCENT_PLACES = 2
ZERO = Decimal(0)


class VatCategory(StrEnum):
    """The categories of EN 16931 that France allows."""

    STANDARD = "S"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_EU = "K"
    EXPORT = "G"
    OUTSIDE_SCOPE = "O"
    ZERO_RATED = "Z"


class InvalidLine(DomainError):
    """A line of a document cannot be reckoned with."""


class InvalidTotals(DomainError):
    """The lines are fine one by one, and make no lawful document together."""


class CreditTooHigh(DomainError):
    """More would be credited or deducted than was invoiced, at some VAT rate."""


@dataclass(frozen=True, slots=True)
class Line:
    """Quantity and unit price before VAT, both with up to four decimals; rates in percent.

    A quantity below zero takes something back; a price never is (EN 16931 BR-27).
    """

    quantity: Decimal
    unit_price: Decimal
    vat_rate: Decimal
    vat_category: VatCategory = VatCategory.STANDARD
    discount_percent: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line being typed, in which anything may still be missing."""

    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    vat_rate: Decimal | None = None
    vat_category: VatCategory = VatCategory.STANDARD
    discount_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LineTotal:
    """Of one line: quantity × price, the discount on it, and what is left before VAT."""

    gross: Decimal
    discount: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class VatTotal:
    """Of one VAT category and rate: the discount on the whole document, the base, the VAT."""

    category: VatCategory
    rate: Decimal
    base: Decimal
    vat: Decimal
    allowance: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Totals:
    """Of a document, in its currency: before VAT, VAT, all in; and how they come about."""

    net: Decimal
    vat: Decimal
    gross: Decimal
    by_rate: tuple[VatTotal, ...]
    lines: tuple[LineTotal, ...] = ()
    allowance: Decimal = ZERO


def compute_totals(
    lines: Sequence[Line], *, code: str = "EUR", discount_percent: Decimal = ZERO
) -> Totals:
    """Return the totals; every amount is rounded half-up to the decimals of the currency.

    The net of a line is rounded; VAT is reckoned once per category and rate, on the sum of the
    lines less that rate's share of the document discount. Raises InvalidLine or InvalidTotals.
    """
    unit = currency(code).unit
    line_totals = tuple(_line_total(line, unit, number) for number, line in enumerate(lines, 1))
    _check_percent(discount_percent, None)
    sums: dict[tuple[VatCategory, Decimal], Decimal] = defaultdict(lambda: unit * 0)
    for line, line_total in zip(lines, line_totals, strict=True):
        sums[line.vat_category, line.vat_rate] += line_total.net
    by_rate = [
        _vat_total(category, rate, net, discount_percent, unit)
        for (category, rate), net in sums.items()
    ]
    totals = replace(_sum_up(by_rate, unit), lines=line_totals)
    _check_document(totals)
    return totals


def draft_totals(
    lines: Sequence[DraftLine], *, code: str = "EUR", discount_percent: Decimal | None = None
) -> tuple[Totals, tuple[Decimal | None, ...]]:
    """Return the totals of what can be reckoned so far, and the net of each line or None.

    For totals shown while a document is typed: a line that lacks something, or that
    `compute_totals` would refuse, counts for nothing.
    """
    complete = [_completed(line, code) for line in lines]
    reckoned = [line for line in complete if line is not None]
    try:
        totals = compute_totals(reckoned, code=code, discount_percent=discount_percent or ZERO)
    except DomainError:
        return _sum_up([], currency(code).unit), (None,) * len(lines)
    nets = iter(totals.lines)
    return totals, tuple(None if line is None else next(nets).net for line in complete)


def net_of_gross(gross: Decimal, rate: Decimal, code: str = "EUR") -> tuple[Decimal, Decimal]:
    """Return an all-in price taken apart: before VAT (half-up), and VAT as the difference."""
    net = (gross * HUNDRED / (HUNDRED + rate)).quantize(currency(code).unit, ROUND_HALF_UP)
    return net, gross - net


def share_of(whole: Totals, percent: Decimal, code: str = "EUR") -> Totals:
    """Return a share of every rate: a deposit, a stage of work, an early-payment discount."""
    unit = currency(code).unit
    return _sum_up(
        [
            _vat_total(part.category, part.rate, _percent_of(part.base, percent, unit), ZERO, unit)
            for part in whole.by_rate
        ],
        unit,
    )


def remainder_of(whole: Totals, parts: Sequence[Totals]) -> Totals:
    """Return what is left of a whole once parts are taken off, VAT by difference per rate.

    The VAT of a last document is never reckoned anew: deposits and balance add up to the deal.
    Raises CreditTooHigh where more is taken off, in base or in VAT, than there was.
    """
    left = {(part.category, part.rate): part for part in whole.by_rate}
    for part in (rate for totals in parts for rate in totals.by_rate):
        key = part.category, part.rate
        before = left.get(key)
        if before is None or part.base > before.base or part.vat > before.vat:
            raise CreditTooHigh(
                _(
                    "At the VAT rate of %(rate)s %% only %(base)s before VAT and %(vat)s of VAT"
                    " are left of the invoice."
                ),
                rate=part.rate,
                base=before.base if before else ZERO,
                vat=before.vat if before else ZERO,
            )
        left[key] = replace(
            before, base=before.base - part.base, vat=before.vat - part.vat, allowance=ZERO
        )
    return _sum_up(list(left.values()), whole.net * 0)


def vat_collected(whole: Totals, received: Decimal) -> tuple[VatTotal, ...]:
    """Return base and VAT per rate that a sum received on a document contains.

    Spread in proportion to each rate's all-in amount; what rounding leaves goes to the last.
    For several receipts take the difference of the running totals: the whole is then exact.
    """
    if not whole.gross:
        return ()
    unit = Decimal(1).scaleb(whole.gross.as_tuple().exponent)  # type: ignore[arg-type]
    shares = []
    left = received
    for part in whole.by_rate:
        is_last = part is whole.by_rate[-1]
        all_in = (part.base + part.vat) * received / whole.gross
        share = left if is_last else all_in.quantize(unit, ROUND_HALF_UP)
        vat = (part.vat * received / whole.gross).quantize(unit, ROUND_HALF_UP)
        shares.append(VatTotal(part.category, part.rate, share - vat, vat))
        left -= share
    return tuple(shares)
