"""Numbers without gaps: taken under a row lock, last thing in the issuing transaction.

French law wants a chronological, continuous sequence per series (CGI ann. II art. 242 nonies A,
7°); e-invoicing wants at most 35 characters of a small set (BR-FR-01 and 02).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.identifiers import InvalidIdentifier
from core.references import rf_reference
from invoices.models import Invoice, Series
from tenants.prepared import fetch_prepared
from tenants.scope import scoped_tenant_id

PATTERNS: Final = {
    Series.Kind.INVOICE: "F-{year}-{number:04d}",
    Series.Kind.CREDIT_NOTE: "A-{year}-{number:04d}",
    Series.Kind.NOTICE: "MD-{year}-{number:04d}",
}
LONGEST: Final = 35
_ALLOWED = re.compile(r"[A-Za-z0-9+\-_/]+")
_COUNT: Final = """
    UPDATE invoices_series SET next_number = next_number + 1, last_issued_on = %(on)s::date
    WHERE tenant_id = %(tenant)s::bigint AND id = (
        SELECT id FROM invoices_series
        WHERE tenant_id = %(tenant)s::bigint AND kind = %(kind)s::text
            AND year IN (0, %(year)s::int)
        ORDER BY year LIMIT 1 FOR UPDATE
    ) AND (last_issued_on IS NULL OR last_issued_on <= %(on)s::date)
    RETURNING id, tenant_id, year, pattern, first_number, next_number
"""
_FIELDS = re.compile(r"\{(year|number)(:0[1-9]d)?\}")


class NumberingError(DomainError):
    """A series cannot give this number."""


def take_number(*, kind: Series.Kind, issued_on: dt.date) -> tuple[Series, str]:
    """Give the next number of the series and hold the series until the transaction ends.

    Raises:
        NumberingError: an invoice of a later date was already issued in this series.
    """
    series = _counted(kind, issued_on) or _counted_slowly(kind, issued_on)
    number = format_number(series.pattern, year=issued_on.year, number=series.next_number - 1)
    return series, number


def _counted(kind: Series.Kind, issued_on: dt.date) -> Series | None:
    """The series with its number taken, by one statement; None if it is new or must refuse."""
    values: dict[str, Any] = {
        "tenant": scoped_tenant_id(),
        "kind": kind.value,
        "on": issued_on,
        "year": issued_on.year,
    }
    rows = fetch_prepared(_COUNT, values)
    if not rows:
        return None
    ((pk, tenant_id, year, pattern, first_number, next_number),) = rows
    return Series(
        pk=pk,
        tenant_id=tenant_id,
        kind=kind,
        year=year,
        pattern=pattern,
        first_number=first_number,
        next_number=next_number,
        last_issued_on=issued_on,
    )


def _counted_slowly(kind: Series.Kind, issued_on: dt.date) -> Series:
    """The same for a series that has to be made first, or that says why it refuses."""
    series = _locked_series(kind, issued_on.year)
    if series.last_issued_on and issued_on < series.last_issued_on:
        raise NumberingError(
            _("The last document of this series is dated %(last)s: numbers follow dates."),
            last=series.last_issued_on,
        )
    series.next_number += 1
    series.last_issued_on = issued_on
    series.save(update_fields=["next_number", "last_issued_on"])
    return series


def format_number(pattern: str, *, year: int, number: int) -> str:
    return pattern.format(year=year, number=number)


def check_pattern(pattern: str) -> str:
    """Accept a pattern that can number invoices for ever.

    Raises:
        NumberingError: it lacks the number, has other fields, or gives unlawful characters.
    """
    literal = _FIELDS.sub("", pattern)
    fields = [field for field, _width in _FIELDS.findall(pattern)]
    if (
        fields.count("number") != 1
        or fields.count("year") > 1
        or (literal and not _is_allowed(literal))
    ):
        raise NumberingError(
            _("Write {number} once, {year} if you like, and only letters, digits and + - _ /.")
        )
    if len(format_number(pattern, year=2026, number=10**9)) > LONGEST:
        raise NumberingError(_("A number has at most 35 characters."))
    _check_reference(pattern)
    return pattern


def start_series_at(*, kind: Series.Kind, year: int, pattern: str, first_number: int) -> Series:
    """Choose the first number and the look of a series, as long as it has given none.

    Raises:
        NumberingError: the series has already numbered a document.
    """
    check_pattern(pattern)
    series = _locked_series(kind, year)
    if series.last_issued_on is not None:
        raise NumberingError(_("This series has already numbered documents: it goes on as it is."))
    series.pattern = pattern
    series.year = year if "{year" in pattern else 0
    series.first_number = series.next_number = first_number
    series.save(update_fields=["pattern", "year", "first_number", "next_number"])
    return series


def first_series(*, kind: Series.Kind, year: int) -> tuple[str, int, bool]:
    """The look and the next number of a series, and whether it has begun; makes no row."""
    rows = Series.objects.filter(kind=kind)
    series = rows.filter(year__in=[0, year]).order_by("year").first()
    if series is not None:
        return series.pattern, series.next_number, series.last_issued_on is not None
    previous = rows.filter(year__lt=year).order_by("-year").first()
    return (previous.pattern if previous else PATTERNS[kind]), 1, False


def missing_numbers(series: Series) -> list[int]:
    """The gaps of a series: always empty, unless somebody tampered with the database."""
    issued = Invoice.objects.filter(series=series).count()
    expected = series.next_number - series.first_number
    if issued == expected:
        return []
    known = set(Invoice.objects.filter(series=series).values_list("number", flat=True))
    return [
        number
        for number in range(series.first_number, series.next_number)
        if format_number(series.pattern, year=series.year, number=number) not in known
    ]


def _locked_series(kind: Series.Kind, year: int) -> Series:
    """The series of that year, or the one that runs on for ever; made when a year begins."""
    rows = Series.objects.select_for_update().filter(kind=kind)
    series = rows.filter(year__in=[0, year]).order_by("year").first()
    if series is not None:
        return series
    previous = Series.objects.filter(kind=kind, year__lt=year).order_by("-year").first()
    pattern = previous.pattern if previous else PATTERNS[kind]
    try:
        with transaction.atomic():
            Series.objects.create(
                kind=kind, year=year if "{year" in pattern else 0, pattern=pattern
            )
    except IntegrityError:
        pass  # somebody else began the year at the same moment
    return rows.filter(year__in=[0, year]).order_by("year").get()


def _is_allowed(literal: str) -> bool:
    return _ALLOWED.fullmatch(literal) is not None


def _check_reference(pattern: str) -> None:
    """Clients quote the number when they pay: it must fit into a payment reference (ISO 11649)."""
    try:
        rf_reference(format_number(pattern, year=2026, number=10**9))
    except InvalidIdentifier:
        raise NumberingError(
            _("Shorten it: a number is also the payment reference, 21 letters and digits at most.")
        ) from None
