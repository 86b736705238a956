"""The plan says what the timer will do: both lived through, day by day, if nobody pays."""

import random
from decimal import Decimal

import pytest

from clients.models import Client
from dunning.models import Case, Policy, Profile
from dunning.plan import DAYS
from dunning.plan_reading import by_day, by_week
from dunning.services import (
    approve_plan,
    enter_debts,
    open_dispute,
    pause,
    record_promise,
    set_preferences,
)
from tenants.models import Tenant
from tests.dunning.old_book import (
    IMPORTED,
    ONE_DAY,
    SAID,
    TOMORROW,
    agree_to_all,
    bring_book,
    case_of,
    forecast_of,
    left,
    live_through,
    old,
    planned,
)
from tests.factories.dunning import day, debtor, late_case

LAST = IMPORTED + DAYS * ONE_DAY


@pytest.fixture
def live(in_acme):
    in_acme.mode = Tenant.Mode.LIVE
    in_acme.save()
    return in_acme


def a_book(chance):
    """A few clients with debts of every age, each in one of the states that a case may have."""
    lines = [
        old(
            f"F{client}-{place}",
            client=f"Client {client}",
            late=chance.randint(-25, 120),
            gross=f"{chance.randint(20, 4000)},00",
        )
        for client in range(7)
        for place in range(chance.randint(1, 3))
    ]
    bring_book(*lines)
    late_case(debtor("Own", approved=False), on=day(2, 1))
    enter_debts(
        answers={
            key: chance.choice(["NOTHING", "REMINDER", "REMINDERS", "NOTICE", "LEAVE"])
            for key in ("1_15", "16_30", "31_60", "61_90", "91")
        },
        **SAID,
    )


def its_silences(chance):
    """A promise, a pause and a dispute; other ladders and preferences; a private person."""
    promised, paused, disputed = chance.sample(list(Case.objects.order_by("pk")), 3)
    record_promise(
        case=promised,
        amount=Decimal(10),
        promised_for=day(3, 10),
        made_by="",
        channel="CALL",
        **SAID,
    )
    pause(client=paused.client, case=paused, until=day(3, 12), reason="", **SAID)
    open_dispute(case=disputed, text="No", **SAID)
    clients = list(Client.objects.order_by("pk"))
    for key in ("FIRM", "PATIENT"):
        set_preferences(
            client=chance.choice(clients),
            no_pre_due=chance.random() < 0.5,
            first_word_after_days=chance.choice([0, 12]),
            never_remind=False,
            policy=Policy.objects.get(key=key),
            **SAID,
        )
    Client.objects.filter(pk=chance.choice(clients).pk).update(kind="CONSUMER")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("firm_steps_alone", [True, False])
def test_the_timer_does_what_the_plan_has_said(live, seed, firm_steps_alone):
    chance = random.Random(seed)
    a_book(chance)
    its_silences(chance)
    Profile.objects.update(firm_steps_alone=firm_steps_alone)
    said = planned(forecast_of())

    kinds = {client.pk: client.kind for client in Client.objects.all()}
    approve_plan(client_ids=list(kinds), kinds=kinds, firm_steps_alone=firm_steps_alone, **SAID)
    live_through(IMPORTED, LAST)

    assert left() == said
    assert len(said) > 5


def test_a_plan_agreed_to_says_the_same_after_the_yes(live):
    a_book(random.Random(8))
    before = planned(forecast_of())

    agree_to_all()

    assert planned(forecast_of()) == planned(forecast_of(suppose_yes=False)) == before


def test_reading_the_plan_changes_nothing(in_acme):
    a_book(random.Random(9))
    before = list(Case.objects.order_by("pk").values())

    forecast_of()

    assert list(Case.objects.order_by("pk").values()) == before
    assert left() == []


def test_nothing_leaves_to_who_is_not_agreed_to(in_acme):
    a_book(random.Random(9))

    assert planned(forecast_of(suppose_yes=False)) == []


def test_a_silent_debt_says_why(in_acme):
    bring_book(old("A", client="Morvan"), old("B", client="Morvan", late=70))
    open_dispute(case=case_of("B"), text="Wrong", **SAID)

    (forecast,) = forecast_of()

    assert [(debt.case.number, debt.why) for debt in forecast.silent] == [
        ("B", "The client disputes it: resolve the dispute first.")
    ]
    assert [(each.on, each.lead.key, each.asks) for each in forecast.departures] == [
        (TOMORROW, "FIRST", False),
        (day(3, 10), "FIRM", True),
        (day(3, 17), "LAST_CALL", True),
        (day(3, 17), "LAST_CALL", True),
        (day(3, 31), "FORMAL_NOTICE", True),
    ]


def test_a_step_that_leaves_days_after_the_yes_is_still_said_to_ask(in_acme):
    bring_book(old("A", client="Morvan", late=17), old("B", client="Morvan", late=-10))

    (forecast,) = forecast_of()

    hard = [each for each in forecast.departures if each.lead.key in ("FIRM", "LAST_CALL")]
    assert [(each.on, each.asks) for each in hard if case_of("A").pk in each.late] == [
        (day(3, 10), True),
        (day(3, 23), True),  # asked on the 17th; two reminders in seven days hold it back
        (day(3, 23), True),
    ]


def test_a_case_that_cannot_be_decided_spoils_nothing(in_acme):
    bring_book(old("A"), old("B"))
    agree_to_all()
    step = Policy.objects.get(key="STANDARD").steps.get(key="FIRST")
    broken = Policy.objects.create(key="BROKEN", name="Broken")
    for position, offset in enumerate((9, 2)):
        values = {**vars(step), "pk": None, "id": None, "policy_id": broken.pk}
        values.pop("_state")
        type(step).objects.create(
            **{**values, "position": position, "key": f"S{offset}", "offset_days": offset}
        )
    Case.objects.filter(invoice__number="B").update(policy=broken)

    found = {each.client.name: each for each in forecast_of()}

    assert found["Client A"].departures[0].on == TOMORROW
    assert found["Client B"].departures == []
    assert "could not be decided" in found["Client B"].silent[0].why


def test_the_totals_count_messages_by_day_and_week_and_each_debt_once(in_acme):
    bring_book(old("A", gross="1200,00"), old("B", gross="500,00"))
    found = forecast_of()

    days, weeks = by_day(found), by_week(found)

    assert [(each.first, each.emails, each.calls, each.letters) for each in days] == [
        (TOMORROW, 2, 0, 0),
        (day(3, 10), 2, 0, 0),
        (day(3, 17), 2, 2, 0),
        (day(3, 31), 2, 0, 0),
    ]
    assert [(each.first, each.last, each.amounts) for each in weeks][:2] == [
        (IMPORTED, day(3, 8), [("EUR", Decimal(1700))]),
        (day(3, 9), day(3, 15), [("EUR", Decimal(1700))]),
    ]
