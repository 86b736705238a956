"""The run: what it takes once, what it never takes twice, and whom a fault does not stop."""

import datetime as dt
from decimal import Decimal

import pytest

from clients.models import Message
from dunning.engine import preview
from dunning.models import Approval, Case, Promise, Reminder
from dunning.services import record_promise
from payments.services import bounce_payment, undo_payment
from tenants import clock
from tests.factories.dunning import (
    DUE,
    FIRM_DAY,
    FIRST_DAY,
    LAST_DAY,
    PRE_DUE_DAY,
    at,
    day,
    debtor,
    late_case,
    message_of,
    pay,
    run,
    steps_of,
    taken,
    walk_to_notice,
)


def test_running_twice_on_a_day_does_no_more_than_once(in_acme):
    late_case()

    first, second = run(FIRST_DAY), run(FIRST_DAY)

    assert (first.messages, second.messages, second.decided) == (1, 0, 0)
    assert Message.objects.count() == 1


def test_a_missed_day_is_caught_up(in_acme):
    case = late_case()

    run(day(3, 11))

    assert steps_of(case) == [("FIRST", 1)]


def test_ten_missed_days_are_one_message(in_acme):
    case = late_case()

    run(day(3, 20))
    run(day(3, 23))

    assert steps_of(case) == [("FIRST", 1)]
    assert Message.objects.count() == 1


def test_no_step_is_skipped_however_old_the_debt(in_acme):
    case = late_case()

    run(day(6, 1))

    assert steps_of(case) == [("FIRST", 1)]


def test_an_old_debt_is_not_forgotten(in_acme):
    late_case()

    assert run(dt.date(2027, 3, 1)).messages == 1


def test_an_invoice_that_was_not_mailed_is_not_reminded(in_acme):
    late_case(mailed=False)

    assert run(FIRST_DAY).messages == 0


def test_steps_count_from_the_due_date_not_from_the_invoice(in_acme):
    case = late_case(terms="NET_60")

    assert case.next_action_on == day(4, 2)


def test_a_saturday_writes_nothing(in_acme):
    late_case()

    assert run(day(3, 7)).messages == 0
    assert run(day(3, 9)).messages == 1


def test_a_public_holiday_writes_nothing(in_acme):
    client = debtor()
    late_case(client, on=day(3, 31), terms="NET_30")  # due on 30 April; J+2 is a Saturday

    assert run(day(5, 1)).messages == 0


def test_a_poisoned_case_is_postponed_and_blocks_nobody(in_acme):
    sick, well = late_case(debtor("Sick")), late_case(debtor("Well"))
    Case.objects.filter(pk=sick.pk).update(policy=_broken_policy())

    report = run(FIRST_DAY)

    sick.refresh_from_db()
    assert (report.failed, report.messages) == (1, 1)
    assert (sick.failures, sick.next_action_on) == (1, day(3, 7))
    assert sick.failed_why != ""
    assert steps_of(well) == [("FIRST", 1)]


def _broken_policy():
    """A policy whose steps cannot be read: its tone is no tone."""
    from dunning.models import Policy, Step

    policy = Policy.objects.create(key="BROKEN", name="Broken")
    Step.objects.create(
        policy=policy,
        position=0,
        key="FIRST",
        offset_days=2,
        gap_days=3,
        severity=1,
        tone="SHOUTING",
        channels=["EMAIL"],
        contact_role="BILLING",
    )
    return policy


def test_one_row_that_the_database_refuses_costs_one_client_a_day(in_acme):
    sick, well = late_case(debtor("Sick")), late_case(debtor("Well"))
    Message.objects.create(
        client=sick.client,
        kind="REMINDER",
        state="CANCELLED",
        unique_key=f"dunning:{sick.client_id}:{FIRST_DAY}:EMAIL",
    )

    report = run(FIRST_DAY)

    sick.refresh_from_db()
    assert (report.failed, report.messages) == (1, 1)
    assert (sick.failures, sick.next_action_on) == (1, day(3, 7))
    assert sick.failed_why[:14] == "IntegrityError"
    assert (steps_of(sick), steps_of(well)) == ([], [("FIRST", 1)])


