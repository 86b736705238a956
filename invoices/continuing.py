"""Going on from the number of the last invoice made elsewhere: pure."""

from __future__ import annotations

import re
from typing import Final

from core.errors import DomainError
from core.errors import gettext_noop as _

LARGEST: Final = 999_999_999
_DIGITS: Final = re.compile(r"[0-9]+")


class UnknownNumber(DomainError):
    """No series can be told from this number."""


def continue_from(last: str, *, year: int) -> tuple[str, int]:
    """Return the look of the series that `last` belongs to, and the number that comes next.

    A group of digits that reads as this year or the last becomes `{year}`, the last of the other
    groups counts. "F-2026-0412" in 2026 gives "F-{year}-{number:04d}" and 413; in 2027 a series
    that bears the year begins again at 1.

    Raises:
        UnknownNumber: nothing in it counts.
    """
    bare = last.strip()
    groups = list(_DIGITS.finditer(bare))
    years = {str(year), str(year - 1)}
    dated = next((each for each in groups if each.group() in years), None)
    if dated is not None and len(groups) == 1:
        dated = None
    counting = [each for each in groups if each is not dated]
    if not counting or int(counting[-1].group()) >= LARGEST:
        raise UnknownNumber(
            _("“%(number)s” holds no number to go on from. Write it as on your last invoice."),
            number=bare[:40],
        )
    found = counting[-1]
    is_new_year = dated is not None and dated.group() != str(year)
    return _pattern(bare, found, dated), 1 if is_new_year else int(found.group()) + 1


def _pattern(bare: str, counting: re.Match[str], dated: re.Match[str] | None) -> str:
    """The text with its fields; braces that were typed are left out by the check of patterns."""
    digits = counting.group()
    is_padded = len(digits) > 1 and (digits.startswith("0") or dated is not None)
    fields = {counting.span(): f"{{number:0{min(len(digits), 9)}d}}" if is_padded else "{number}"}
    if dated is not None:
        fields[dated.span()] = "{year}"
    pattern, end = "", 0
    for (start, stop), written in sorted(fields.items()):
        pattern += bare[end:start] + written
        end = stop
    return pattern + bare[end:]
