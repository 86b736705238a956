"""When the timer runs a tenant: its own send hour, on business days, once a day."""

import datetime as dt

import pytest

from dunning.tasks import is_open, is_time
from tests.factories.dunning import day


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (dt.datetime(2026, 3, 27, 8, 30, tzinfo=dt.UTC), True),  # Friday before the clocks change
        (dt.datetime(2026, 3, 29, 8, 30, tzinfo=dt.UTC), False),  # Sunday of the change
        (dt.datetime(2026, 3, 30, 8, 30, tzinfo=dt.UTC), True),
        (dt.datetime(2026, 3, 30, 22, 30, tzinfo=dt.UTC), False),  # 00:30 of the next day in Paris
        (dt.datetime(2026, 5, 1, 8, 30, tzinfo=dt.UTC), False),  # a holiday
    ],
)
def test_the_hour_of_sending_is_the_tenants_own(acme, moment, expected):
    assert is_open(acme, moment) is expected


def test_the_send_hour_follows_the_clocks(acme):
    acme.send_hour = 9

    winter = dt.datetime(2026, 3, 27, 8, 0, tzinfo=dt.UTC)  # 9:00
    summer_early = dt.datetime(2026, 3, 30, 6, 30, tzinfo=dt.UTC)  # 8:30
    summer = dt.datetime(2026, 3, 30, 7, 0, tzinfo=dt.UTC)  # 9:00

    assert [is_time(acme, moment) for moment in (winter, summer_early, summer)] == [
        True,
        False,
        True,
    ]


def test_a_day_is_run_once_even_with_a_timer_every_five_minutes(acme):
    acme.last_run_on = day(3, 27)

    assert not is_time(acme, dt.datetime(2026, 3, 27, 12, 0, tzinfo=dt.UTC))
