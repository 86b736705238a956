"""What other apps announce wakes the cases that slept for it."""

from decimal import Decimal

import pytest

from clients.models import Message, Person
from clients.services import (
    add_person,
    cancel_message,
    remove_person,
    resume_client,
    stop_client,
    update_client,
)
from clients.services.calls import finish_task
from dunning.healing import heal
from dunning.models import Approval, Case, Pause, Reminder
from dunning.services import pause, resume, set_preferences
from payments.models import Attempt
from payments.services import bounce_payment, refund_payment, undo_payment
from payments.signals import payment_failed
from tenants import clock
from tenants.announce import announce
from tenants.services import go_live, stop
from tenants.services import resume as resume_business
from tests.factories.dunning import (
    FIRST_DAY,
    LAST_DAY,
    NOTICE_DAY,
    PRE_DUE_DAY,
    at,
    day,
    debtor,
    late_case,
    message_of,
    pay,
    run,
    taken,
    walk_to_notice,
)
from tests.factories.payments import link_for, make_sandbox_account


def silence_of(case):
    case.refresh_from_db()
    return case.silence, case.next_action_on


def test_a_case_decided_while_the_client_was_stopped_wakes_when_the_client_is_resumed(in_acme):
    case = late_case()
    with clock.as_of(at(FIRST_DAY)):
        stop_client(client=case.client, user=None, now=clock.now())
        assert silence_of(case) == ("STOPPED", None)

        resume_client(client=case.client, user=None, now=clock.now())

    assert silence_of(case) == ("", FIRST_DAY)


def test_cases_decided_while_the_business_was_stopped_wake_when_it_is_resumed(in_acme, owner):
    case = late_case()
    stop(tenant=in_acme, user=owner, now=at(FIRST_DAY))
    report = run(FIRST_DAY)
    assert (dict(report.silences), silence_of(case)) == ({"STOPPED": 1}, ("STOPPED", None))

    with clock.as_of(at(day(3, 9))):
        resume_business(tenant=in_acme, user=owner, now=clock.now())

    assert silence_of(case) == ("STOPPED", day(3, 9))
    assert dict(run(day(3, 9)).steps) == {"FIRST": 1}


def test_a_switch_pressed_after_the_run_began_is_seen_by_its_next_batch(in_acme, owner):
    late_case()
    stop(tenant=in_acme, user=owner, now=at(FIRST_DAY))
    assert in_acme.stopped_at is None  # the task still holds the row of before

    assert dict(run(FIRST_DAY).silences) == {"STOPPED": 1}


def test_going_live_takes_the_rehearsed_steps_afresh(in_acme, owner):
    case = late_case()
    run(PRE_DUE_DAY)
    Message.objects.update(state=Message.State.RETAINED, frozen_at=at(PRE_DUE_DAY))
    Reminder.objects.update(state=Reminder.State.DONE)
    Case.objects.update(mailed_on=day(2, 2))
    run(FIRST_DAY)
    Message.objects.filter(state="QUEUED").update(
        state=Message.State.RETAINED, frozen_at=at(FIRST_DAY)
    )

    with clock.as_of(at(FIRST_DAY, 11)):
        go_live(tenant=in_acme, user=owner, now=clock.now())
    in_acme.refresh_from_db()
    report = run(FIRST_DAY, hour=12)

    assert dict(report.steps) == {"FIRST": 1}
    assert list(Reminder.objects.filter(case=case).order_by("id").values_list("step", "state")) == [
        ("PRE_DUE", "CANCELLED"),
        ("FIRST", "CANCELLED"),
        ("FIRST", "PLANNED"),
    ]


def test_going_live_an_invoice_mail_that_was_retained_is_not_mailed(in_acme, owner):
    rehearsed, sent = late_case(), late_case(debtor("Garage Le Goff"))
    for case, state in ((rehearsed, "RETAINED"), (sent, "KEPT")):
        Message.objects.create(
            client=case.client,
            kind="INVOICE",
            state=state,
            facts={"invoice_id": case.invoice_id},
            frozen_at=at(day(2, 2)),
        )

    with clock.as_of(at(day(2, 3))):
        go_live(tenant=in_acme, user=owner, now=clock.now())
    run(day(2, 3))

    assert silence_of(rehearsed) == ("NOT_MAILED", None)
    sent.refresh_from_db()
    assert sent.mailed_on == day(2, 2)


