"""Rule 3: on which day each step goes out. The tables are those of the legal reference."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.calendar import Region
from dunning.ladders import PATIENT, STANDARD
from dunning.policy import Act, decide
from tests.dunning.policy.late_case import DUE, ONE_DAY, a_case, day, done, live

CALENDAR = [
    ("2026-12-25", "2026-12-24", "2026-12-29"),
    ("2027-01-01", "2026-12-31", "2027-01-05"),
    ("2026-05-14", "2026-05-13", "2026-05-18"),
    ("2026-04-04", "2026-04-03", "2026-04-08"),
    ("2026-11-11", "2026-11-10", "2026-11-13"),
    ("2027-05-01", "2027-04-30", "2027-05-04"),
]


@pytest.mark.parametrize(("due", "pre_due", "first"), CALENDAR)
def test_the_two_first_words_avoid_weekends_and_holidays(due, pre_due, first):
    facts = a_case(due_on=day(due), mailed_on=day(due) - 30 * ONE_DAY)

    told = live(facts, str(day(due) - 5 * ONE_DAY), str(day(due) + 7 * ONE_DAY))

    assert told == [f"{day(pre_due):%m-%d} PRE_DUE", f"{day(first):%m-%d} FIRST"]


def test_a_word_before_a_monday_goes_out_on_friday():
    assert live(a_case(), "09-01", "09-14") == ["09-11 PRE_DUE"]


def test_the_word_before_the_due_date_is_dropped_once_the_due_day_has_come():
    decision = decide(a_case(), STANDARD, DUE)

    assert (decision.reason, decision.step.key, decision.until) == (
        "NOT_YET",
        "FIRST",
        day("09-16"),
    )


@pytest.mark.parametrize(("mailed", "told"), [("09-04", ["09-11 PRE_DUE"]), ("09-05", [])])
def test_the_word_before_the_due_date_needs_seven_days_since_the_mailing(mailed, told):
    assert live(a_case(mailed_on=day(mailed)), "09-06", "09-14") == told


def test_a_client_may_ask_for_no_word_before_the_due_date():
    assert live(a_case(no_pre_due=True), "09-01", "09-20") == ["09-16 FIRST"]


def test_a_client_may_hear_the_first_word_later_and_the_next_keep_their_distance():
    told = live(a_case(first_word_after_days=10), "09-01", "10-08")

    assert told == ["09-24 FIRST", "10-01 FIRM", "10-08 LAST_CALL"]


def test_an_invoice_due_on_receipt_is_reminded_two_days_later():
    assert live(a_case(mailed_on=DUE), "09-14", "09-20") == ["09-16 FIRST"]


def test_an_invoice_mailed_after_its_due_date_is_left_alone_for_a_week():
    assert live(a_case(mailed_on=day("09-21")), "09-21", "10-06") == ["09-28 FIRST", "10-05 FIRM"]


def test_nothing_leaves_on_a_regional_holiday():
    # Good Friday, 3 April 2026: a working day in Paris, a holiday in Strasbourg.
    facts = a_case(due_on=day("04-01"), mailed_on=day("03-01"))

    paris = decide(facts, STANDARD, day("04-03"))
    strasbourg = decide(replace(facts, region=Region.ALSACE_MOSELLE), STANDARD, day("04-03"))

    assert isinstance(paris, Act)
    assert (strasbourg.reason, strasbourg.until) == ("NOT_YET", day("04-07"))


def test_a_good_payer_hears_nothing_before_the_fifth_day():
    assert live(a_case(), "09-01", "10-10", ladder=PATIENT) == [
        "09-21 FIRST",
        "10-01 FIRM",
    ]


def test_an_act_says_when_the_next_step_comes():
    decision = decide(a_case(done=done("PRE_DUE 09-11")), STANDARD, day("09-16"))

    assert decision.step.key == "FIRST"
    assert (decision.next_step.key, decision.next_on) == ("FIRM", day("09-23"))


def test_the_last_act_has_nothing_after_it():
    facts = a_case(done=done("FORMAL_NOTICE 10-14"))

    decision = decide(facts, STANDARD, day("10-29"))

    assert (decision.step.key, decision.channels) == ("HAND_OVER", ())
    assert (decision.next_step, decision.next_on) == (None, None)


def test_the_amount_of_a_step_is_compared_with_what_is_left_to_ask():
    notice = replace(STANDARD.steps[4], minimum_amount=Decimal(50))
    ladder = replace(STANDARD, steps=(*STANDARD.steps[:4], notice))
    facts = a_case(balance=Decimal("60.00"), credit=Decimal("10.01"), done=done("LAST_CALL 09-30"))

    decision = decide(facts, ladder, day("10-14"))

    assert (decision.reason, decision.step.key) == ("BELOW_MINIMUM", "FORMAL_NOTICE")
