"""Every reason for silence: when it holds, how long, and what the owner reads."""

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from dunning.ladders import FIRM, STANDARD
from dunning.policy import (
    Act,
    Approval,
    AwaitApproval,
    Channel,
    DocumentState,
    Finished,
    Pause,
    StepDone,
    decide,
)
from dunning.reasons import EXPLANATIONS, Reason
from tests.dunning.policy.late_case import DUE, a_case, day, done

WEDNESDAY = day("09-16")
UNTIL_AN_EVENT = [
    ("CANCELLED", {"document": DocumentState.CANCELLED}),
    ("WRITTEN_OFF", {"document": DocumentState.WRITTEN_OFF}),
    ("PAID", {"balance": Decimal(0)}),
    ("PAID", {"is_open": False}),
    ("PLAN", {"is_open": False, "on_plan": True}),
    ("PRESCRIBED", {"prescribed_on": day("09-15")}),
    ("STOPPED", {"stopped": True}),
    ("NEVER_REMIND", {"never_remind": True}),
    ("INSOLVENCY", {"insolvent": True}),
    ("PLAN", {"on_plan": True}),
    ("DISPUTED", {"disputed": True}),
    ("PAUSED", {"pause": Pause()}),
    ("COVERED_BY_CREDIT", {"credit": Decimal("1200.00")}),
    ("BELOW_MINIMUM", {"balance": Decimal("4.99")}),
    ("BELOW_MINIMUM", {"credit": Decimal("1195.01")}),
    ("NOT_MAILED", {"mailed_on": None}),
    ("LADDER_NOT_APPROVED", {"ladder_approved": False}),
    ("UNDELIVERED", {"done": (StepDone("FIRST", day("09-16"), delivered=False),)}),
    (
        "IN_DOUBT",
        {"done": (StepDone("FIRST", day("09-16"), delivered=False, in_doubt=True),)},
    ),
    ("NO_CONTACT", {"reachable": frozenset({Channel.CALL})}),
]


@pytest.mark.parametrize(("reason", "facts"), UNTIL_AN_EVENT)
def test_silence_that_an_event_ends_has_no_date(reason, facts):
    decision = decide(a_case(**facts), STANDARD, WEDNESDAY)

    assert (decision.reason, decision.next_on) == (reason, None)


UNTIL_A_DAY = [
    ("PAUSED", {"pause": Pause(through=day("09-18"))}, "09-21"),
    ("PROMISED", {"promised_on": day("09-17")}, "09-18"),
    ("PROMISED", {"promised_on": day("09-19")}, "09-21"),
    ("SAYS_PAID", {"says_paid_since": day("09-15")}, "09-21"),
    ("PART_PAID", {"part_paid_on": day("09-15")}, "09-23"),
    ("PAYMENT_PENDING", {"payment_pending_since": day("09-15")}, "10-07"),
]


@pytest.mark.parametrize(("reason", "facts", "until"), UNTIL_A_DAY)
def test_silence_that_ends_by_itself_says_when(reason, facts, until):
    decision = decide(a_case(**facts), STANDARD, WEDNESDAY)

    assert (decision.reason, decision.until) == (reason, day(until))
    assert isinstance(decide(a_case(**facts), STANDARD, day(until)), Act)


def test_the_silence_that_ends_last_is_the_one_told():
    facts = a_case(promised_on=day("09-17"), pause=Pause(through=day("09-25")))

    assert decide(facts, STANDARD, WEDNESDAY).reason == "PAUSED"


def test_a_dispute_is_told_before_a_promise():
    facts = a_case(promised_on=day("09-30"), disputed=True)

    assert decide(facts, STANDARD, WEDNESDAY).reason == "DISPUTED"


def test_the_minimum_itself_is_asked_for():
    assert isinstance(decide(a_case(balance=Decimal("5.00")), STANDARD, WEDNESDAY), Act)


def test_a_debt_is_claimed_until_the_last_day_of_its_prescription():
    assert isinstance(decide(a_case(prescribed_on=WEDNESDAY), STANDARD, WEDNESDAY), Act)


def test_before_its_day_a_step_is_not_yet_due():
    decision = decide(a_case(), STANDARD, day("09-01"))

    assert (decision.reason, decision.step.key, decision.until) == (
        "NOT_YET",
        "PRE_DUE",
        day("09-11"),
    )


def test_a_missing_address_is_known_before_the_day_it_is_needed():
    decision = decide(a_case(reachable=frozenset()), STANDARD, day("09-01"))

    assert (decision.reason, decision.until) == ("NO_CONTACT", day("09-11"))