def test_going_live_waives_what_a_rehearsed_notice_claimed(as_acme, owner):
    from dunning.notices import prepare_notices
    from invoices.models import Receivable
    from tenants.scope import tenant_atomic

    with tenant_atomic():
        walk_to_notice(late_case())
    prepare_notices(today=NOTICE_DAY, now=at(NOTICE_DAY))
    with tenant_atomic():
        Message.objects.filter(kind="FORMAL_NOTICE").update(
            state=Message.State.RETAINED, frozen_at=at(NOTICE_DAY)
        )
        with clock.as_of(at(NOTICE_DAY, 12)):
            go_live(tenant=as_acme, user=owner, now=clock.now())

        claims = Receivable.objects.exclude(kind="INSTALLMENT")
        assert [claim.balance for claim in claims] == [0, 0]
        letter = Message.objects.get(kind="FORMAL_NOTICE_LETTER")
        assert letter.state == Message.State.CANCELLED


def test_a_new_address_wakes_who_could_not_be_reached(in_acme):
    client = debtor()
    Person.objects.all().delete()
    case = late_case(client)
    run(FIRST_DAY)
    assert silence_of(case) == ("NO_CONTACT", None)

    with clock.as_of(at(day(3, 10))):
        add_person(
            client=client,
            facts={"name": "Paul", "email": "paul@morvan.example"},
            user=None,
            now=clock.now(),
        )

    assert silence_of(case) == ("", day(3, 10))


def test_a_removed_person_reaches_nobody(in_acme):
    case = late_case()
    with clock.as_of(at(FIRST_DAY)):
        remove_person(person=Person.objects.get(), user=None, now=clock.now())

    assert silence_of(case) == ("NO_CONTACT", None)


def test_a_client_who_turns_out_to_be_a_business_goes_on(in_acme):
    client = debtor(kind="CONSUMER", siren="")
    case = late_case(client)
    taken(case, "FIRST", FIRST_DAY)
    run(day(3, 13))
    assert silence_of(case)[0] == "KIND_NOT_COVERED"

    with clock.as_of(at(day(3, 16))):
        update_client(client=client, facts={"kind": "BUSINESS"}, user=None, now=clock.now())

    assert silence_of(case) == ("", day(3, 16))


def test_a_question_that_comes_up_outside_a_run_is_put_by_the_next_one(in_acme):
    case = late_case(debtor(firm_steps_alone=False))
    taken(case, "FIRST", FIRST_DAY)
    paused = pause(
        client=case.client,
        case=case,
        until=None,
        reason="",
        user=None,
        today=FIRST_DAY,
        now=at(FIRST_DAY),
    )
    resume(paused=paused, user=None, today=day(3, 20), now=at(day(3, 20)))
    assert silence_of(case) == ("AWAITING_APPROVAL", day(3, 20))

    run(day(3, 20))

    assert Approval.objects.get().state == Approval.State.ASKED
    assert silence_of(case) == ("AWAITING_APPROVAL", None)


def test_a_call_that_was_made_is_a_step_done_where_no_email_took_it(in_acme):
    client = debtor(email="")
    case = late_case(client)
    for step, on in (("PRE_DUE", PRE_DUE_DAY), ("FIRST", FIRST_DAY), ("FIRM", day(3, 13))):
        taken(case, step, on)
    run(LAST_DAY)
    task = message_of(case)
    assert (task.kind, task.state) == ("CALL_STEP", Message.State.TODO)

    finish_task(message=task, user=None, now=at(LAST_DAY, 15))

    assert Reminder.objects.get(step="LAST_CALL").state == Reminder.State.DONE


def test_a_message_taken_back_by_hand_is_not_decided_again_the_next_day(in_acme):
    case = late_case()
    run(FIRST_DAY)
    with clock.as_of(at(FIRST_DAY, 9)):
        cancel_message(message=message_of(case), reason="Cancelled by Camille.")

    assert silence_of(case) == ("PAUSED", None)
    assert run(day(3, 9)).messages == 0

    with clock.as_of(at(day(3, 10))):
        resume(paused=Pause.objects.get(), user=None, today=day(3, 10), now=clock.now())
    assert dict(run(day(3, 10)).steps) == {"FIRST": 1}


