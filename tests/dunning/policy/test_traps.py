"""The traps that dunning systems are known to fall into, as far as deciding goes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from dunning.ladders import FIRM, PATIENT, STANDARD
from dunning.policy import Act, Channel, Contact, ContactKind, StepDone, compose, decide, outlook
from tests.dunning.policy.late_case import DUE, ONE_DAY, a_case, after, day, done, live


def test_trap_01_a_day_missed_loses_no_reminder():
    assert live(a_case(), "09-15", "09-18", down=[day("09-16")]) == ["09-17 FIRST"]


def test_trap_02_catching_up_does_not_fire_every_late_step_at_once():
    assert live(a_case(), "11-30", "12-13") == ["11-30 FIRST", "12-07 FIRM"]


def test_trap_03_age_never_skips_a_step_that_was_not_sent():
    decision = decide(a_case(), STANDARD, day("12-31"))

    assert decision.step.key == "FIRST"


def test_trap_04_a_debt_never_grows_too_old_to_be_looked_at():
    facts = a_case(due_on=date(2022, 3, 1), mailed_on=date(2022, 2, 1))

    assert decide(facts, STANDARD, day("11-23")).step.key == "FIRST"


def test_trap_05_before_and_after_the_due_date_are_shown_as_dates():
    plan = outlook(a_case(), STANDARD, day("09-01"), 16)

    assert [(step.label, on) for on, step in plan] == [("J-1", day("09-11")), ("J+2", day("09-16"))]


def test_trap_06_a_new_policy_does_not_blast_an_old_stock():
    facts = a_case(due_on=day("01-05"), mailed_on=day("01-02"), ladder_approved=False)

    assert decide(facts, STANDARD, day("11-23")).reason == "LADDER_NOT_APPROVED"


def test_trap_06_a_new_due_date_is_followed_at_once():
    moved = replace(a_case(), due_on=day("10-14"))

    assert decide(moved, STANDARD, day("09-16")).until == day("10-13")


def test_trap_06_a_case_that_changes_ladder_goes_on_from_where_it_was():
    facts = a_case(done=done("FIRST 09-16", "FIRST_CALL 09-21", "FIRM 09-25"))

    decision = decide(facts, PATIENT, day("09-28"))

    assert (decision.step.key, decision.until) == ("LAST_CALL", day("10-09"))


def test_trap_06_steps_that_the_new_ladder_lacks_still_keep_their_distance():
    facts = a_case(done=done("FIRST_CALL 09-28"))

    decision = decide(facts, STANDARD, day("09-29"))

    assert (decision.step.key, decision.until) == ("FIRST", day("10-01"))


def test_trap_07_the_mailing_of_the_invoice_is_no_reminder():
    mailed_after_its_due_date = a_case(mailed_on=day("09-15"))

    assert decide(mailed_after_its_due_date, STANDARD, day("09-16")).until == day("09-22")


def test_trap_08_the_ladder_hangs_on_the_due_date_not_on_the_date_of_the_invoice():
    months = [
        decide(a_case(mailed_on=day(on)), STANDARD, day("09-16")) for on in ("06-01", "09-01")
    ]

    assert [decision.step.key for decision in months] == ["FIRST", "FIRST"]


def test_trap_09_each_instalment_is_late_on_its_own_date():
    first, second = a_case(), a_case(due_on=day("10-14"))

    late, coming = (decide(facts, STANDARD, day("09-16")) for facts in (first, second))

    assert isinstance(late, Act)
    assert (coming.reason, coming.until) == ("NOT_YET", day("10-13"))


def test_trap_10_a_new_cycle_may_take_a_step_again():
    reopened = a_case(done=done("FIRST 09-16"), cycle=2)

    decision = decide(reopened, STANDARD, day("09-21"))

    assert (decision.step.key, decision.cycle) == ("FIRST", 2)


def test_trap_10_a_new_cycle_keeps_its_distance_from_the_last_one():
    reopened = a_case(done=done("FIRST 09-16"), cycle=2)

    assert decide(reopened, STANDARD, day("09-17")).until == day("09-21")


def test_trap_11_reminding_one_invoice_does_not_hide_the_others():
    decision = decide(a_case(), STANDARD, day("09-16"))
    yesterday = Contact(day("09-15"), ContactKind.REMINDER)

    plan = compose({"other": decision}, [yesterday], day("09-16"))

    assert plan.messages[0].late == ("other",)


def test_trap_12_an_invoice_not_late_yet_does_not_ride_along():
    late, fresh = a_case(), a_case(due_on=day("09-15"))
    decisions = {
        name: decide(facts, STANDARD, day("09-16"))
        for name, facts in {"late": late, "fresh": fresh}.items()
    }

    plan = compose(decisions, [], day("09-16"))

    assert [(message.late, message.coming) for message in plan.messages] == [(("late",), ())]


def test_trap_13_a_direct_debit_on_its_way_is_not_reminded():
    assert decide(a_case(payment_pending_since=DUE), STANDARD, day("09-16")).reason == (
        "PAYMENT_PENDING"
    )


def test_trap_14_a_payment_of_the_last_second_silences():
    ready = a_case()
    paid = replace(ready, balance=Decimal(0))

    before, then = (decide(facts, STANDARD, day("09-16")) for facts in (ready, paid))

    assert (before.reason, then.reason) == (None, "PAID")


def test_trap_15_money_received_but_not_matched_is_deducted():
    covered = a_case(credit=Decimal("1200.00"))
    nearly = a_case(credit=Decimal("1195.00"))

    assert decide(covered, STANDARD, day("09-16")).reason == "COVERED_BY_CREDIT"
    assert (nearly.to_ask, decide(nearly, STANDARD, day("09-16")).step.key) == (
        Decimal("5.00"),
        "FIRST",
    )


def test_trap_16_a_payment_that_never_arrives_does_not_silence_for_ever():
    pending = {"09-15": {"payment_pending_since": day("09-15")}}

    assert live(a_case(), "09-15", "10-13", events=pending) == ["10-07 FIRST"]


def test_trap_16_a_payment_that_fails_wakes_the_ladder_at_once():
    events = {
        "09-15": {"payment_pending_since": day("09-15")},
        "09-22": {"payment_pending_since": None},
    }

    assert live(a_case(), "09-15", "09-25", events=events) == ["09-22 FIRST"]


def test_trap_20_a_cent_left_over_is_not_dunned():
    assert decide(a_case(balance=Decimal("0.01")), STANDARD, day("09-16")).reason == "BELOW_MINIMUM"


def test_trap_21_a_timer_that_runs_every_minute_reminds_once():
    facts, acts = a_case(), 0

    for _minute in range(500):
        decision = decide(facts, STANDARD, day("09-16"))
        if isinstance(decision, Act):
            facts, acts = after(facts, decision), acts + 1

    assert acts == 1


def test_trap_23_a_bounced_reminder_is_not_followed_by_a_harder_one():
    bounced = a_case(done=(StepDone("FIRST", day("09-16"), delivered=False),))
    sent_again = a_case(done=done("FIRST 09-28"))

    assert decide(bounced, STANDARD, day("11-30")).reason == "UNDELIVERED"
    assert decide(sent_again, STANDARD, day("09-29")).until == day("10-05")


def test_trap_23_a_bounced_word_before_the_due_date_does_not_hold_the_first_reminder():
    facts = a_case(done=(StepDone("PRE_DUE", day("09-11"), delivered=False),))

    assert decide(facts, STANDARD, day("09-16")).step.key == "FIRST"


def test_trap_27_a_client_without_address_is_no_silent_skip():
    decision = decide(a_case(reachable=frozenset({Channel.CALL})), STANDARD, day("09-16"))

    assert (decision.reason, decision.step.key) == ("NO_CONTACT", "FIRST")


def test_trap_42_a_weekend_burns_no_step():
    saturday = DUE + 5 * ONE_DAY

    told = live(a_case(due_on=saturday, mailed_on=day("08-01")), "09-16", "10-10")

    assert told == ["09-18 PRE_DUE", "09-22 FIRST", "09-29 FIRM", "10-06 LAST_CALL"]


def test_trap_42_the_due_date_itself_does_not_move():
    sunday = a_case(due_on=day("09-13"))

    assert decide(sunday, FIRM, day("09-14")).until == day("09-15")


def test_trap_44_each_receivable_climbs_its_own_ladder():
    old, new = a_case(done=done("FIRM 09-23")), a_case(due_on=day("09-28"))

    steps = [decide(facts, STANDARD, day("09-30")).step.key for facts in (old, new)]

    assert steps == ["LAST_CALL", "FIRST"]
