"""The series of a last invoice, told from its number."""

import pytest

from invoices.continuing import UnknownNumber, continue_from
from invoices.numbering import check_pattern, format_number


@pytest.mark.parametrize(
    ("last", "pattern", "number", "written"),
    [
        ("F-2026-0412", "F-{year}-{number:04d}", 413, "F-2026-0413"),
        (" F-2026-0412 ", "F-{year}-{number:04d}", 413, "F-2026-0413"),
        ("F-2025-0412", "F-{year}-{number:04d}", 1, "F-2026-0001"),
        ("2026/88", "{year}/{number:02d}", 89, "2026/89"),
        ("88/2026", "{number:02d}/{year}", 89, "89/2026"),
        ("FA00099", "FA{number:05d}", 100, "FA00100"),
        ("1207", "{number}", 1208, "1208"),
        ("2026", "{number}", 2027, "2027"),
        ("2026-2026", "{year}-{number:04d}", 2027, "2026-2027"),
        ("F9", "F{number}", 10, "F10"),
        ("F2024-12", "F2024-{number}", 13, "F2024-13"),
    ],
)
def test_the_next_number_follows_the_last(last, pattern, number, written):
    assert continue_from(last, year=2026) == (pattern, number)
    assert format_number(check_pattern(pattern), year=2026, number=number) == written


@pytest.mark.parametrize("last", ["", "facture", "-", "F-999999999", "٤١٢"])
def test_what_holds_no_number_is_refused(last):
    with pytest.raises(UnknownNumber):
        continue_from(last, year=2026)
