"""A step taken by hand: before its day, never against the law."""

import pytest

from clients.models import Message
from dunning.services import take_step
from dunning.services.stepping import CannotTakeStep, TooMuch
from tests.factories.dunning import (
    FIRST_DAY,
    PRE_DUE_DAY,
    at,
    day,
    debtor,
    late_case,
    steps_of,
    taken,
)


def test_by_hand_a_step_comes_before_its_day(in_acme):
    case = late_case()

    take_step(case=case, user=None, today=day(3, 5), now=at(day(3, 5)))

    case.refresh_from_db()
    assert steps_of(case) == [("FIRST", 1)]
    assert case.next_step == "FIRM"


def test_by_hand_the_cap_is_warned_about_not_blocked(in_acme):
    client = debtor()
    first, second = late_case(client), late_case(client)
    take_step(case=first, user=None, today=FIRST_DAY, now=at(FIRST_DAY))

    with pytest.raises(TooMuch):
        take_step(case=second, user=None, today=FIRST_DAY, now=at(FIRST_DAY))
    take_step(case=second, user=None, today=FIRST_DAY, now=at(FIRST_DAY), confirm=True)

    assert Message.objects.count() == 2


def test_by_hand_a_consumer_is_not_told_more_than_the_law_allows(in_acme):
    client = debtor(kind="CONSUMER", siren="")
    first, second = late_case(client), late_case(client)
    take_step(case=first, user=None, today=FIRST_DAY, now=at(FIRST_DAY))

    with pytest.raises(CannotTakeStep):
        take_step(case=second, user=None, today=FIRST_DAY, now=at(FIRST_DAY), confirm=True)


def test_by_hand_nothing_is_asked_before_it_is_due(in_acme):
    case = late_case()
    taken(case, "PRE_DUE", PRE_DUE_DAY)

    with pytest.raises(CannotTakeStep):
        take_step(case=case, user=None, today=PRE_DUE_DAY, now=at(PRE_DUE_DAY))