def test_a_missing_address_on_the_day_before_does_not_hold_back_the_first_reminder():
    decision = decide(a_case(reachable=frozenset()), STANDARD, day("09-11"))

    assert (decision.reason, decision.until) == ("NO_CONTACT", DUE)


def test_a_step_goes_through_the_channels_that_reach_the_client():
    facts = a_case(done=done("FIRM 09-23"), reachable=frozenset({Channel.EMAIL}))

    assert decide(facts, STANDARD, day("09-30")).channels == (Channel.EMAIL,)


@pytest.mark.parametrize("kind", ["CONSUMER", "PUBLIC_BODY", "ASSOCIATION"])
def test_clients_who_are_no_business_hear_nothing_past_the_second_day(kind):
    first = decide(a_case(client_kind=kind), STANDARD, WEDNESDAY)
    firm = decide(a_case(client_kind=kind, done=done("FIRST 09-16")), STANDARD, day("09-23"))

    assert first.step.key == "FIRST"
    assert (firm.reason, firm.step.key, firm.next_on) == ("KIND_NOT_COVERED", "FIRM", None)


def test_a_formal_notice_waits_for_approval():
    decision = decide(a_case(done=done("LAST_CALL 09-30")), STANDARD, day("10-16"))

    assert decision == AwaitApproval(STANDARD.steps[4], since=day("10-14"), cycle=1)


@pytest.mark.parametrize(
    "approval",
    [
        Approval("LAST_CALL", day("10-16")),
        Approval("FORMAL_NOTICE", day("10-16"), cycle=2),
        Approval("FORMAL_NOTICE", day("10-08")),
        Approval("FORMAL_NOTICE", day("10-17")),
    ],
)
def test_only_a_fresh_yes_to_this_very_step_counts(approval):
    facts = a_case(done=done("LAST_CALL 09-30"), approval=approval)

    assert decide(facts, STANDARD, day("10-16")).reason == "AWAITING_APPROVAL"


def test_firm_words_wait_for_approval_unless_the_owner_lets_them_leave_alone():
    careful = a_case(done=done("FIRST 09-16"), firm_steps_alone=False)
    approved = replace(careful, approval=Approval("FIRM", day("09-23")))

    assert decide(careful, STANDARD, day("09-23")).reason == "AWAITING_APPROVAL"
    assert decide(approved, STANDARD, day("09-23")).step.key == "FIRM"


def test_a_call_and_the_hand_over_are_the_owners_own_acts_and_need_no_approval():
    call = a_case(done=done("FIRM 09-25"), firm_steps_alone=False)
    hand_over = a_case(done=done("FORMAL_NOTICE 10-14"), firm_steps_alone=False)

    assert decide(call, FIRM, day("09-28")).channels == (Channel.CALL,)
    assert isinstance(decide(hand_over, STANDARD, day("10-29")), Act)


@pytest.mark.parametrize(("seen", "reason"), [("10-08", "BANK_FEED_OLD"), ("10-09", None)])
def test_a_formal_notice_waits_for_bank_entries_of_the_last_five_days(seen, reason):
    facts = a_case(
        done=done("LAST_CALL 09-30"),
        approval=Approval("FORMAL_NOTICE", day("10-14")),
        bank_seen_through=day(seen),
    )

    assert decide(facts, STANDARD, day("10-14")).reason == reason


def test_an_old_bank_feed_is_looked_at_again_on_the_next_business_day():
    facts = a_case(done=done("LAST_CALL 09-30"), bank_seen_through=day("10-01"))

    assert decide(facts, STANDARD, day("10-16")).next_on == day("10-19")


def test_a_reminder_does_not_wait_for_the_bank():
    assert isinstance(decide(a_case(bank_seen_through=day("08-01")), STANDARD, WEDNESDAY), Act)


def test_the_top_of_the_ladder_is_the_end():
    decision = decide(a_case(done=done("HAND_OVER 10-29")), STANDARD, day("11-30"))

    assert decision == Finished()
    assert (decision.reason, decision.next_on) == ("FINISHED", None)


def test_every_reason_has_its_sentence_with_known_blanks():
    sentences = [text for reason in Reason for text in EXPLANATIONS[reason]]

    assert set(re.findall(r"%\((\w+)\)s", " ".join(sentences))) == {"step", "until"}
    assert list(EXPLANATIONS) == list(Reason)
    assert [reason for reason in Reason if "" in EXPLANATIONS[reason][:2]] == []
    for text in sentences:
        assert "%" not in text % {"step": "s", "until": dt.date.max}
