"""Dunning told day by day: what a client hears, and what happens meanwhile."""

from dataclasses import replace
from decimal import Decimal

from dunning.ladders import FIRM, STANDARD
from dunning.policy import Approval, CaseFacts, Ladder, Pause, StepDone, decide, outlook
from tests.dunning.policy.late_case import DUE, ONE_DAY, a_case, day, done, live


def test_a_client_who_never_pays_climbs_the_whole_ladder():
    assert live(a_case(), "08-15", "12-31") == [
        "09-11 PRE_DUE",
        "09-16 FIRST",
        "09-23 FIRM",
        "09-30 LAST_CALL",
        "10-14 FORMAL_NOTICE",
        "10-29 HAND_OVER",
    ]


def test_a_bad_payer_gets_a_mail_and_a_call_a_week():
    assert live(a_case(), "08-15", "12-31", ladder=FIRM) == [
        "09-11 PRE_DUE",
        "09-16 FIRST",
        "09-21 FIRST_CALL",
        "09-25 FIRM",
        "09-28 FIRM_CALL",
        "10-02 LAST",
        "10-05 LAST_CALL",
        "10-12 FORMAL_NOTICE",
        "10-27 HAND_OVER",
    ]


def test_a_client_who_pays_hears_nothing_more():
    paid = {"09-25": {"balance": Decimal(0)}}

    told = live(a_case(), "08-15", "12-31", events=paid)

    assert told == ["09-11 PRE_DUE", "09-16 FIRST", "09-23 FIRM"]


def test_after_an_outage_of_ten_days_the_client_gets_one_message():
    outage = [day("09-15") + number * ONE_DAY for number in range(10)]

    told = live(a_case(), "09-14", "10-12", down=outage)

    assert told == ["09-25 FIRST", "10-02 FIRM", "10-09 LAST_CALL"]


def test_after_an_outage_of_two_months_the_ladder_starts_where_it_was():
    outage = [day("09-17") + number * ONE_DAY for number in range(60)]

    told = live(a_case(), "09-14", "11-30", down=outage)

    assert told == ["09-16 FIRST", "11-16 FIRM", "11-23 LAST_CALL"]


def test_a_promise_kept_ends_it():
    events = {"09-24": {"promised_on": day("10-02")}, "10-02": {"balance": Decimal(0)}}

    told = live(a_case(), "09-15", "12-31", events=events)

    assert told == ["09-16 FIRST", "09-23 FIRM"]


def test_a_broken_promise_is_followed_the_next_business_day():
    events = {"09-24": {"promised_on": day("10-02")}}

    told = live(a_case(), "09-15", "10-31", events=events)

    assert told == ["09-16 FIRST", "09-23 FIRM", "10-05 LAST_CALL", "10-19 FORMAL_NOTICE"]


def test_a_promise_until_saturday_is_followed_on_monday():
    events = {"09-15": {"promised_on": day("09-19")}}

    assert live(a_case(), "09-15", "09-27", events=events) == ["09-21 FIRST"]


def test_after_a_part_payment_the_same_step_asks_for_the_rest():
    part = {"09-24": {"balance": Decimal("700.00"), "part_paid_on": day("09-24")}}

    told = live(a_case(), "09-15", "10-31", events=part)

    assert told == [
        "09-16 FIRST",
        "09-23 FIRM",
        "10-02 FIRM",
        "10-09 LAST_CALL",
        "10-23 FORMAL_NOTICE",
    ]


def test_the_rest_is_asked_as_a_new_cycle_and_with_thanks():
    facts = a_case(done=done("FIRM 09-23"), part_paid_on=day("09-24"))

    decision = decide(facts, STANDARD, day("10-02"))

    assert (decision.step.key, decision.cycle, decision.asks_rest) == ("FIRM", 2, True)


def test_a_part_payment_of_the_day_of_the_reminder_came_after_it():
    facts = a_case(done=done("FIRM 09-23"), part_paid_on=day("09-23"))

    decision = decide(facts, STANDARD, day("10-01"))

    assert (decision.step.key, decision.asks_rest) == ("FIRM", True)


def test_a_second_part_payment_is_thanked_for_too():
    events = {"09-17": {"part_paid_on": day("09-17")}, "09-28": {"part_paid_on": day("09-28")}}

    told = live(a_case(), "09-15", "10-10", events=events)

    assert told == ["09-16 FIRST", "09-25 FIRST", "10-06 FIRST"]


def test_a_part_payment_before_any_reminder_delays_the_first():
    part = {"09-14": {"part_paid_on": day("09-14")}}

    assert live(a_case(), "09-13", "09-29", events=part) == ["09-22 FIRST", "09-29 FIRM"]


def test_a_part_payment_after_the_word_before_the_due_date_is_no_reason_to_repeat_it():
    part = {"09-12": {"part_paid_on": day("09-12")}}

    assert live(a_case(), "09-11", "09-25", events=part) == ["09-11 PRE_DUE", "09-21 FIRST"]


def test_a_formal_notice_stands_for_the_rest_without_being_said_twice():
    part = {"10-15": {"part_paid_on": day("10-15")}}

    told = live(a_case(done=done("LAST_CALL 09-30")), "10-01", "11-30", events=part)

    assert told == ["10-14 FORMAL_NOTICE", "10-29 HAND_OVER"]


def test_a_pause_over_a_weekend_ends_on_monday():
    facts = a_case(pause=Pause(through=day("09-18")))

    assert live(facts, "09-14", "09-30") == ["09-21 FIRST", "09-28 FIRM"]


