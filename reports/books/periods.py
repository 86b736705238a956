"""The periods that a journal is usually asked for."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from reports.books.journals import Period

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LABELS: Final[dict[str, StrOrPromise]] = {
    "this_month": _("This month"),
    "last_month": _("Last month"),
    "this_year": _("This year"),
    "last_year": _("Last year"),
}


def usual_periods(today: dt.date) -> dict[str, Period]:
    """Calendar months and years; those that still run end today."""
    month = today.replace(day=1)
    year = month.replace(month=1)
    before = month - dt.timedelta(days=1)
    return {
        "this_month": Period(month, today),
        "last_month": Period(before.replace(day=1), before),
        "this_year": Period(year, today),
        "last_year": Period(year.replace(year=year.year - 1), year - dt.timedelta(days=1)),
    }