def test_a_dry_run_changes_nothing(in_acme):
    case = late_case()

    (client_day,) = preview(today=FIRST_DAY)

    assert [message.lead.key for message in client_day.plan.messages] == ["FIRST"]
    case.refresh_from_db()
    assert case.next_action_on == PRE_DUE_DAY
    assert Message.objects.count() == Reminder.objects.count() == 0


def test_two_reminders_in_seven_days_are_the_most(in_acme):
    client = debtor()
    for due_in in (2, 3, 4):
        late_case(client, on=day(2, due_in))

    for number in range(6, 14):
        run(day(3, number))

    on = Message.objects.filter(kind="REMINDER").values_list("send_on", flat=True)
    assert len([each for each in on if each <= day(3, 12)]) == 2


def test_the_most_severe_step_has_the_slot_and_sets_the_tone(in_acme):
    client = debtor()
    old, new = late_case(client, on=day(2, 2)), late_case(client, on=day(2, 9))
    taken(old, "FIRST", FIRST_DAY)
    Case.objects.filter(pk=old.pk).update(next_action_on=FIRM_DAY)

    run(FIRM_DAY)

    message = message_of(old)
    assert (message.facts["step"], message.facts["late"]) == ("FIRM", [old.pk, new.pk])


def test_reminding_one_invoice_does_not_hide_the_others(in_acme):
    client = debtor()
    first, second = late_case(client), late_case(client, net="500")

    run(FIRST_DAY)

    assert steps_of(first) == steps_of(second) == [("FIRST", 1)]
    assert Message.objects.count() == 1


def test_a_fresh_invoice_does_not_ride_along(in_acme):
    client = debtor()
    old = late_case(client)
    fresh = late_case(client, on=day(3, 5))

    run(FIRST_DAY)

    assert message_of(old).facts == {
        "step": "FIRST",
        "tone": "NEUTRAL",
        "late": [old.pk],
        "coming": [],
    }
    assert steps_of(fresh) == []


def test_a_part_payment_brings_five_quiet_days_then_the_rest_is_asked(in_acme):
    case = late_case()
    run(FIRST_DAY)
    Reminder.objects.update(state="DONE")
    pay(case, "200", on=day(3, 9))

    quiet = [run(on).messages for on in (day(3, 10), FIRM_DAY, day(3, 16))]
    asked = run(day(3, 17)).messages

    assert (quiet, asked) == ([0, 0, 0], 1)
    assert steps_of(case) == [("FIRST", 1), ("FIRST", 2)]
    assert Reminder.objects.latest("id").snapshot["asks_rest"] is True


def test_less_than_five_euros_is_not_worth_a_message(in_acme):
    case = late_case()
    pay(case, "1196", on=day(3, 5))

    run(day(3, 16))

    case.refresh_from_db()
    assert (case.silence, Message.objects.count()) == ("BELOW_MINIMUM", 0)


def test_a_clients_credit_is_netted_first(in_acme):
    case = late_case()
    pay(case, "1200", on=day(3, 5), allocations={})

    run(FIRST_DAY)

    case.refresh_from_db()
    assert (case.silence, Message.objects.count()) == ("COVERED_BY_CREDIT", 0)


@pytest.mark.parametrize(
    ("act", "cycle", "following"),
    [(bounce_payment, 2, ("FIRST", 2)), (undo_payment, 1, ("FIRM", 1))],
)
def test_money_that_goes_back_begins_anew_and_a_mistake_goes_on(in_acme, act, cycle, following):
    case = late_case()
    run(FIRST_DAY)
    Reminder.objects.update(state="DONE")
    Message.objects.update(state="SENT", frozen_at=at(FIRST_DAY))
    payment = pay(case, "1200", on=day(3, 9))
    case.refresh_from_db()
    assert case.state == "CLOSED"

    with clock.as_of(at(day(3, 16))):
        act(payment=payment, now=clock.now(), user=None)
    run(day(3, 16))

    case.refresh_from_db()
    assert (case.state, case.cycle) == ("OPEN", cycle)
    assert steps_of(case) == [("FIRST", 1), following]


