"""The rates of a half-year, as calculations take them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


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
