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
    net = _round(gross * HUNDRED / (HUNDRED + rate), currency(code).unit)
    return net, gross - net


def share_of(whole: Totals, percent: Decimal, code: str = "EUR") -> Totals:
    """Return a share of every rate: a deposit, a stage of work, an early-payment discount."""
    unit = currency(code).unit
    return _sum_up(
        [
            _vat_total(
                part.category, part.rate, _round(part.base * percent / HUNDRED, unit), ZERO, unit
            )
            for part in whole.by_rate
        ],
        unit,
    )


def remainder_of(whole: Totals, parts: Sequence[Totals], code: str = "EUR") -> Totals:
    """Return what is left of a whole once parts are taken off, VAT by difference per rate.

    The VAT of a last document is never reckoned anew: deposits and balance add up to the deal.
    Raises CreditTooHigh where more is taken off, in base or in VAT, than there was.
    """
    left = {(total.category, total.rate): total for total in whole.by_rate}
    for part in (total for totals in parts for total in totals.by_rate):
        key = part.category, part.rate
        left[key] = _taken_off(left.get(key), part)
    return _sum_up(list(left.values()), currency(code).unit)


def vat_collected(whole: Totals, received: Decimal, code: str = "EUR") -> tuple[VatTotal, ...]:
    """Return base and VAT per rate that a sum received on a document contains.

    Spread in proportion to each rate's all-in amount; what rounding leaves goes to the last.
    For several receipts take the difference of the running totals: the whole is then exact.
    """
    if not whole.gross:
        return ()
    unit, left, shares = currency(code).unit, received, []
    for part in whole.by_rate:
        is_last = part is whole.by_rate[-1]
        all_in = left if is_last else _round((part.base + part.vat) * received / whole.gross, unit)
        vat = _round(part.vat * received / whole.gross, unit)
        shares.append(VatTotal(part.category, part.rate, all_in - vat, vat))
        left -= all_in
    return tuple(shares)


def _completed(draft: DraftLine, code: str) -> Line | None:
    if draft.quantity is None or draft.unit_price is None or draft.vat_rate is None:
        return None
    line = Line(
        draft.quantity,
        draft.unit_price,
        draft.vat_rate,
        draft.vat_category,
        draft.discount_percent or ZERO,
    )
    try:
        _line_total(line, currency(code).unit, 1)
    except InvalidLine:
        return None
    return line


def _line_total(line: Line, unit: Decimal, number: int) -> LineTotal:
    _check_line(line, number)
    gross = _round(line.quantity * line.unit_price, unit)
    discount = _round(gross * line.discount_percent / HUNDRED, unit)
    if abs(gross) >= AMOUNT_LIMIT:
        raise InvalidLine(_("Line %(number)s: the amount is too large."), number=number)
    return LineTotal(gross, discount, gross - discount)


def _check_line(line: Line, number: int) -> None:
    if not _fits(line.quantity, _FACTOR_PLACES, _FACTOR_LIMIT):
        raise InvalidLine(
            _("Line %(number)s: a quantity has at most ten digits and four decimals."),
            number=number,
        )
    if not _fits(line.unit_price, _FACTOR_PLACES, _FACTOR_LIMIT) or line.unit_price < 0:
        raise InvalidLine(
            _(
                "Line %(number)s: a unit price is zero or more, with at most ten digits and four"
                " decimals; to take something back, make the quantity negative."
            ),
            number=number,
        )
    _check_percent(line.discount_percent, number)
    _check_vat(line, number)


def _check_percent(percent: Decimal, number: int | None) -> None:
    if _fits(percent, _PERCENT_PLACES, HUNDRED + 1) and 0 <= percent <= HUNDRED:
        return
    if number is None:
        raise InvalidTotals(
            _("The discount on the document is 0 to 100 percent, with at most two decimals.")
        )
    raise InvalidLine(
        _("Line %(number)s: a discount is 0 to 100 %%, with at most two decimals."), number=number
    )


def _check_vat(line: Line, number: int) -> None:
    if not _fits(line.vat_rate, _PERCENT_PLACES, HUNDRED) or line.vat_rate < 0:
        raise InvalidLine(_("Line %(number)s: this is not a VAT rate."), number=number)
    if line.vat_category == VatCategory.STANDARD and not line.vat_rate:
        raise InvalidLine(
            _("Line %(number)s: at a rate of 0 say why no VAT is due."), number=number
        )
    if line.vat_category != VatCategory.STANDARD and line.vat_rate:
        raise InvalidLine(
            _("Line %(number)s: where no VAT is due the rate is 0, not %(rate)s."),
            number=number,
            rate=line.vat_rate,
        )


def _check_document(totals: Totals) -> None:
    if totals.gross < 0:
        raise InvalidTotals(_("The total is below zero: make a credit note instead."))
    if totals.gross >= AMOUNT_LIMIT:
        raise InvalidTotals(_("The total is too large."))
    categories = {part.category for part in totals.by_rate}
    if VatCategory.OUTSIDE_SCOPE in categories and len(categories) > 1:
        raise InvalidTotals(
            _("What is outside the scope of VAT goes on a document of its own (EN 16931 BR-O-11).")
        )


def _vat_total(
    category: VatCategory, rate: Decimal, net: Decimal, discount_percent: Decimal, unit: Decimal
) -> VatTotal:
    allowance = _round(net * discount_percent / HUNDRED, unit)
    base = net - allowance
    return VatTotal(category, rate, base, _round(base * rate / HUNDRED, unit), allowance)


def _taken_off(before: VatTotal | None, part: VatTotal) -> VatTotal:
    before = before or VatTotal(part.category, part.rate, ZERO, ZERO)
    base, vat = before.base - part.base, before.vat - part.vat
    if not _is_between(base, before.base) or not _is_between(vat, before.vat):
        raise CreditTooHigh(
            _(
                "At the VAT rate of %(rate)s %% only %(base)s before VAT and %(vat)s of VAT are"
                " left of the invoice."
            ),
            rate=part.rate,
            base=before.base,
            vat=before.vat,
        )
    return VatTotal(part.category, part.rate, base, vat)


def _sum_up(by_rate: Sequence[VatTotal], unit: Decimal) -> Totals:
    nothing = unit * 0
    net = sum((part.base for part in by_rate), nothing)
    vat = sum((part.vat for part in by_rate), nothing)
    allowance = sum((part.allowance for part in by_rate), nothing)
    return Totals(net, vat, net + vat, tuple(by_rate), allowance=allowance)


def _round(amount: Decimal, unit: Decimal) -> Decimal:
    return amount.quantize(unit, ROUND_HALF_UP)


def _fits(value: Decimal, places: int, limit: Decimal) -> bool:
    if not value.is_finite() or abs(value) >= limit:
        return False
    return value == round(value, places)


def _is_between(left: Decimal, whole: Decimal) -> bool:
    return min(whole, ZERO) <= left <= max(whole, ZERO)
