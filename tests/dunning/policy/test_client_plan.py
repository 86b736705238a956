"""Rules 4, 5 and 11: what one client gets on one day."""

import pytest

from dunning.ladders import FIRM, STANDARD
from dunning.policy import (
    Act,
    Channel,
    Contact,
    ContactKind,
    Finished,
    Settled,
    Tone,
    compose,
    thank_you_due,
)
from dunning.reasons import Reason
from tests.dunning.policy.late_case import day

TODAY = day("09-16")  # a Wednesday
EMAIL, CALL, LETTER = Channel.EMAIL, Channel.CALL, Channel.LETTER
STEPS = {step.key: step for step in (*FIRM.steps, *STANDARD.steps)}


def act(key):
    step = STEPS[key]
    return Act(step, TODAY, 1, step.channels, next_step=None, next_on=None)


def plan_of(history=(), today=TODAY, **keys):
    """`plan_of(a="FIRST", b="PRE_DUE")`: receivables and the step each is ready for."""
    return compose({ref: act(key) for ref, key in keys.items()}, history, today)


def leaving(plan):
    return [(message.channel, message.late, message.coming) for message in plan.messages]


def waiting(plan):
    return {
        ref: (decision.reason, decision.next_on)
        for ref, decision in plan.decisions.items()
        if decision.reason
    }


def reminded(on, channel=EMAIL, **contact):
    return Contact(day(on), ContactKind.REMINDER, channel, **contact)


def test_all_that_is_due_leaves_in_one_message_with_two_blocks():
    plan = plan_of(a="FIRST", b="PRE_DUE", c="FIRM", d="PRE_DUE")

    assert leaving(plan) == [(EMAIL, ("a", "c"), ("b", "d"))]
    assert waiting(plan) == {}


def test_the_hardest_late_step_sets_the_tone():
    (message,) = plan_of(a="FIRST", b="PRE_DUE", c="FIRM").messages

    assert (message.lead.key, message.lead.tone) == ("FIRM", Tone.FIRM)


def test_a_word_before_the_due_date_alone_is_friendly():
    (message,) = plan_of(a="PRE_DUE").messages

    assert (message.lead.tone, message.late, message.coming) == (Tone.FRIENDLY, (), ("a",))


def test_a_last_call_is_a_mail_and_a_call():
    plan = plan_of(a="LAST_CALL", b="FIRST")

    assert leaving(plan) == [(EMAIL, ("a", "b"), ()), (CALL, ("a",), ())]


def test_a_formal_notice_leaves_alone_with_all_its_lines():
    plan = plan_of(a="FORMAL_NOTICE", b="FIRST", c="FORMAL_NOTICE", d="PRE_DUE", e="FIRST_CALL")

    assert leaving(plan) == [(EMAIL, ("a", "c"), ()), (LETTER, ("a", "c"), ())]
    assert waiting(plan) == dict.fromkeys("bde", ("MERGED", day("09-17")))


def test_nothing_leaves_after_a_formal_notice_of_the_same_day():
    notice = Contact(TODAY, ContactKind.FORMAL_NOTICE, LETTER)

    plan = plan_of([notice], a="FIRST", b="PRE_DUE")

    assert plan.messages == ()
    assert waiting(plan) == dict.fromkeys("ab", ("MERGED", day("09-17")))


def test_a_formal_notice_waits_if_anything_left_the_same_day():
    plan = plan_of([reminded("09-16", CALL)], a="FORMAL_NOTICE")

    assert waiting(plan) == {"a": ("MERGED", day("09-17"))}


def test_a_channel_carries_one_message_a_day():
    plan = plan_of([reminded("09-16")], a="FIRST", b="FIRST_CALL")

    assert leaving(plan) == [(CALL, ("b",), ())]
    assert waiting(plan) == {"a": ("MERGED", day("09-17"))}


def test_a_message_that_waits_on_friday_waits_for_monday():
    plan = plan_of([reminded("09-18")], today=day("09-18"), a="FIRST")

    assert waiting(plan) == {"a": ("MERGED", day("09-21"))}


def test_a_receipt_of_the_same_day_hinders_nothing():
    plan = plan_of([Contact(TODAY, ContactKind.OTHER)], a="FIRST")

    assert leaving(plan) == [(EMAIL, ("a",), ())]


def test_two_reminders_in_seven_days_are_the_most():
    plan = plan_of([reminded("09-10"), reminded("09-14")], a="FIRST", b="PRE_DUE")

    assert leaving(plan) == [(EMAIL, (), ("b",))]
    assert waiting(plan) == {"a": ("CAPPED", day("09-17"))}


def test_the_eighth_day_is_free_again():
    plan = plan_of([reminded("09-09"), reminded("09-14")], a="FIRST")

    assert leaving(plan) == [(EMAIL, ("a",), ())]


def test_a_slot_that_opens_on_a_saturday_is_used_on_monday():
    plan = plan_of([reminded("09-12"), reminded("09-14")], a="FIRST")

    assert waiting(plan) == {"a": ("CAPPED", day("09-21"))}


