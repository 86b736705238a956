"""Series: their look, their first number, and no gap."""

import pytest
from django.utils import translation

from invoices.models import Series
from invoices.numbering import (
    NumberingError,
    check_pattern,
    missing_numbers,
    start_series_at,
    take_number,
)
from tests.factories.invoices import TODAY, make_buyer, make_issued

INVOICES = Series.Kind.INVOICE


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def test_a_series_starts_where_the_old_book_stopped(in_acme):
    start_series_at(kind=INVOICES, year=2026, pattern="F-{year}-{number:04d}", first_number=318)
    client = make_buyer()

    assert [make_issued(client).number for _ in range(2)] == ["F-2026-0318", "F-2026-0319"]


def test_a_series_without_the_year_runs_on(in_acme):
    start_series_at(kind=INVOICES, year=2026, pattern="FA{number:05d}", first_number=41)
    client = make_buyer()

    numbers = [make_issued(client, today=day).number for day in (TODAY, TODAY.replace(year=2027))]

    assert numbers == ["FA00041", "FA00042"]


def test_the_pattern_of_last_year_is_kept(in_acme):
    start_series_at(kind=INVOICES, year=2026, pattern="{year}/{number:03d}", first_number=1)
    client = make_buyer()

    numbers = [make_issued(client, today=day).number for day in (TODAY, TODAY.replace(year=2027))]

    assert numbers == ["2026/001", "2027/001"]


def test_a_series_that_has_begun_is_left_alone(in_acme):
    make_issued()

    with pytest.raises(NumberingError) as refusal:
        start_series_at(kind=INVOICES, year=2026, pattern="X-{number}", first_number=9)

    assert str(refusal.value) == (
        "This series has already numbered documents: it goes on as it is."
    )


def test_a_series_can_be_chosen_again_until_it_gives_a_number(in_acme):
    start_series_at(kind=INVOICES, year=2026, pattern="FA{number:05d}", first_number=41)
    start_series_at(kind=INVOICES, year=2026, pattern="F-{year}-{number}", first_number=7)

    assert make_issued().number == "F-2026-7"


@pytest.mark.parametrize(
    "pattern", ["F-{year}-{number:04d}", "{number}", "A/{number:06d}", "{year}_{number}+X"]
)
def test_a_pattern_that_numbers_for_ever_is_accepted(pattern):
    assert check_pattern(pattern) == pattern


@pytest.mark.parametrize(
    "pattern",
    ["F-{year}", "{number}{number}", "F {number}", "é{number}", "{number!r}", "{month}-{number}",
     "{year}{year}{number}", "{number:10d}", ""],
)  # fmt: skip
def test_a_pattern_that_cannot_is_refused(pattern):
    with pytest.raises(NumberingError) as refusal:
        check_pattern(pattern)

    assert str(refusal.value) == (
        "Write {number} once, {year} if you like, and only letters, digits and + - _ /."
    )


def test_a_number_has_at_most_35_characters():
    with pytest.raises(NumberingError) as refusal:
        check_pattern("FACTURE-DE-LA-MAISON-DUPONT-{number}")

    assert str(refusal.value) == "A number has at most 35 characters."


def test_a_number_fits_into_a_payment_reference():
    with pytest.raises(NumberingError) as refusal:
        check_pattern("FACT-DUPONT-{year}-{number}")

    assert str(refusal.value) == (
        "Shorten it: a number is also the payment reference, 21 letters and digits at most."
    )


def test_a_series_of_issued_invoices_has_no_gap(in_acme):
    client = make_buyer()
    for _ in range(3):
        make_issued(client)

    assert missing_numbers(Series.objects.get(kind=INVOICES)) == []


def test_a_number_taken_by_nobody_is_found(in_acme):
    client = make_buyer()
    make_issued(client)
    take_number(kind=INVOICES, issued_on=TODAY)
    make_issued(client)

    assert missing_numbers(Series.objects.get(kind=INVOICES)) == [2]
