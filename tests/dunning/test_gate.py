"""The last look before a message leaves: each reason to stop it, and none to stop it wrongly."""

import datetime as dt
from decimal import Decimal

import pytest

from clients.kinds import Cancel, Hold, Send
from clients.models import Message
from clients.services import stop_client
from dunning.gate import notice_gate, reminder_gate, thanks_gate
from dunning.models import Approval, Reminder
from dunning.notices import prepare_notices
from dunning.services import (
    open_dispute,
    pause,
    record_promise,
    set_preferences,
    stop_invoice,
    take_step,
)
from invoices.models import Invoice, Receivable
from invoices.services import credit_invoice
from payments.models import Attempt
from tenants import clock
from tenants.scope import tenant_atomic
from tenants.services import stop
from tests.factories.dunning import (
    FIRST_DAY,
    NOTICE_DAY,
    at,
    day,
    debtor,
    late_case,
    message_of,
    pay,
    run,
    walk_to_notice,
)
from tests.factories.payments import link_for, make_sandbox_account

NOON = 12


@pytest.fixture
def queued(in_acme):
    """A first reminder decided at nine and waiting to leave."""
    case = late_case()
    run(FIRST_DAY)
    return case, message_of(case)


def look(message, on=FIRST_DAY, hour=NOON):
    message.refresh_from_db()
    with clock.as_of(at(on, hour)):
        return reminder_gate(message, at(on, hour))


def state_of(case):
    return Reminder.objects.filter(case=case).latest("id").state


def test_nothing_has_changed_it_leaves(queued):
    case, message = queued

    assert look(message) == Send()
    assert state_of(case) == Reminder.State.PLANNED


def test_the_tenants_red_switch_holds(queued, in_acme, owner):
    case, message = queued
    stop(tenant=in_acme, user=owner, now=at(FIRST_DAY, 10))

    assert isinstance(look(message), Hold)
    assert state_of(case) == Reminder.State.PLANNED


def test_the_clients_red_switch_holds(queued):
    case, message = queued
    stop_client(client=case.client, user=None, now=at(FIRST_DAY, 10))

    assert isinstance(look(message), Hold)


def test_the_invoices_red_switch_holds(queued):
    case, message = queued
    stop_invoice(invoice=case.invoice, user=None, today=FIRST_DAY, now=at(FIRST_DAY, 10))

    assert isinstance(look(message), Hold)


def test_a_day_off_holds(queued):
    _case, message = queued

    assert isinstance(look(message, day(3, 7)), Hold)  # Saturday
    assert look(message, day(3, 9)) == Send()


def test_money_on_its_way_cancels(queued):
    case, message = queued
    link = link_for(case.receivable, now=at(FIRST_DAY, 10))
    attempt = Attempt.objects.create(
        link=link,
        account=make_sandbox_account(),
        expires_at=at(day(3, 9)),
        state=Attempt.State.PROCESSING,
        amount=case.receivable.balance,
        currency="EUR",
        processing_since=at(FIRST_DAY, 10),
    )
    attempt.targets.create(receivable=case.receivable)

    assert isinstance(look(message), Cancel)
    assert state_of(case) == Reminder.State.CANCELLED


def test_the_clients_credit_cancels(queued):
    case, message = queued
    pay(case, "1200", on=FIRST_DAY, allocations={})

    assert isinstance(look(message), Cancel)


def test_a_payment_in_full_has_cancelled_the_message_before_the_gate(queued):
    case, message = queued

    pay(case, "1200", on=FIRST_DAY)

    message.refresh_from_db()
    assert message.state == Message.State.CANCELLED
    assert state_of(case) == Reminder.State.CANCELLED


def test_a_part_payment_cancels(queued):
    case, message = queued
    pay(case, "200", on=FIRST_DAY)

    assert isinstance(look(message), Cancel)


def test_a_cancelled_invoice_cancels(queued, owner):
    case, message = queued
    with clock.as_of(at(FIRST_DAY, 10)):
        credit_invoice(
            invoice=Invoice.objects.get(pk=case.invoice_id),
            reason="Wrong price",
            today=FIRST_DAY,
            now=at(FIRST_DAY, 10),
            user=owner,
        )

    message.refresh_from_db()
    assert message.state == Message.State.CANCELLED


SILENCES = {
    "pause": lambda case: pause(
        client=case.client,
        until=day(3, 20),
        reason="",
        user=None,
        today=FIRST_DAY,
        now=at(FIRST_DAY),
    ),
    "promise": lambda case: record_promise(
        case=case,
        amount=Decimal(1200),
        promised_for=day(3, 20),
        made_by="",
        channel="CALL",
        user=None,
        today=FIRST_DAY,
        now=at(FIRST_DAY),
    ),
    "dispute": lambda case: open_dispute(
        case=case, text="Wrong", user=None, today=FIRST_DAY, now=at(FIRST_DAY)
    ),
    "never remind": lambda case: set_preferences(
        client=case.client,
        user=None,
        today=FIRST_DAY,
        now=at(FIRST_DAY),
        no_pre_due=False,
        first_word_after_days=0,
        never_remind=True,
    ),
}


@pytest.mark.parametrize("silence", sorted(SILENCES))
def test_a_silence_that_came_meanwhile_cancels(queued, silence):
    case, message = queued
    SILENCES[silence](case)

    assert isinstance(look(message), Cancel)
    assert state_of(case) == Reminder.State.CANCELLED