FREE = [
    Contact(day("09-14"), ContactKind.PRE_DUE),
    Contact(day("09-14"), ContactKind.THANK_YOU),
    Contact(day("09-14"), ContactKind.OTHER),
    reminded("09-14", CALL),
]
COUNTED = [
    reminded("09-14"),
    reminded("09-14", LETTER),
    reminded("09-14", CALL, answered=True),
    Contact(day("09-14"), ContactKind.FORMAL_NOTICE, LETTER),
]


@pytest.mark.parametrize("contact", FREE)
def test_what_asks_for_nothing_or_reaches_nobody_takes_no_slot(contact):
    plan = plan_of([reminded("09-11"), contact], a="FIRST")

    assert leaving(plan) == [(EMAIL, ("a",), ())]


@pytest.mark.parametrize("contact", COUNTED)
def test_reminders_answered_calls_and_notices_take_a_slot(contact):
    plan = plan_of([reminded("09-11"), contact], a="FIRST")

    assert waiting(plan) == {"a": ("CAPPED", day("09-18"))}


def test_the_hardest_step_has_the_last_slot():
    plan = plan_of([reminded("09-14")], a="FIRST_CALL", b="FIRM")

    assert leaving(plan) == [(EMAIL, ("b",), ())]
    assert waiting(plan) == {"a": ("CAPPED", day("09-21"))}


def test_nothing_milder_takes_the_slot_that_the_hardest_step_waits_for():
    plan = plan_of([reminded("09-11"), reminded("09-14")], a="FIRST", b="LAST_CALL")

    assert plan.messages == ()
    assert waiting(plan) == dict.fromkeys("ab", ("CAPPED", day("09-21")))


def test_a_last_call_needs_two_slots_and_leaves_none_to_the_milder():
    plan = plan_of([reminded("09-14")], a="FIRST", b="LAST_CALL")

    assert waiting(plan) == dict.fromkeys("ab", ("CAPPED", day("09-21")))


def test_a_milder_step_may_ride_in_a_message_that_leaves():
    plan = plan_of([reminded("09-14")], a="FIRM", b="FIRM_CALL", c="FIRST")

    assert leaving(plan) == [(EMAIL, ("a", "c"), ())]
    assert waiting(plan) == {"b": ("CAPPED", day("09-21"))}


def test_a_formal_notice_by_two_channels_takes_one_slot():
    plan = plan_of([reminded("09-14")], a="FORMAL_NOTICE")

    assert leaving(plan) == [(EMAIL, ("a",), ()), (LETTER, ("a",), ())]


def test_a_formal_notice_without_a_slot_keeps_it_from_the_others_but_not_their_announcements():
    plan = plan_of(
        [reminded("09-11"), reminded("09-14")], a="FORMAL_NOTICE", b="FIRST", c="PRE_DUE"
    )

    assert leaving(plan) == [(EMAIL, (), ("c",))]
    assert waiting(plan) == dict.fromkeys("ab", ("CAPPED", day("09-18")))


def test_reminders_by_hand_beyond_the_cap_push_the_next_further():
    history = [reminded("09-11"), reminded("09-14"), reminded("09-15", CALL, answered=True)]

    assert waiting(plan_of(history, a="FIRST")) == {"a": ("CAPPED", day("09-21"))}


def test_a_hand_over_is_a_task_and_not_a_message():
    plan = plan_of([reminded("09-14"), reminded("09-15")], a="HAND_OVER")

    assert (plan.tasks, plan.messages, waiting(plan)) == (("a",), (), {})


def test_decisions_to_keep_silent_pass_through():
    plan = compose({"a": Finished(), "b": act("FIRST")}, [], TODAY)

    assert plan.decisions == {"a": Finished(), "b": act("FIRST")}


def test_one_thank_you_a_day_names_all_that_money_settled():
    settled = [
        Settled("a", by_money=True),
        Settled("b", by_money=False),
        Settled("c", by_money=True, after_formal_notice=True),
        Settled("d", by_money=True),
    ]

    assert thank_you_due(settled, [], TODAY) == ("a", "d")


@pytest.mark.parametrize("kind", [ContactKind.THANK_YOU, ContactKind.FORMAL_NOTICE])
def test_no_thank_you_follows_another_or_a_formal_notice_of_the_day(kind):
    settled = [Settled("a", by_money=True)]

    assert thank_you_due(settled, [Contact(TODAY, kind)], TODAY) == ()
    assert thank_you_due(settled, [Contact(day("09-15"), kind)], TODAY) == ("a",)


def test_thanks_wait_for_a_business_day():
    settled = [Settled("a", by_money=True)]

    assert thank_you_due(settled, [], day("09-19")) == ()
    assert thank_you_due(settled, [], day("09-21")) == ("a",)


def test_a_formal_notice_has_one_currency_and_the_next_one_waits_a_day():
    acts = {ref: act("FORMAL_NOTICE") for ref in ("a", "b", "c")}
    currencies = {"a": "EUR", "b": "USD", "c": "EUR"}

    plan = compose(acts, [], TODAY, currencies=currencies)

    assert {message.late for message in plan.messages} == {("a", "c")}
    assert plan.decisions["b"].reason == Reason.MERGED
    assert plan.decisions["b"].until > TODAY
