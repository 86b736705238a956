"""Dates as people write them in tables: day first or month first is proved, not guessed."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from core.errors import gettext_noop as _
from invoices.importing.findings import Unreadable
from invoices.importing.records import say
from invoices.importing.tables import Cell

DAY_FIRST, MONTH_FIRST = "DMY", "MDY"
_MONTHS = 12
_EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)  # 1954 to 2119
_OLDEST, _LATEST = 1990, 2100
_CENTURY_PIVOT = 80  # "80" is 1980, "79" is 2079
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}")
_NAMED = re.compile(r"(\d{1,2})(?:er)?[-/. ]+([^\W\d_]{3,9})\.?[-/. ]+(\d{4}|\d{2})")
_NAMES = {
    name: number
    for number, names in enumerate(
        (
            "jan janv janvier january",
            "feb fev fév févr fevr fevrier février february",
            "mar mars march",
            "apr avr avril april",
            "may mai",
            "jun juin june",
            "jul juil juillet july",
            "aug aou aoû août aout august",
            "sep sept septembre september",
            "oct octobre october",
            "nov novembre november",
            "dec déc decembre décembre december",
        ),
        start=1,
    )
    for name in names.split()
}


@dataclass
class OrderEvidence:
    """What the dates of a whole file say about day and month; lines prove it to the user."""

    day_first_at: int | None = None
    month_first_at: int | None = None
    unclear_at: int | None = None
    unclear: str = ""
    backwards_day_first: int = 0
    backwards_month_first: int = 0

    def see(self, cell: Cell, line: int) -> None:
        found = _YEAR_LAST.fullmatch(cell) if isinstance(cell, str) else None
        if found is None or found[2] == ".":  # points are European: day first
            return
        first, second = int(found[1]), int(found[3])
        if first > _MONTHS >= second:
            self.day_first_at = self.day_first_at or line
        elif second > _MONTHS >= first:
            self.month_first_at = self.month_first_at or line
        elif first != second and self.unclear_at is None:
            self.unclear_at, self.unclear = line, str(cell)

    def see_pair(self, issued: Cell, due: Cell) -> None:
        """Count due dates that would precede their invoice: the wrong order makes many."""
        if not isinstance(issued, str) or not _YEAR_LAST.fullmatch(issued) or not due:
            return
        for order in (DAY_FIRST, MONTH_FIRST):
            try:
                backwards = parse_date(due, order) < parse_date(issued, order)
            except Unreadable:
                continue
            if order == DAY_FIRST:
                self.backwards_day_first += backwards
            else:
                self.backwards_month_first += backwards

    def order(self, *, headings_are_french: bool) -> str:
        """Return the proved order. Raises Unreadable when lines contradict or nothing proves it."""
        if self.day_first_at and self.month_first_at:
            raise Unreadable(
                say(
                    _(
                        "Line %(day)s writes the day first and line %(month)s the month first: "
                        "use one order in the whole file."
                    ),
                    day=self.day_first_at,
                    month=self.month_first_at,
                ),
                line=max(self.day_first_at, self.month_first_at),
            )
        if self.day_first_at or self.unclear_at is None:
            return MONTH_FIRST if self.month_first_at else DAY_FIRST
        return MONTH_FIRST if self.month_first_at else self._by_sense(headings_are_french)

    def _by_sense(self, headings_are_french: bool) -> str:
        if bool(self.backwards_day_first) != bool(self.backwards_month_first):
            return MONTH_FIRST if self.backwards_day_first else DAY_FIRST
        if headings_are_french:  # French never puts the month first
            return DAY_FIRST
        raise Unreadable(
            say(
                _(
                    "“%(text)s” can be read with the day first or the month first, and nothing "
                    "in the file tells which. Say which it is, or write dates as 2026-01-31."
                ),
                text=self.unclear,
            ),
            line=self.unclear_at,
        )


def parse_date(cell: Cell, order: str) -> dt.date:
    """Return a date between 1990 and 2100. Raises Unreadable with the reason."""
    if isinstance(cell, dt.date):
        return _plausible(cell, str(cell))
    if isinstance(cell, Decimal):
        return _from_serial(str(cell), cell)
    return _parse_text(cell, order)


@lru_cache(maxsize=8192)
def _parse_text(text: str, order: str) -> dt.date:
    if found := (_YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)):
        return _date(text, found[1], found[2], found[3])
    if found := _YEAR_LAST.fullmatch(text):
        first, second = (found[1], found[3]) if order == DAY_FIRST or found[2] == "." else (
            found[3],
            found[1],
        )  # fmt: skip
        return _date(text, found[4], second, first)
    if found := _NAMED.fullmatch(text.lower()):
        return _date(text, found[3], str(_NAMES.get(found[2], 0)), found[1])
    if text.isdigit():
        return _from_serial(text, Decimal(text[:9]))
    raise _not_a_date(text)


def _date(text: str, year: str, month: str, day: str) -> dt.date:
    full = int(year)
    if len(year) == len("26"):
        full += 1900 if full >= _CENTURY_PIVOT else 2000
    try:
        return _plausible(dt.date(full, int(month), int(day)), text)
    except ValueError:
        raise _not_a_date(text) from None


def _from_serial(text: str, serial: Decimal) -> dt.date:
    if int(serial) not in _SERIALS:
        raise _not_a_date(text)
    return _plausible(_EXCEL_DAY_ZERO + dt.timedelta(days=int(serial)), text)


def _plausible(date: dt.date, text: str) -> dt.date:
    if not _OLDEST <= date.year <= _LATEST:
        raise Unreadable(say(_("The date %(text)s is too far away."), text=text[:40]))
    return date


def _not_a_date(text: str) -> Unreadable:
    return Unreadable(say(_("“%(text)s” is not a date."), text=text[:40]))