def test_what_was_paid_and_undone_the_same_day_is_asked_again_that_day(in_acme):
    case = late_case()
    run(FIRST_DAY)
    payment = pay(case, "1200", on=FIRST_DAY)
    with clock.as_of(at(FIRST_DAY, 11)):
        undo_payment(payment=payment, now=clock.now(), user=None)

    report = run(FIRST_DAY, hour=12)

    assert (report.failed, report.messages) == (0, 1)


def test_thanks_once_per_client_and_day(in_acme):
    client = debtor()
    first, second = late_case(client), late_case(client)
    pay(first, "1200", on=day(3, 5))
    pay(second, "1200", on=day(3, 5))

    thanks = [run(FIRST_DAY).thanks, run(FIRST_DAY).thanks]

    assert thanks == [1, 0]
    assert Message.objects.get(kind="THANK_YOU").facts == {"cases": [first.pk, second.pk]}


def test_no_thanks_after_a_formal_notice(in_acme):
    case = late_case()
    taken(case, "FORMAL_NOTICE", day(4, 3))
    pay(case, "1200", on=day(4, 7))

    assert run(day(4, 8)).thanks == 0


def test_a_payment_undone_before_the_thanks_takes_them_back(in_acme):
    case = late_case()
    payment = pay(case, "1200", on=day(3, 5))
    with clock.as_of(at(day(3, 5), 12)):
        undo_payment(payment=payment, now=clock.now(), user=None)

    assert run(FIRST_DAY).thanks == 0


def test_a_promise_is_broken_the_morning_after_and_reminders_go_on(in_acme):
    case = late_case()
    with clock.as_of(at(DUE)):
        record_promise(
            case=case,
            amount=Decimal(1200),
            promised_for=day(3, 10),
            made_by="",
            channel="CALL",
            user=None,
            today=DUE,
            now=clock.now(),
        )

    quiet = [run(on).messages for on in (FIRST_DAY, day(3, 10))]
    report = run(day(3, 11))

    assert (quiet, report.messages) == ([0, 0], 1)
    assert Promise.objects.get().state == Promise.State.BROKEN


def test_a_kept_promise_is_known(in_acme):
    case = late_case()
    record_promise(
        case=case,
        amount=Decimal(1200),
        promised_for=day(3, 10),
        made_by="",
        channel="CALL",
        user=None,
        today=DUE,
        now=at(DUE),
    )

    pay(case, "1200", on=day(3, 9))

    assert Promise.objects.get().state == Promise.State.KEPT


def test_a_client_without_an_address_is_a_visible_silence(in_acme):
    client = debtor(email="", address="12 rue de Siam")
    case = late_case(client)

    run(FIRST_DAY)

    case.refresh_from_db()
    assert (case.silence, Message.objects.count()) == ("NO_CONTACT", 0)


def test_other_clients_than_businesses_hear_nothing_past_the_first_reminder(in_acme):
    case = late_case(debtor(kind="CONSUMER", siren=""))
    run(FIRST_DAY)
    Reminder.objects.update(state="DONE")

    run(FIRM_DAY)

    case.refresh_from_db()
    assert (steps_of(case), case.silence) == ([("FIRST", 1)], "KIND_NOT_COVERED")


def test_a_closed_debt_leaves_no_task_behind(in_acme):
    case = late_case()
    for step, on in (("FIRST", FIRST_DAY), ("FIRM", FIRM_DAY)):
        taken(case, step, on)
    run(LAST_DAY)
    assert Message.objects.filter(kind="CALL_STEP", state="TODO").count() == 1

    pay(case, "1200", on=LAST_DAY)

    assert Message.objects.get(kind="CALL_STEP").state == "CANCELLED"


def test_the_formal_notice_is_never_taken_without_a_yes(in_acme):
    walk_to_notice(late_case(), yes=False)

    assert Message.objects.filter(kind="FORMAL_NOTICE").count() == 0
    assert Approval.objects.get().state == Approval.State.ASKED


def test_a_ladder_not_approved_sends_nothing(in_acme):
    case = late_case(debtor(approved=False))

    run(FIRST_DAY)

    case.refresh_from_db()
    assert (case.silence, Message.objects.count()) == ("LADDER_NOT_APPROVED", 0)
