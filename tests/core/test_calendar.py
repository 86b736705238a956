"""The calendar against the worked examples of the law reference."""

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import (
    Region,
    add_business_days,
    add_months,
    easter,
    end_of_half_year,
    end_of_month,
    first_day_after_due,
    half_year,
    is_business_day,
    is_target_day,
    next_business_day,
    next_target_day,
    pre_due_day,
    previous_business_day,
    public_holidays,
    region_of,
    roll_back,
    roll_forward,
)

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "law_vectors.json").read_text())
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
REGIONS = st.sampled_from(Region)


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    "sunday",
    [
        "1961-04-02",
        "2000-04-23",
        "2008-03-23",
        "2024-03-31",
        "2026-04-05",
        "2030-04-21",
        "2038-04-25",
        "2076-04-19",
    ],
)
def test_easter_falls_when_it_does(sunday):
    assert easter(int(sunday[:4])) == day(sunday)


@pytest.mark.parametrize("year", VECTORS["holidays"])
def test_the_holidays_of_a_year_are_the_eleven_of_the_law(year):
    holidays = sorted(public_holidays(int(year)))

    assert [holiday.isoformat() for holiday in holidays] == VECTORS["holidays"][year]


@pytest.mark.parametrize(
    ("region", "extra"),
    [
        (Region.ALSACE_MOSELLE, ["2026-04-03", "2026-12-26"]),
        (Region.MAYOTTE, ["2026-04-27"]),
        (Region.MARTINIQUE, ["2026-05-22"]),
        (Region.GUADELOUPE, ["2026-05-27"]),
        (Region.SAINT_MARTIN, ["2026-05-28"]),
        (Region.GUYANE, ["2026-06-10"]),
        (Region.SAINT_BARTHELEMY, ["2026-10-09"]),
        (Region.REUNION, ["2026-12-20"]),
    ],
)
def test_some_regions_have_days_of_their_own(region, extra):
    own = public_holidays(2026, region) - public_holidays(2026)

    assert sorted(holiday.isoformat() for holiday in own) == extra


@pytest.mark.parametrize(
    ("postcode", "region"),
    [
        ("75001", Region.METROPOLE),
        ("67000", Region.ALSACE_MOSELLE),
        ("57070", Region.ALSACE_MOSELLE),
        ("97110", Region.GUADELOUPE),
        ("97133", Region.SAINT_BARTHELEMY),
        ("97400", Region.REUNION),
        ("20000", Region.METROPOLE),
        ("", Region.METROPOLE),
    ],
)
def test_the_postcode_tells_the_region(postcode, region):
    assert region_of(postcode) == region


def test_banks_are_closed_on_good_friday_and_open_on_ascension_day():
    assert is_target_day(day("2026-04-03")) is False
    assert is_target_day(day("2026-05-14")) is True
    assert is_target_day(day("2026-12-26")) is False
    assert is_business_day(day("2026-05-14")) is False
    assert is_business_day(day("2026-04-03")) is True
    assert is_business_day(day("2026-04-03"), Region.ALSACE_MOSELLE) is False


@given(DAYS, REGIONS)
def test_rolling_lands_on_the_nearest_business_day(start, region):
    after, before = roll_forward(start, region), roll_back(start, region)

    assert before <= start <= after
    assert is_business_day(after, region)
    assert is_business_day(before, region)
    assert (before == start == after) is is_business_day(start, region)
    assert next_business_day(before, region) == (
        after if before < start else next_business_day(start, region)
    )


@given(DAYS, REGIONS)
def test_next_and_previous_never_stay(start, region):
    assert next_business_day(start, region) > start
    assert previous_business_day(start, region) < start
    assert previous_business_day(next_business_day(start, region), region) <= start


def test_five_business_days_step_over_weekend_and_holidays():
    assert add_business_days(day("2026-05-07"), 5) == day("2026-05-18")
    assert add_business_days(day("2026-05-07"), 0) == day("2026-05-07")


@pytest.mark.parametrize("vector", VECTORS["reminders"], ids=lambda vector: vector["due"])
def test_reminders_leave_on_the_days_of_the_worked_examples(vector):
    due = day(vector["due"])

    assert pre_due_day(due).isoformat() == vector["j_minus_1_sent"]
    assert next_target_day(due).isoformat() == vector["first_banking_day_after"]
    assert first_day_after_due(due, 2).isoformat() == vector["send_j_plus_2"]


def test_due_on_a_monday_is_announced_on_friday():
    assert pre_due_day(day("2026-11-23")) == day("2026-11-20")
    assert pre_due_day(day("2026-11-23"), days=5) == day("2026-11-18")


@given(DAYS, st.integers(0, 60), REGIONS)
def test_no_reminder_leaves_before_a_transfer_had_a_banking_day(due, offset, region):
    sent = first_day_after_due(due, offset, region)

    assert sent > next_target_day(due) > due
    assert (sent - due).days >= offset
    assert is_business_day(sent, region)


def test_a_monthly_plan_keeps_its_anchor_day():
    start = day("2026-01-31")

    days = [add_months(start, months).isoformat() for months in range(5)]

    assert days == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]


def test_a_series_reckoned_from_month_to_month_needs_the_anchor():
    february = add_months(day("2028-01-31"), 1)

    assert february == day("2028-02-29")
    assert add_months(february, 1) == day("2028-03-29")
    assert add_months(february, 1, anchor=31) == day("2028-03-31")
    assert add_months(day("2026-01-15"), -2) == day("2025-11-15")


@given(DAYS)
def test_months_and_half_years_end_where_the_next_begin(start):
    month, half = end_of_month(start), end_of_half_year(start)

    assert (month + dt.timedelta(days=1)).day == 1
    assert half_year(half) == half_year(start)
    assert half_year(half + dt.timedelta(days=1)) != half_year(start)


def test_half_years_have_names():
    assert half_year(day("2026-06-30")) == "2026-H1"
    assert half_year(day("2026-07-01")) == "2026-H2"
    assert end_of_half_year(day("2026-07-01")) == day("2026-12-31")
