"""How late an amount is: the classes of the ageing table, which are also filters of the list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Age:
    """A class of lateness in days, both ends included; `None` is open-ended."""

    key: str
    label: StrOrPromise
    least: int | None
    most: int | None

    @property
    def is_late(self) -> bool:
        return self.least is not None

    def due_between(self, today: dt.date) -> tuple[dt.date, dt.date]:
        """The first and the last due date of what is this late today."""
        first = dt.date.min if self.most is None else today - dt.timedelta(days=self.most)
        last = dt.date.max if self.least is None else today - dt.timedelta(days=self.least)
        return first, last


AGES: Final = (
    Age("not_due", _("Not due"), None, 0),
    Age("1_30", _("1 to 30 days"), 1, 30),
    Age("31_60", _("31 to 60 days"), 31, 60),
    Age("61_90", _("61 to 90 days"), 61, 90),
    Age("90_more", _("More than 90 days"), 91, None),
)
BY_KEY: Final = {age.key: age for age in AGES}
