"""What the law says on a given day."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.calendar import end_of_half_year, half_year
from legal.errors import RateMissing, TextIncomplete, TextMissing, ThresholdMissing
from legal.models import LegalRate, LegalText, LegalThreshold, VatRate
from legal.rates import HalfYearRates, check_contract_rate

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def rate_for(day: dt.date) -> HalfYearRates:
    """Return the rates of the day's half-year, some of which may be None.

    Raises RateMissing, naming the half-year, when none of them is known.
    """
    found = LegalRate.objects.filter(half_year=half_year(day)).first()
    if found is None or not _is_known(found):
        raise RateMissing(half_year(day))
    return _rates(found)


def rates_between(from_on: dt.date, to_on: dt.date) -> list[HalfYearRates]:
    """Return what is known of the half-years that touch the period, oldest first.

    Nothing is raised: calculations say themselves which half-years they lacked.
    """
    found = LegalRate.objects.filter(valid_from__lte=to_on, valid_to__gte=from_on)
    return [_rates(rate) for rate in found.order_by("valid_from")]


def check_agreed_rate(percent: Decimal, day: dt.date) -> None:
    """Refuse a contractual late-payment rate below the floor of the law: RateTooLow.

    The floor is reckoned from the last legal rate known on `day`: a half-year whose rate is not
    published yet must not let any rate pass. Where no legal rate, or no floor, is known at all,
    there is nothing to compare with, and an invented floor would be worse than none: no refusal.
    """
    known = LegalRate.objects.filter(valid_from__lte=day).exclude(legal_pro=None)
    row = known.order_by("-valid_from").first()
    floor = _threshold_row("LEGAL_RATE_FLOOR", day)
    if row is not None and floor is not None:
        times = floor.value.normalize() + 0  # "3", not "3.00"; and 10, not 1E+1
        check_contract_rate(percent, _rates(row), times)


def text(key: str, day: dt.date, language: str, **values: object) -> str:
    """Return the wording of a mention on that day, its `{names}` replaced by the values.

    Raises TextMissing, or TextIncomplete when the wording wants a value that is not given.
    """
    rows = LegalText.objects.filter(_holds_on(day), key=key, language=language[:2])
    found = rows.order_by("-valid_from").first()
    if found is None:
        raise text_missing(key, day, language)
    return fill(found.text, **values)


def fill(wording: str, **values: object) -> str:
    """Replace every `{name}` of a wording by its value; TextIncomplete if one is not given."""
    missing = sorted(set(PLACEHOLDER.findall(wording)) - values.keys())
    if missing:
        raise TextIncomplete(
            _("The legal wording “%(wording)s” needs a value for %(names)s."),
            wording=wording,
            names=", ".join(missing),
        )
    return PLACEHOLDER.sub(lambda match: str(values[match[1]]), wording)


def threshold(key: str, day: dt.date) -> Decimal:
    """Return a legal number as of that day (its unit belongs to the key), or ThresholdMissing."""
    found = _threshold_row(key, day)
    if found is None:
        raise threshold_missing(key, day)
    return found.value


def vat_rates(territory: str, day: dt.date) -> QuerySet[VatRate]:
    """Return the VAT rates of a territory on that day, the highest first."""
    return VatRate.objects.filter(_holds_on(day), territory=territory).order_by("-rate")


def text_missing(key: str, day: dt.date, language: str) -> TextMissing:
    return TextMissing(
        _("No wording of the legal mention %(key)s (%(language)s) is valid on %(day)s."),
        key=key,
        language=language,
        day=day,
    )


def threshold_missing(key: str, day: dt.date) -> ThresholdMissing:
    return ThresholdMissing(
        _("No value of the legal threshold %(key)s is valid on %(day)s."), key=key, day=day
    )


def _threshold_row(key: str, day: dt.date) -> LegalThreshold | None:
    rows = LegalThreshold.objects.filter(_holds_on(day), key=key)
    return rows.order_by("-valid_from").first()


def _holds_on(day: dt.date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))


def _is_known(row: LegalRate) -> bool:
    return {row.legal_pro, row.legal_individual, row.ecb_refi} != {None}


def _rates(row: LegalRate) -> HalfYearRates:
    return HalfYearRates(
        half_year=row.half_year,
        valid_from=row.valid_from,
        valid_to=end_of_half_year(row.valid_from),
        legal_pro=row.legal_pro,
        legal_individual=row.legal_individual,
        ecb_refi=row.ecb_refi,
        source=row.source,
    )