def test_a_pause_without_end_lasts_until_it_is_lifted():
    events = {"10-20": {"pause": None}}

    told = live(a_case(pause=Pause()), "09-01", "10-30", events=events)

    assert told == ["10-20 FIRST", "10-27 FIRM"]


def test_an_imported_old_debt_goes_on_where_its_owner_had_left_it():
    entered = (StepDone("FIRST", day("11-20")),)
    facts = a_case(due_on=day("03-02"), mailed_on=day("01-30"), done=entered)

    told = live(facts, "11-20", "2027-01-31")

    assert told == [
        "11-27 FIRM",
        "12-04 LAST_CALL",
        "12-18 FORMAL_NOTICE",
        "01-04 HAND_OVER",
    ]


def test_an_imported_old_debt_without_history_starts_gently():
    facts = a_case(due_on=day("03-02"), mailed_on=day("01-30"))

    assert live(facts, "11-20", "11-30") == ["11-20 FIRST", "11-27 FIRM"]


def test_a_late_approval_is_decided_afresh_and_the_next_step_keeps_its_distance():
    facts = a_case(done=done("LAST_CALL 09-30"))
    events = {"10-23": {"approval": Approval("FORMAL_NOTICE", day("10-23"))}}

    told = live(facts, "10-01", "11-30", events=events, yes=False)

    assert told == ["10-23 FORMAL_NOTICE", "11-09 HAND_OVER"]


def test_an_approval_does_not_outlive_a_promise_made_since():
    facts = a_case(done=done("LAST_CALL 09-30"), approval=Approval("FORMAL_NOTICE", day("10-13")))
    events = {"10-14": {"promised_on": day("10-23")}}

    told = live(facts, "10-13", "11-30", events=events, yes=False)

    assert told == []


def test_a_word_before_the_due_date_that_nobody_approved_lapses():
    asked = replace(STANDARD.steps[0], needs_approval=True)
    ladder = Ladder("CAUTIOUS", 1, (asked, *STANDARD.steps[1:]))

    decision = decide(a_case(), ladder, day("09-11"))

    assert (decision.reason, decision.next_on) == ("AWAITING_APPROVAL", DUE)
    assert live(a_case(), "09-01", "09-20", ladder=ladder, yes=False) == ["09-16 FIRST"]


def test_a_sum_too_small_for_the_word_before_the_due_date_is_asked_for_after_it():
    large_only = replace(STANDARD.steps[0], minimum_amount=Decimal(5000))
    ladder = Ladder("CAREFUL", 1, (large_only, *STANDARD.steps[1:]))

    decision = decide(a_case(), ladder, day("09-11"))

    assert (decision.reason, decision.next_on) == ("BELOW_MINIMUM", DUE)
    assert live(a_case(), "09-01", "09-20", ladder=ladder) == ["09-16 FIRST"]


def test_a_step_that_falls_on_a_saturday_is_announced_for_monday():
    facts = a_case(done=done("FIRST 09-19"))

    assert decide(facts, STANDARD, day("09-21")).until == day("09-28")


def test_a_payment_that_bounces_starts_a_new_cycle_from_the_first_reminder():
    events = {
        "09-25": {"balance": Decimal(0)},
        "10-05": {"balance": Decimal("1200.00"), "cycle": 2},
    }

    told = live(a_case(), "09-15", "10-20", events=events)

    assert told == ["09-16 FIRST", "09-23 FIRM", "10-05 FIRST", "10-12 FIRM", "10-19 LAST_CALL"]


def test_a_due_date_agreed_later_moves_the_steps_not_taken_yet():
    events = {"09-14": {"due_on": day("10-14")}}

    assert live(a_case(), "09-13", "10-31", events=events) == [
        "10-13 PRE_DUE",
        "10-16 FIRST",
        "10-23 FIRM",
        "10-30 LAST_CALL",
    ]


def test_the_outlook_is_what_then_happens():
    facts = a_case()

    plan = [f"{on:%m-%d} {step.key}" for on, step in outlook(facts, STANDARD, day("09-01"), 90)]

    assert plan == live(facts, "09-01", "11-30")


def test_the_outlook_of_an_invoice_not_mailed_and_not_approved_is_the_ladder_to_approve():
    facts = CaseFacts(due_on=DUE, balance=Decimal(10), mailed_on=None)

    plan = outlook(facts, STANDARD, day("09-01"))

    assert [(on, step.label) for on, step in plan] == [
        (day("09-11"), "J-1"),
        (day("09-16"), "J+2"),
        (day("09-23"), "J+9"),
        (day("09-30"), "J+16"),
    ]


def test_the_outlook_resumes_after_a_promise_and_stops_at_a_dispute():
    promised = a_case(done=done("FIRST 09-16"), promised_on=day("09-30"))
    disputed = a_case(disputed=True)

    assert outlook(promised, STANDARD, day("09-16"), 15) == [(day("10-01"), STANDARD.steps[2])]
    assert outlook(disputed, STANDARD, day("09-16")) == []


def test_the_outlook_supposes_that_bank_entries_keep_coming():
    facts = a_case(done=done("LAST_CALL 09-30"), bank_seen_through=day("09-30"))

    assert outlook(facts, STANDARD, day("10-01"), 20) == [(day("10-14"), STANDARD.steps[4])]


def test_the_outlook_asks_for_the_rest_before_it_climbs():
    facts = a_case(done=done("FIRST 09-16"), part_paid_on=day("09-17"))

    plan = outlook(facts, STANDARD, day("09-18"), 20)

    assert [(f"{on:%m-%d}", step.key) for on, step in plan] == [
        ("09-25", "FIRST"),
        ("10-02", "FIRM"),
    ]
