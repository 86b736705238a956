"""The rates of a half-year, as calculations take them, and the floor of agreed ones."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from core.errors import DomainError
from core.errors import gettext_noop as _
from legal.errors import RateMissing


@dataclass(frozen=True, slots=True)
class HalfYearRates:
    """Percent a year. `None` means not known yet, and is never replaced by a guess.

    `legal_pro` is the legal rate for creditors in business, `legal_individual` the one for
    private creditors (CMF L313-2), `ecb_refi` the ECB main refinancing rate in force on the
    first day of the half-year (C. com. L441-10).
    """

    half_year: str
    valid_from: dt.date
    valid_to: dt.date
    legal_pro: Decimal | None
    legal_individual: Decimal | None
    ecb_refi: Decimal | None
    source: str = ""


class RateTooLow(DomainError):
    """A contractual rate is below the floor of the law."""


def check_contract_rate(percent: Decimal, rates: HalfYearRates, times: Decimal) -> None:
    """Refuse an agreed rate below `times` (3) the legal rate of the half-year (L441-10 II).

    Raises RateTooLow, or RateMissing where the legal rate is unknown.
    """
    if rates.legal_pro is None:
        raise RateMissing(rates.half_year)
    floor = rates.legal_pro * times
    if percent < floor:
        raise RateTooLow(
            _(
                "A late-payment rate of %(percent)s %% is below the lawful minimum of %(floor)s %%"
                " (%(times)s times the legal rate of %(half_year)s)."
            ),
            percent=percent,
            floor=floor,
            times=times,
            half_year=rates.half_year,
        )
