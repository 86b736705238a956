"""Days: French public holidays, banking days, and where reminders roll to."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache

ONE_DAY = dt.timedelta(days=1)
_JULY = 7


class Region(StrEnum):
    """Where public holidays differ; the value is kept on the tenant and the client."""

    METROPOLE = "METROPOLE"
    ALSACE_MOSELLE = "ALSACE_MOSELLE"
    GUADELOUPE = "GUADELOUPE"
    MARTINIQUE = "MARTINIQUE"
    GUYANE = "GUYANE"
    REUNION = "REUNION"
    MAYOTTE = "MAYOTTE"
    SAINT_BARTHELEMY = "SAINT_BARTHELEMY"
    SAINT_MARTIN = "SAINT_MARTIN"


# Code du travail L3133-1: (month, day), then days after Easter Sunday.
_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_AFTER_EASTER = (1, 39, 50)
# L3134-13 (Alsace-Moselle: Good Friday and 26 December) and L3422-2 (abolition of slavery; the
# days of Saint-Barthélemy and Saint-Martin are from memory).
_REGIONAL_FIXED = {
    Region.ALSACE_MOSELLE: (12, 26),
    Region.MAYOTTE: (4, 27),
    Region.MARTINIQUE: (5, 22),
    Region.GUADELOUPE: (5, 27),
    Region.SAINT_MARTIN: (5, 28),
    Region.GUYANE: (6, 10),
    Region.SAINT_BARTHELEMY: (10, 9),
    Region.REUNION: (12, 20),
}
_REGIONAL_AFTER_EASTER = {Region.ALSACE_MOSELLE: -2}
# Days on which the euro banking system is closed besides Saturdays and Sundays.
_TARGET_FIXED = ((1, 1), (5, 1), (12, 25), (12, 26))
_TARGET_AFTER_EASTER = (-2, 1)

_POSTCODES = {
    "57": Region.ALSACE_MOSELLE,
    "67": Region.ALSACE_MOSELLE,
    "68": Region.ALSACE_MOSELLE,
    "971": Region.GUADELOUPE,
    "97133": Region.SAINT_BARTHELEMY,
    "97150": Region.SAINT_MARTIN,
    "972": Region.MARTINIQUE,
    "973": Region.GUYANE,
    "974": Region.REUNION,
    "976": Region.MAYOTTE,
    "977": Region.SAINT_BARTHELEMY,
    "978": Region.SAINT_MARTIN,
}


def region_of(postcode: str) -> Region:
    """Return the region whose holidays apply at a French postcode."""
    for length in (5, 3, 2):
        if region := _POSTCODES.get(postcode[:length]):
            return region
    return Region.METROPOLE


def easter(year: int) -> dt.date:
    """Return Easter Sunday (anonymous Gregorian algorithm)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leaps, century_rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - moon + 15) % 30
    quads, quad_rest = divmod(in_century, 4)
    weekday = (32 + 2 * century_rest + 2 * quads - epact - quad_rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


@lru_cache(maxsize=512)
def public_holidays(year: int, region: Region = Region.METROPOLE) -> frozenset[dt.date]:
    """Return the public holidays of a year in a region."""
    fixed, moving = list(_FIXED), list(_AFTER_EASTER)
    if region in _REGIONAL_FIXED:
        fixed.append(_REGIONAL_FIXED[region])
    if region in _REGIONAL_AFTER_EASTER:
        moving.append(_REGIONAL_AFTER_EASTER[region])
    return _days_of(year, tuple(fixed), tuple(moving))


@lru_cache(maxsize=64)
def target_holidays(year: int) -> frozenset[dt.date]:
    """Return the days of a year on which no euro transfer arrives, weekends apart."""
    return _days_of(year, _TARGET_FIXED, _TARGET_AFTER_EASTER)


def region_named(name: str) -> Region:
    """The region kept on a tenant; mainland France where none is."""
    return Region(name) if name else Region.METROPOLE


def is_business_day(day: dt.date, region: Region = Region.METROPOLE) -> bool:
    """Say whether a day is a weekday and no public holiday."""
    return day.weekday() < calendar.SATURDAY and day not in public_holidays(day.year, region)


def is_target_day(day: dt.date) -> bool:
    """Say whether banks exchange euro transfers on that day."""
    return day.weekday() < calendar.SATURDAY and day not in target_holidays(day.year)


def roll_forward(day: dt.date, region: Region = Region.METROPOLE) -> dt.date:
    """Return the day itself if it is a business day, else the next one."""
    return _first(day, ONE_DAY, lambda candidate: is_business_day(candidate, region))


def roll_back(day: dt.date, region: Region = Region.METROPOLE) -> dt.date:
    """Return the day itself if it is a business day, else the previous one."""
    return _first(day, -ONE_DAY, lambda candidate: is_business_day(candidate, region))


def next_business_day(day: dt.date, region: Region = Region.METROPOLE) -> dt.date:
    """Return the first business day after that day."""
    return roll_forward(day + ONE_DAY, region)


def previous_business_day(day: dt.date, region: Region = Region.METROPOLE) -> dt.date:
    """Return the last business day before that day."""
    return roll_back(day - ONE_DAY, region)


def add_business_days(day: dt.date, count: int, region: Region = Region.METROPOLE) -> dt.date:
    """Return the business day that comes `count` business days after that day."""
    for _ in range(count):
        day = next_business_day(day, region)
    return day


def next_target_day(day: dt.date) -> dt.date:
    """Return the first banking day after that day."""
    return _first(day + ONE_DAY, ONE_DAY, is_target_day)


def pre_due_day(due: dt.date, region: Region = Region.METROPOLE, days: int = 1) -> dt.date:
    """Return when the word before the due date goes out: rolled back to a business day."""
    return roll_back(due - days * ONE_DAY, region)


def first_day_after_due(due: dt.date, offset: int, region: Region = Region.METROPOLE) -> dt.date:
    """Return when the word `offset` days after the due date goes out.

    It rolls forward to a business day, and goes out only after the first banking day that
    follows the due date, so that a transfer made on time has had a day to arrive.
    """
    earliest = max(due + offset * ONE_DAY, next_target_day(due) + ONE_DAY)
    return roll_forward(earliest, region)


def end_of_month(day: dt.date) -> dt.date:
    """Return the last day of the month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: dt.date, months: int, anchor: int | None = None) -> dt.date:
    """Return the same day of another month, or the last day of a shorter one.

    Series pass the `anchor` (the day of month they started with), so that a plan from
    31 January goes 28 February, 31 March and not 28 March.
    """
    years, month = divmod(day.month - 1 + months, 12)
    first = dt.date(day.year + years, month + 1, 1)
    last = end_of_month(first)
    return first.replace(day=min(anchor or day.day, last.day))


def half_year(day: dt.date) -> str:
    """Return the name of the half-year of a day, `2026-H1`."""
    return f"{day.year}-H{1 if day.month < _JULY else 2}"


def end_of_half_year(day: dt.date) -> dt.date:
    """Return 30 June or 31 December."""
    if day.month < _JULY:
        return dt.date(day.year, 6, 30)
    return dt.date(day.year, 12, 31)


def _days_of(
    year: int, fixed: tuple[tuple[int, int], ...], after_easter: tuple[int, ...]
) -> frozenset[dt.date]:
    sunday = easter(year)
    return frozenset(
        [dt.date(year, month, day) for month, day in fixed]
        + [sunday + offset * ONE_DAY for offset in after_easter]
    )


def _first(day: dt.date, step: dt.timedelta, wanted: Callable[[dt.date], bool]) -> dt.date:
    while not wanted(day):
        day += step
    return day
