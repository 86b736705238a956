"""Dunning and instalment plans: silence of the offer, the parts' own ladder, what is missed."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import DomainError
from dunning.cases import decide_anew
from dunning.models import Case, Dispute, Promise
from dunning.services import chase_as_usual, give_more_time, open_dispute, record_promise
from dunning.services.plans import NothingMissed
from invoices.models import InstallmentPlan, Receivable
from invoices.services import agree_plan, propose_plan, withdraw_plan
from invoices.splitting import PartInput
from payments.services import undo_payment
from tenants import clock
from tests.factories.dunning import (
    DUE,
    at,
    day,
    debtor,
    late_case,
    pay,
    run,
    run_until,
    steps_of,
    taken,
)

OFFERED = day(3, 9)  # a Monday, after J+2
FIRST_PART = day(3, 9)
SECOND_PART = day(4, 9)  # a Thursday
GRACE = day(4, 14)
MISSED = day(4, 15)


def offer(*cases, on=OFFERED, amounts=("600", "600")):
    with clock.as_of(at(on)):
        return propose_plan(
            client=cases[0].client,
            receivables=[case.receivable for case in cases],
            parts=[
                PartInput(None, Decimal(amounts[0])),
                PartInput(SECOND_PART, Decimal(amounts[1])),
            ],
            cause="CASH_FLOW",
            fee=Decimal(0),
            language="fr",
            user=None,
            today=on,
            now=at(on),
        )


def agree(plan, *, on=OFFERED):
    with clock.as_of(at(on)):
        return agree_plan(plan=plan, how="TOLD", user=None, today=on, now=at(on))


def withdraw(plan, *, on):
    with clock.as_of(at(on)):
        return withdraw_plan(plan=plan, user=None, today=on, now=at(on))


def part_on(plan, due_on):
    return Case.objects.get(receivable__plan=plan, receivable__due_on=due_on)


def silence(case):
    case.refresh_from_db()
    return case.silence, case.next_action_on


def agreed_case():
    case = late_case()
    plan = agree(offer(case))
    return case, plan, part_on(plan, FIRST_PART), part_on(plan, SECOND_PART)


def test_offer_silences_its_debts_until_the_day_to_answer(in_acme):
    case = late_case()
    plan = offer(case)

    assert plan.answer_by == day(3, 16)
    assert silence(case) == ("PLAN_OFFERED", day(3, 17))
    run(day(3, 16))
    assert steps_of(case) == []
    run(day(3, 17))
    assert steps_of(case) == [("FIRST", 1)]


def test_withdrawn_offer_wakes_its_debts(in_acme):
    case = late_case()
    plan = offer(case)

    withdraw(plan, on=OFFERED)

    assert silence(case) == ("", OFFERED)


def test_agreed_plan_closes_the_old_case_without_thanks(in_acme):
    case, _plan, _first, _second = agreed_case()

    case.refresh_from_db()
    assert (case.state, case.silence, case.owes_thanks_since) == ("CLOSED", "PLAN", None)


def test_agreed_plan_ends_promise_and_dispute_of_what_it_replaces(in_acme):
    case = late_case()
    record_promise(
        case=case, amount=Decimal(1200), promised_for=day(3, 12), made_by="Anne",
        channel="CALL", user=None, today=OFFERED, now=at(OFFERED),
    )  # fmt: skip
    open_dispute(case=case, text="Trop cher", user=None, today=OFFERED, now=at(OFFERED))

    agree(offer(case))

    assert Promise.objects.get().state == "WITHDRAWN"
    assert Dispute.objects.get().state == "RESOLVED"


def test_part_is_announced_the_day_before_and_reminded_two_days_after(in_acme):
    _case, _plan, first, second = agreed_case()
    pay(first, "600", on=day(3, 10))

    run_until(day(4, 14), first=day(3, 11))

    assert steps_of(second) == [("PRE_DUE", 1), ("FIRST", 1)]
    assert steps_of(first) == []


def test_parts_need_no_approved_ladder_because_the_plan_was_agreed_to(in_acme):
    case = late_case(debtor(approved=False))
    plan = agree(offer(case))

    run_until(day(4, 14), first=day(3, 10))

    assert steps_of(part_on(plan, SECOND_PART)) == [("PRE_DUE", 1), ("FIRST", 1)]


def test_first_word_after_many_days_is_no_wish_about_a_plan(in_acme):
    client = debtor()
    client.dunning_profiles.update(first_word_after_days=30)
    plan = agree(offer(late_case(client)))

    run_until(day(4, 14), first=day(4, 8))

    assert ("FIRST", 1) in steps_of(part_on(plan, SECOND_PART))


def test_after_its_reminder_a_part_is_silent_until_its_grace_is_over(in_acme):
    _case, _plan, first, second = agreed_case()
    pay(first, "600", on=day(3, 10))
    run_until(day(4, 14), first=day(4, 8))

    decide_anew([second.pk], today=day(4, 14))
    assert silence(second) == ("PLAN", MISSED)
    run(MISSED)
    assert silence(second) == ("PLAN_MISSED", None)
    assert steps_of(second)[-1] == ("FIRST", 1)


def test_part_that_no_mail_reaches_becomes_a_decision_too(in_acme):
    _case, _plan, first, second = agreed_case()
    pay(first, "600", on=day(3, 10))
    client = second.client
    client.persons.update(email="", phone="")
    client.address = ""
    client.save()

    run_until(MISSED, first=day(4, 8))

    assert silence(second) == ("PLAN_MISSED", None)


def missed_part():
    _case, plan, first, second = agreed_case()
    pay(first, "600", on=day(3, 10))
    run_until(MISSED, first=day(4, 8))
    return plan, second


def test_more_time_is_a_pause_after_which_the_decision_comes_back(in_acme):
    plan, part = missed_part()

    count = give_more_time(plan=plan, until=day(4, 24), user=None, today=MISSED, now=at(MISSED))

    assert count == 1
    assert silence(part) == ("PAUSED", day(4, 27))
    run(day(4, 27))
    assert silence(part) == ("PLAN_MISSED", None)


@pytest.mark.parametrize("until", [MISSED, day(4, 1), dt.date(2036, 4, 15)])
def test_more_time_until_today_or_for_ten_years_is_refused(in_acme, until):
    plan, part = missed_part()

    with pytest.raises(DomainError, match="within the next three months"):
        give_more_time(plan=plan, until=until, user=None, today=MISSED, now=at(MISSED))

    assert silence(part) == ("PLAN_MISSED", None)


def test_chased_as_usual_a_part_goes_on_where_its_reminders_stopped(in_acme):
    plan, part = missed_part()

    chase_as_usual(plan=plan, user=None, today=MISSED, now=at(MISSED))
    run_until(day(5, 4), first=day(4, 16))

    assert steps_of(part) == [("PRE_DUE", 1), ("FIRST", 1), ("FIRM", 1), ("LAST_CALL", 1)]


def test_nothing_is_decided_about_a_plan_that_is_kept(in_acme):
    _case, plan, _first, _second = agreed_case()

    with pytest.raises(NothingMissed):
        chase_as_usual(plan=plan, user=None, today=FIRST_PART, now=at(FIRST_PART))


def test_thanks_are_owed_for_the_last_part_alone(in_acme):
    _case, _plan, first, second = agreed_case()

    pay(first, "600", on=day(3, 10))
    pay(second, "600", on=day(4, 9))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.owes_thanks_since, second.owes_thanks_since) == (None, day(4, 9))


def test_undone_plan_goes_on_where_the_reminders_of_the_debt_stopped(in_acme):
    case = late_case()
    taken(case, "PRE_DUE", day(3, 3))
    taken(case, "FIRST", day(3, 6))
    plan = agree(offer(case))

    withdraw(plan, on=day(3, 10))
    run_until(day(3, 13), first=day(3, 11))

    assert steps_of(case) == [("PRE_DUE", 1), ("FIRST", 1), ("FIRM", 1)]
    assert set(Case.objects.filter(receivable__plan=plan).values_list("state", flat=True)) == {
        "CLOSED"
    }


def test_money_that_left_again_reopens_the_old_debt_beside_the_plan(in_acme):
    case = late_case()
    payment = pay(case, "200", on=day(3, 6))
    plan = agree(offer(case, amounts=("500", "500")))

    with clock.as_of(at(day(3, 10))):
        undo_payment(payment=payment, user=None, now=at(day(3, 10)))

    case.refresh_from_db()
    assert (case.state, case.receivable.balance) == ("OPEN", Decimal("200.00"))
    assert sum(Receivable.objects.filter(plan=plan).values_list("balance", flat=True)) == 1000
    assert InstallmentPlan.objects.get().state == "AGREED"
    assert DUE < OFFERED