def test_one_line_of_two_is_dropped_and_the_other_leaves(in_acme):
    client = debtor()
    first, second = late_case(client), late_case(client)
    run(FIRST_DAY)
    message = message_of(first)
    SILENCES["dispute"](second)

    assert look(message) == Send()
    assert message.facts["late"] == [first.pk]
    assert (state_of(first), state_of(second)) == ("PLANNED", "CANCELLED")


def test_an_approval_given_too_long_ago_is_asked_afresh(in_acme):
    case = late_case(debtor(firm_steps_alone=False))
    run(FIRST_DAY)
    Reminder.objects.update(state="DONE")
    run(day(3, 13))
    approval = Approval.objects.get()
    from dunning.services import grant

    grant(approval=approval, user=None, today=day(3, 13), now=at(day(3, 13)))
    run(day(3, 13), hour=10)
    message = message_of(case)

    late = day(3, 23)
    assert isinstance(look(message, late), Cancel)
    run(late)

    assert [each.state for each in Approval.objects.order_by("id")] == ["LAPSED", "ASKED"]


def test_a_message_sent_again_by_hand_speaks_of_its_lines(queued):
    case, message = queued
    Reminder.objects.update(state=Reminder.State.FAILED)

    assert look(message) == Send()
    assert state_of(case) == Reminder.State.PLANNED


def test_a_step_taken_by_hand_before_its_day_leaves(in_acme):
    case = late_case()
    message = take_step(case=case, user=None, today=day(3, 5), now=at(day(3, 5)))

    assert look(message, day(3, 5)) == Send()


def test_a_step_taken_by_hand_is_still_stopped_by_a_dispute(in_acme):
    case = late_case()
    message = take_step(case=case, user=None, today=FIRST_DAY, now=at(FIRST_DAY))
    SILENCES["dispute"](case)

    assert isinstance(look(message), Cancel)


def test_thanks_are_not_given_for_what_is_owed_again(in_acme):
    case = late_case()
    message = Message(client=case.client, kind="THANK_YOU", facts={"cases": [case.pk]})

    assert isinstance(thanks_gate(message, at(FIRST_DAY)), Cancel)


def test_thanks_that_a_failing_server_kept_until_saturday_leave_on_monday(in_acme):
    case = late_case()
    pay(case, "1200", on=FIRST_DAY)
    message = Message(client=case.client, kind="THANK_YOU", facts={"cases": [case.pk]})

    held = thanks_gate(message, at(day(3, 7)))

    assert isinstance(held, Hold)
    assert held.until == at(day(3, 9), in_acme.send_hour)
    assert thanks_gate(message, at(day(3, 9))) == Send()


@pytest.fixture
def notice(as_acme):
    """A formal notice approved, claimed and printed, waiting to leave."""
    with tenant_atomic():
        case = late_case()
        walk_to_notice(case)
    prepare_notices(today=NOTICE_DAY, now=at(NOTICE_DAY))
    with tenant_atomic():
        return case, Message.objects.get(kind="FORMAL_NOTICE")


def claims():
    return Receivable.objects.exclude(kind="INSTALLMENT").order_by("kind")


def look_at_notice(message):
    message.refresh_from_db()
    with clock.as_of(at(NOTICE_DAY, NOON)):
        return notice_gate(message, at(NOTICE_DAY, NOON))


def test_a_notice_without_its_paper_waits(as_acme):
    with tenant_atomic():
        walk_to_notice(late_case())
        message = Message.objects.get(kind="FORMAL_NOTICE")

        assert isinstance(look_at_notice(message), Hold)


def test_a_printed_notice_leaves(notice):
    _case, message = notice
    with tenant_atomic():
        assert look_at_notice(message) == Send()


def test_a_notice_is_withdrawn_when_part_is_paid_before_it_leaves(notice):
    case, message = notice
    with tenant_atomic():
        pay(case, "200", on=NOTICE_DAY)

        assert isinstance(look_at_notice(message), Cancel)
        assert [claim.balance for claim in claims()] == [0, 0]


def test_a_notice_is_withdrawn_when_all_is_paid_before_it_leaves(notice):
    case, message = notice
    with tenant_atomic():
        with clock.as_of(at(NOTICE_DAY, 11)):
            pay(case, "1200", on=NOTICE_DAY, allocations={case.receivable: Decimal(1200)})

        message.refresh_from_db()
        letter = Message.objects.get(kind="FORMAL_NOTICE_LETTER")
        assert (message.state, letter.state) == ("CANCELLED", "CANCELLED")
        assert [claim.balance for claim in claims()] == [0, 0]


def test_a_notice_whose_fee_was_waived_meanwhile_is_written_afresh(notice):
    from invoices.services import waive

    case, message = notice
    with tenant_atomic():
        fee = claims().first()
        waive(receivable=fee, reason="Good", today=NOTICE_DAY, now=at(NOTICE_DAY), user=None)

        assert isinstance(look_at_notice(message), Cancel)
        case.refresh_from_db()
        assert case.next_action_on == NOTICE_DAY


def test_an_evening_is_not_a_day_later(queued):
    """23:30 in Paris is still the same day for the client."""
    _case, message = queued
    late = dt.datetime(2026, 3, 6, 22, 30, tzinfo=dt.UTC)

    assert reminder_gate(message, late) == Send()
