"""Taking back a yes to ladders or steps, and what was noted by hand."""

import datetime as dt
import uuid

import pytest

from clients.models import Message
from core.errors import DomainError
from dunning.models import Approval, Pause, Profile, Promise, Reminder
from dunning.next_run import leaving_on
from dunning.services import (
    approve_plan,
    grant,
    open_dispute,
    pause,
    record_promise,
    refuse,
    resolve_dispute,
    undo_answer,
    undo_dispute,
    undo_pause,
    undo_plan,
    undo_promise,
)
from invoices.models import Receivable
from tenants import clock
from tenants.models import AuditEntry
from tests.factories.dunning import (
    FIRM_DAY,
    FIRST_DAY,
    NOTICE_DAY,
    at,
    debtor,
    late_case,
    run,
    steps_of,
    taken,
    walk_to_notice,
)

EVENING = dt.date(2026, 3, 5)
NOW = dt.datetime(2026, 3, 5, 17, 30, tzinfo=dt.UTC)
SOON = NOW + dt.timedelta(minutes=2)
KEY = uuid.UUID("5f2c6c0e-6a0f-4b8e-9f51-0c4b8a7d2f10")


@pytest.fixture
def evening(in_acme):
    """The evening before two first reminders leave."""
    with clock.as_of(NOW):
        yield in_acme


# a yes to ladders --------------------------------------------------------------------------------


def agreed(*clients, on=EVENING):
    return approve_plan(
        client_ids=[client.pk for client in clients],
        kinds={client.pk: "BUSINESS" for client in clients},
        user=None,
        today=on,
        now=at(on),
        firm_steps_alone=True,
        key=KEY,
    )


def undo_agreed(on=EVENING):
    found = undo_plan(key=KEY, user=None, today=on, now=at(on, 18))
    return (
        sorted(client.name for client in found.clients),
        sorted((each.client.name, each.why) for each in found.standing),
    )


def approvals_of_ladders():
    rows = Profile.objects.order_by("client__name")
    return list(rows.values_list("client__name", "approved_at", "firm_steps_alone"))


def test_a_yes_to_many_ladders_is_taken_back_before_anything_has_left(evening):
    morvan, audrain = debtor(approved=False), debtor("Cabinet Audrain", approved=False)
    late_case(morvan)
    late_case(audrain)
    assert agreed(morvan, audrain) == 2
    assert len(leaving_on(FIRST_DAY)) == 2

    assert undo_agreed() == (["Cabinet Audrain", "Garage Morvan"], [])

    nobody = [("Cabinet Audrain", None, False), ("Garage Morvan", None, False)]
    assert approvals_of_ladders() == nobody
    assert leaving_on(FIRST_DAY) == []
    assert undo_agreed() == ([], [])


def test_a_reminder_that_waits_goes_with_the_yes_and_pauses_nothing(evening):
    client = debtor(approved=False)
    case = late_case(client)
    agreed(client)
    run(FIRST_DAY)
    assert Message.objects.get(kind="REMINDER").state == "QUEUED"

    assert undo_agreed(FIRST_DAY) == (["Garage Morvan"], [])

    assert Message.objects.get(kind="REMINDER").state == "CANCELLED"
    case.refresh_from_db()
    assert (steps_of(case), case.silence, Pause.objects.count()) == ([], "LADDER_NOT_APPROVED", 0)


def test_who_has_heard_since_keeps_his_ladder_and_is_named(evening):
    morvan, audrain = debtor(approved=False), debtor("Cabinet Audrain", approved=False)
    heard = late_case(morvan)
    late_case(audrain)
    agreed(morvan, audrain)
    taken(heard, "FIRST", FIRST_DAY)

    taken_back, standing = undo_agreed(FIRST_DAY)

    assert taken_back == ["Cabinet Audrain"]
    assert standing == [("Garage Morvan", "a reminder has left since")]
    assert [row[1] is None for row in approvals_of_ladders()] == [True, False]


def test_after_taking_back_one_can_agree_again(evening):
    client = debtor(approved=False)
    late_case(client)
    agreed(client)
    undo_agreed()

    assert agreed(client) == 1
    assert len(leaving_on(FIRST_DAY)) == 1


# a yes or a no to a step -------------------------------------------------------------------------


def asked_firm():
    case = late_case(debtor(firm_steps_alone=False))
    taken(case, "FIRST", FIRST_DAY)
    run(FIRM_DAY)
    return Approval.objects.get()


def undo_yes(approval, on=FIRM_DAY):
    return undo_answer(approval=approval, user=None, today=on, now=at(on, 18))


