"""Pure: an amount into parts, parts over months, and which part is filled by which debt."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from core.errors import DomainError
from core.errors import gettext_noop as _
from core.money import split_amount

ZERO = Decimal(0)
MOST_PARTS = 36
LONGEST = dt.timedelta(days=5 * 366)
MONTHS = 12


class CannotSplit(DomainError):
    """These parts are no plan for this amount."""


@dataclass(frozen=True, slots=True)
class PartInput:
    """An amount on a day; no day: on the day the plan is accepted (the first part alone)."""

    due_on: dt.date | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Slice:
    """What a debt (by its place) gives to a part (by its place)."""

    part: int
    debt: int
    amount: Decimal


def split_evenly(total: Decimal, count: int, currency: str = "EUR") -> list[Decimal]:
    """Split into `count` amounts that differ by a cent at most, the larger first.

    Raises:
        InvalidAmount: too small to give each part something, or not whole in cents.
    """
    return split_amount(total, count, currency)


def monthly(first: dt.date, count: int) -> list[dt.date]:
    """`count` days a month apart from `first`: the same day of each month, or its last day."""
    days = []
    for step in range(count):
        year, month = divmod(first.year * MONTHS + first.month - 1 + step, MONTHS)
        last = calendar.monthrange(year, month + 1)[1]
        days.append(dt.date(year, month + 1, min(first.day, last)))
    return days


def check_parts(parts: Sequence[PartInput], *, total: Decimal, today: dt.date) -> None:
    """Refuse parts that do not add up, are out of order, past, or beyond five years.

    Raises:
        CannotSplit: in a sentence.
    """
    if not 1 <= len(parts) <= MOST_PARTS:
        raise CannotSplit(_("A plan has between 1 and %(most)s payments."), most=MOST_PARTS)
    if any(part.amount <= ZERO for part in parts):
        raise CannotSplit(_("Each payment of a plan is more than zero."))
    asked = sum((part.amount for part in parts), ZERO)
    if asked != total:
        raise CannotSplit(
            _("The payments add up to %(asked)s; what is owed is %(total)s."),
            asked=asked,
            total=total,
        )
    _check_days([part.due_on for part in parts], today)


def fill(parts: Sequence[Decimal], debts: Sequence[Decimal]) -> list[Slice]:
    """Fill each part from the oldest debt on; both lists add up to the same amount."""
    slices = []
    debt, left = 0, debts[0] if debts else ZERO
    for place, amount in enumerate(parts):
        wanted = amount
        while wanted > ZERO:
            while left == ZERO:
                debt += 1
                left = debts[debt]
            taken = min(wanted, left)
            slices.append(Slice(place, debt, taken))
            wanted, left = wanted - taken, left - taken
    return slices


def _check_days(days: Sequence[dt.date | None], today: dt.date) -> None:
    if None in days[1:]:
        raise CannotSplit(_("Only the first payment can wait for the day the plan is accepted."))
    dated = [day for day in days if day is not None]
    if any(later <= earlier for earlier, later in pairwise(dated)):
        raise CannotSplit(_("The dates of a plan follow one another, each once."))
    earliest = today if days[0] is not None else today + dt.timedelta(days=1)
    if dated and dated[0] < earliest:
        raise CannotSplit(_("The dates of a plan are still to come."))
    if dated and dated[-1] > today + LONGEST:
        raise CannotSplit(_("A plan ends within five years."))
