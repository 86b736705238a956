"""What holds whatever happens: checked on invented clients, days and events."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar import Region, is_business_day
from dunning.ladders import FIRM, PATIENT, STANDARD
from dunning.policy import (
    Act,
    Approval,
    CaseFacts,
    Channel,
    ClientKind,
    Contact,
    ContactKind,
    DocumentState,
    Pause,
    StepDone,
    compose,
    decide,
)
from tests.dunning.policy.late_case import ONE_DAY, after, day

SPRING = day("2026-03-15")  # Easter, May and their holidays are ahead


def some_days(first=-40, last=90):
    return st.integers(first, last).map(lambda number: SPRING + number * ONE_DAY)


def rarely(values):
    return st.one_of(st.none(), st.none(), st.none(), values)


AMOUNTS = st.sampled_from([Decimal(text) for text in ("0", "0.01", "4.99", "5.00", "1200.00")])
LADDERS = st.sampled_from([STANDARD, PATIENT, FIRM])
KEYS = st.sampled_from([step.key for step in FIRM.steps])
ANY_FACTS = st.builds(
    CaseFacts,
    due_on=some_days(),
    balance=st.one_of(st.just(Decimal(1200)), AMOUNTS),
    document=st.sampled_from([*[DocumentState.ISSUED] * 6, *DocumentState]),
    mailed_on=st.one_of(some_days(-90, 20), rarely(st.none())),
    prescribed_on=rarely(some_days()),
    client_kind=st.sampled_from([*[ClientKind.BUSINESS] * 4, *ClientKind]),
    region=st.sampled_from(Region),
    reachable=st.sampled_from([frozenset(Channel), frozenset({Channel.CALL}), frozenset()]),
    no_pre_due=st.booleans(),
    first_word_after_days=st.sampled_from([0, 0, 0, 5, 30]),
    cycle=st.integers(1, 2),
    done=st.lists(
        st.builds(
            StepDone, KEYS, some_days(-40, 20), st.integers(1, 2), st.sampled_from([True, False])
        ),
        max_size=4,
    ).map(tuple),
    ladder_approved=st.sampled_from([True, True, True, False]),
    firm_steps_alone=st.booleans(),
    approval=rarely(st.builds(Approval, KEYS, some_days())),
    pause=rarely(st.builds(Pause, some_days())),
    promised_on=rarely(some_days()),
    payment_pending_since=rarely(some_days()),
    says_paid_since=rarely(some_days()),
    part_paid_on=rarely(some_days()),
    bank_seen_through=rarely(some_days()),
)


def no_future_cycle(facts):
    """A step already taken belongs to the present cycle or to an earlier one."""
    past = [replace(taken, cycle=min(taken.cycle, facts.cycle)) for taken in facts.done]
    return replace(facts, done=tuple(past))


FACTS = ANY_FACTS.map(no_future_cycle)


@given(FACTS, LADDERS, some_days())
def test_a_decision_points_at_a_later_business_day_or_at_none(facts, ladder, today):
    next_on = decide(facts, ladder, today).next_on

    assert next_on is None or (next_on > today and is_business_day(next_on, facts.region))


@given(FACTS, LADDERS, some_days())
def test_an_act_is_for_a_business_day_and_for_money_still_owed(facts, ladder, today):
    decision = decide(facts, ladder, today)

    if isinstance(decision, Act):
        assert decision.on == today
        assert is_business_day(today, facts.region)
        assert facts.to_ask >= facts.minimum
        assert (decision.step.key, decision.cycle) not in {
            (taken.key, taken.cycle) for taken in facts.done
        }


@settings(max_examples=60)
@given(FACTS, LADDERS, some_days())
def test_sleeping_until_the_day_named_misses_nothing(facts, ladder, today):
    decision = decide(facts, ladder, today)

    if not isinstance(decision, Act):
        wake_on = decision.next_on or today + 60 * ONE_DAY
        while (today := today + ONE_DAY) < wake_on:
            assert not isinstance(decide(facts, ladder, today), Act)


# A client with three receivables, and what may happen to each of them on the way.
EVENTS = st.one_of(
    st.just({"balance": Decimal(0)}),
    st.just({"disputed": True}),
    st.just({"disputed": False}),
    st.builds(lambda on: {"promised_on": on}, some_days(0, 60)),
    st.builds(lambda on: {"pause": Pause(on)}, some_days(0, 60)),
    st.just({"part_paid_on": "today"}),
    st.just({"reopened": True}),
)
HAPPENINGS = st.lists(st.tuples(st.integers(0, 2), some_days(0, 80), EVENTS), max_size=8)


def live_together(cases, ladder, happenings, days=100):
    """Run the timer for one client day by day; return the contacts and the steps taken."""
    history, taken, today = [], [], SPRING
    for _ in range(days):
        today += ONE_DAY
        for case, on, event in happenings:
            if on == today:
                cases[case] = happen(cases[case], event, today)
        ready = {ref: decide(allow(facts, today), ladder, today) for ref, facts in cases.items()}
        plan = compose(ready, history, today)
        for ref, decision in plan.decisions.items():
            if isinstance(decision, Act):
                assert cases[ref].balance > 0
                taken.append((ref, decision.step.key, decision.cycle))
                cases[ref] = after(cases[ref], decision)
        history += contacts_of(plan, today)
    return history, taken


def happen(facts, event, today):
    if "reopened" in event:
        reopened = {"balance": Decimal(500), "cycle": facts.cycle + 1}
        return replace(facts, **reopened) if facts.balance == 0 else facts
    if "part_paid_on" in event:
        return replace(facts, part_paid_on=today, balance=facts.balance / 2)
    return replace(facts, **event)


def allow(facts, today):
    return replace(facts, approval=Approval("FORMAL_NOTICE", today, facts.cycle))


def contacts_of(plan, today):
    for message in plan.messages:
        if message.lead.is_formal_notice:
            if message.channel == Channel.EMAIL:
                yield Contact(today, ContactKind.FORMAL_NOTICE, message.channel)
        else:
            kind = ContactKind.REMINDER if message.late else ContactKind.PRE_DUE
            yield Contact(today, kind, message.channel, answered=True)


@settings(max_examples=40, deadline=timedelta(seconds=2))
@given(st.lists(some_days(-20, 40), min_size=3, max_size=3), LADDERS, HAPPENINGS)
def test_no_client_is_ever_harassed(dues, ladder, happenings):
    cases = {
        number: CaseFacts(
            due_on=due,
            balance=Decimal(1000),
            mailed_on=SPRING - 60 * ONE_DAY,
            ladder_approved=True,
            firm_steps_alone=True,
        )
        for number, due in enumerate(dues)
    }

    history, taken = live_together(cases, ladder, happenings)

    assert all(is_business_day(contact.on) for contact in history)
    assert max(Counter(taken).values(), default=1) == 1
    assert max(Counter((each.on, each.channel) for each in history).values(), default=1) == 1
    counted = [contact.on for contact in history if contact.counts]
    for on in counted:
        assert sum(on <= other < on + 7 * ONE_DAY for other in counted) <= 2
    for notice in history:
        if notice.kind == ContactKind.FORMAL_NOTICE:
            assert [each.on for each in history].count(notice.on) == 1