def test_a_yes_is_taken_back_while_its_reminder_waits(in_acme):
    approval = asked_firm()
    grant(approval=approval, user=None, today=FIRM_DAY, now=at(FIRM_DAY))
    run(FIRM_DAY, hour=10)
    assert Message.objects.get(kind="REMINDER").state == "QUEUED"

    assert undo_yes(approval) == [approval]

    approval.refresh_from_db()
    assert (approval.state, approval.answered_on) == (Approval.State.ASKED, None)
    assert Message.objects.get(kind="REMINDER").state == "CANCELLED"
    assert Pause.objects.count() == 0
    assert (undo_yes(approval), AuditEntry.objects.filter(act="undo_answer").count()) == ([], 1)


def test_what_has_left_stands_and_is_said(in_acme):
    approval = asked_firm()
    grant(approval=approval, user=None, today=FIRM_DAY, now=at(FIRM_DAY))
    run(FIRM_DAY, hour=10)
    Message.objects.filter(kind="REMINDER").update(
        state="SENT", sent_at=at(FIRM_DAY, 10), frozen_at=at(FIRM_DAY)
    )
    Reminder.objects.filter(step="FIRM").update(state=Reminder.State.DONE)

    with pytest.raises(DomainError, match="stands: what a client has read"):
        undo_yes(approval)

    approval.refresh_from_db()
    assert approval.state == Approval.State.GRANTED


def test_a_no_is_taken_back_with_the_pause_that_it_made(in_acme):
    approval = asked_firm()
    refuse(approval=approval, user=None, today=FIRM_DAY, now=at(FIRM_DAY))

    undo_yes(approval)

    approval.refresh_from_db()
    assert approval.state == Approval.State.ASKED
    assert Pause.objects.filter(ended_on=None).count() == 0


def test_a_formal_notice_taken_back_waives_what_it_claimed(in_acme):
    approval = walk_to_notice(late_case())

    undo_yes(approval, NOTICE_DAY)

    approval.refresh_from_db()
    assert approval.state == Approval.State.ASKED
    assert Message.objects.get(kind="FORMAL_NOTICE").state == "CANCELLED"
    assert list(Receivable.objects.filter(balance__gt=0).values_list("kind", flat=True)) == [
        "INSTALLMENT"
    ]


# pauses, promises, disputes ----------------------------------------------------------------------


def paused(case, until):
    return pause(
        client=case.client, case=case, until=until, reason="", user=None, today=EVENING, now=NOW
    )


def promised(case, day):
    return record_promise(
        case=case,
        amount=case.receivable.balance,
        promised_for=day,
        made_by="Anne Morvan",
        channel="CALL",
        user=None,
        today=EVENING,
        now=NOW,
    )


def promise_of(case):
    return Promise.objects.filter(case=case).latest("id")


def test_a_pause_undone_lets_the_one_before_run_again(in_acme):
    case = late_case()
    first = paused(case, None)
    second = paused(case, EVENING + dt.timedelta(days=1))

    undo_pause(paused=second, user=None, today=EVENING, now=SOON)
    undo_pause(paused=second, user=None, today=EVENING, now=SOON)

    running = Pause.objects.filter(ended_on=None)
    assert list(running) == [first]
    assert AuditEntry.objects.filter(act="undo_pause").count() == 1


def test_a_promise_undone_lets_the_one_before_hold_again(in_acme):
    case = late_case()
    first = promised(case, EVENING + dt.timedelta(days=9))
    second = promised(case, EVENING + dt.timedelta(days=2))

    undo_promise(promise=second, user=None, today=EVENING, now=SOON)
    undo_promise(promise=second, user=None, today=EVENING, now=SOON)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (Promise.State.OPEN, Promise.State.WITHDRAWN)
    case.refresh_from_db()
    assert case.silence == "PROMISED"


def test_a_promise_that_was_broken_stays(in_acme):
    promise = promised(late_case(), EVENING)
    Promise.objects.filter(pk=promise.pk).update(state=Promise.State.BROKEN)

    with pytest.raises(DomainError, match="has come to its day"):
        undo_promise(promise=promise, user=None, today=FIRST_DAY, now=at(FIRST_DAY))


def test_a_dispute_undone_is_told_to_nobody_and_another_may_be_opened(in_acme):
    case = late_case()
    dispute = open_dispute(case=case, text="Rayures", user=None, today=EVENING, now=NOW)

    undo_dispute(dispute=dispute, user=None, today=EVENING, now=SOON)
    undo_dispute(dispute=dispute, user=None, today=EVENING, now=SOON)

    case.refresh_from_db()
    assert (case.silence, Message.objects.count()) == ("NOT_YET", 0)
    again = open_dispute(case=case, text="Porte", user=None, today=EVENING, now=SOON)
    assert again.state == "OPEN"


def test_a_dispute_that_is_settled_stays(in_acme):
    dispute = open_dispute(case=late_case(), text="Rayures", user=None, today=EVENING, now=NOW)
    resolve_dispute(dispute=dispute, resolution="Remise", user=None, today=EVENING, now=NOW)

    with pytest.raises(DomainError, match="the client has been told"):
        undo_dispute(dispute=dispute, user=None, today=EVENING, now=SOON)