SLEEPERS = (
    "STOPPED",
    "LADDER_NOT_APPROVED",
    "NEVER_REMIND",
    "NOT_MAILED",
    "PAUSED",
    "DISPUTED",
    "NO_CONTACT",
    "UNDELIVERED",
    "IN_DOUBT",
    "BELOW_MINIMUM",
    "COVERED_BY_CREDIT",
    "KIND_NOT_COVERED",
    "AWAITING_APPROVAL",
)


@pytest.mark.parametrize("silence", SLEEPERS)
def test_a_silence_that_nothing_justifies_any_more_is_healed(in_acme, silence):
    case = late_case()
    Case.objects.update(silence=silence, next_action_on=None)

    assert heal(today=FIRST_DAY, now=at(FIRST_DAY)) == 1
    assert silence_of(case) == ("", FIRST_DAY)


def test_a_silence_that_facts_justify_is_left_alone(in_acme):
    case = late_case()
    set_preferences(
        client=case.client,
        user=None,
        today=FIRST_DAY,
        now=at(FIRST_DAY),
        no_pre_due=False,
        first_word_after_days=0,
        never_remind=True,
    )

    assert heal(today=FIRST_DAY, now=at(FIRST_DAY)) == 0
    assert silence_of(case) == ("NEVER_REMIND", None)


def test_cases_follow_balances_when_the_news_was_lost(in_acme):
    paid, owed, orphan = late_case(), late_case(), late_case()
    Case.objects.filter(pk=owed.pk).update(state="CLOSED", next_action_on=None)
    type(paid.receivable).objects.filter(pk=paid.receivable_id).update(allocated=1200)
    orphan.delete()

    assert heal(today=FIRST_DAY, now=at(FIRST_DAY)) == 3

    states = dict(Case.objects.values_list("receivable_id", "state"))
    assert states == {
        paid.receivable_id: "CLOSED",
        owed.receivable_id: "OPEN",
        orphan.receivable_id: "OPEN",
    }
    owed.refresh_from_db()
    assert owed.cycle == 2


def tasks(kind="CALL_TASK"):
    found = Message.objects.filter(kind=kind, state="TODO").order_by("id")
    return list(found.values_list("reason", "send_on"))


def test_a_debit_that_the_bank_refuses_wakes_the_ladder_and_asks_for_a_call(in_acme):
    case = late_case()
    link = link_for(case.receivable, now=at(day(3, 5)))
    attempt = Attempt.objects.create(
        link=link,
        account=make_sandbox_account(),
        expires_at=at(day(3, 30)),
        state=Attempt.State.PROCESSING,
        amount=case.receivable.balance,
        currency="EUR",
        processing_since=at(day(3, 5)),
    )
    attempt.targets.create(receivable=case.receivable)
    run(FIRST_DAY)
    assert silence_of(case)[0] == "PAYMENT_PENDING"

    with clock.as_of(at(day(3, 9))):
        attempt.targets.update(is_live=False)
        Attempt.objects.update(state=Attempt.State.FAILED)
        announce(payment_failed, sender=Attempt, attempt_id=attempt.pk)

    assert silence_of(case) == ("", day(3, 9))
    assert tasks() == [("The bank refused the payment of 1\xa0200,00\xa0€.", day(3, 9))]


def test_a_bounced_cheque_reopens_the_debt_and_asks_for_a_call(in_acme):
    case = late_case()
    payment = pay(case, "1200", on=day(3, 9))
    case.refresh_from_db()
    assert case.state == Case.State.CLOSED

    with clock.as_of(at(day(3, 12))):
        bounce_payment(payment=payment, now=clock.now(), user=None)

    case.refresh_from_db()
    assert (case.state, case.cycle) == (Case.State.OPEN, 2)
    assert tasks() == [
        ("The payment of 1\xa0200,00\xa0€ did not hold: Bounced cheque.", day(3, 12)),
    ]


def test_a_payment_undone_or_refunded_by_the_owner_asks_for_no_call(in_acme):
    undone, refunded = late_case(), late_case(debtor("Garage Le Goff"))
    first, second = pay(undone, "1200", on=day(3, 9)), pay(refunded, "1200", on=day(3, 9))

    with clock.as_of(at(day(3, 12))):
        undo_payment(payment=first, now=clock.now(), user=None)
        refund_payment(payment=second, amount=Decimal(1200), now=clock.now(), user=None)

    for case in (undone, refunded):
        case.refresh_from_db()
        assert case.state == Case.State.OPEN
    assert tasks() == []
