"""A formal notice claims each thing once: taken back and written afresh, in two currencies."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from clients.handing import recover_claim
from clients.kinds import Cancel, Send
from clients.models import Message
from clients.services import cancel_message
from clients.services.doubt import confirm_left
from dunning.cases import decide_anew
from dunning.claims import claim_of
from dunning.gate import notice_gate
from dunning.models import Approval, Case, Notice, Pause, Reminder
from dunning.notices import prepare_notices
from dunning.panels import client_panel
from dunning.proposals import propose
from dunning.services import grant, mark_posted, resume
from invoices.models import Receivable
from invoices.services import waive
from reports.late import late_query, late_rows
from reports.today import read_brief
from tenants import clock
from tenants.models import Role
from tenants.scope import tenant_atomic
from tests.factories.dunning import (
    FIRM_DAY,
    FIRST_DAY,
    LAST_DAY,
    NOTICE_DAY,
    PRE_DUE_DAY,
    at,
    day,
    debtor,
    late_case,
    pay,
    run,
    taken,
    walk_to_notice,
)

NEXT_DAY = day(4, 7)  # Easter is in between: 3 April is Good Friday, the 6th a holiday
LATER_DAY = day(4, 20)
AMICABLE = (
    ("PRE_DUE", PRE_DUE_DAY),
    ("FIRST", FIRST_DAY),
    ("FIRM", FIRM_DAY),
    ("LAST_CALL", LAST_DAY),
)


@pytest.fixture
def prepared(as_acme):
    """A formal notice approved, claimed and printed, waiting to leave."""
    with tenant_atomic():
        case = late_case()
        walk_to_notice(case)
    print_on(NOTICE_DAY)
    return case


def print_on(today):
    prepare_notices(today=today, now=at(today))


def mail():
    return Message.objects.filter(kind="FORMAL_NOTICE").latest("id")


def look(today):
    """What the worker does at noon: the gate, and the end it leads to."""
    message = mail()
    with clock.as_of(at(today, 12)):
        verdict = notice_gate(message, at(today, 12))
        if isinstance(verdict, Cancel):
            cancel_message(message=message, reason=verdict.reason)
    return verdict


def open_claims():
    rows = Receivable.objects.exclude(kind="INSTALLMENT").filter(balance__gt=0)
    return {row.kind: row.balance for row in rows.order_by("kind")}


def take_back_and_resume(today):
    """The owner takes the notice back, thinks again, and lets it be written afresh."""
    with clock.as_of(at(today, 12)):
        cancel_message(message=mail(), reason="Wait")
        for paused in Pause.objects.filter(ended_on=None):
            resume(paused=paused, user=None, today=today, now=at(today, 12))


def ask_again(today):
    """The run puts the question, or acts on a yes that still holds; then the paper."""
    with tenant_atomic():
        run(today)
        for approval in Approval.objects.filter(state=Approval.State.ASKED):
            grant(approval=approval, user=None, today=today, now=at(today))
        run(today, hour=10)
    print_on(today)


def test_a_notice_taken_back_claims_nothing(prepared):
    with tenant_atomic():
        assert open_claims() == {"LATE_FEE": Decimal("11.98"), "RECOVERY_INDEMNITY": Decimal(40)}

        take_back_and_resume(NOTICE_DAY)

        assert open_claims() == {}
        assert Notice.objects.get().withdrawn_at == at(NOTICE_DAY, 12)


def test_a_notice_written_afresh_claims_once_as_of_its_own_day(prepared):
    with tenant_atomic():
        take_back_and_resume(NOTICE_DAY)

    ask_again(NEXT_DAY)

    with tenant_atomic():
        first, second = Notice.objects.order_by("id")
        # 34 days after 4 March at 12.15 %: 1,200 × 12.15 % × 34 / 365
        assert (second.principal, second.interest, second.indemnity) == (
            Decimal(1200),
            Decimal("13.58"),
            Decimal(40),
        )
        assert open_claims() == {"LATE_FEE": Decimal("13.58"), "RECOVERY_INDEMNITY": Decimal(40)}
        assert second.number != first.number


def test_a_notice_taken_back_twice_is_still_claimed_once(prepared):
    with tenant_atomic():
        take_back_and_resume(NOTICE_DAY)
    ask_again(NEXT_DAY)
    with tenant_atomic():
        take_back_and_resume(NEXT_DAY)
    ask_again(day(4, 8))

    with tenant_atomic():
        last = Notice.objects.latest("id")
        assert open_claims() == {"LATE_FEE": last.interest, "RECOVERY_INDEMNITY": Decimal(40)}
        assert last.interest == Decimal("13.98")  # 35 days


def test_what_the_owner_waived_is_not_claimed_by_the_next_notice(prepared):
    with tenant_atomic():
        indemnity = Receivable.objects.get(kind="RECOVERY_INDEMNITY")
        with clock.as_of(at(NOTICE_DAY, 11)):
            waive(
                receivable=indemnity,
                reason="A good client",
                today=NOTICE_DAY,
                now=at(NOTICE_DAY, 11),
                user=None,
            )
        assert isinstance(look(NOTICE_DAY), Cancel)

    ask_again(NOTICE_DAY)

    with tenant_atomic():
        assert Notice.objects.latest("id").indemnity == 0
        assert open_claims() == {"LATE_FEE": Decimal("11.98")}


def test_what_was_paid_of_a_claim_taken_back_is_not_asked_again(prepared):
    with tenant_atomic():
        indemnity = Receivable.objects.get(kind="RECOVERY_INDEMNITY")
        pay(prepared, "15", on=NOTICE_DAY, allocations={indemnity: Decimal(15)})
        assert isinstance(look(NOTICE_DAY), Cancel)

    ask_again(NOTICE_DAY)

    with tenant_atomic():
        assert Notice.objects.latest("id").indemnity == Decimal(25)
        assert open_claims()["RECOVERY_INDEMNITY"] == Decimal(25)


def test_a_claim_of_an_earlier_notice_is_stated_again_and_not_made_twice(prepared):
    with tenant_atomic():
        receivable = Case.objects.get().receivable
        claim = claim_of(receivable, today=NEXT_DAY)

        assert sorted(claim.standing.values()) == [Decimal("11.98"), Decimal(40)]
        assert (claim.interest, claim.indemnity) == (Decimal("13.58"), Decimal(40))


def test_a_notice_that_was_posted_is_not_withdrawn_when_its_email_is(prepared):
    with tenant_atomic():
        with clock.as_of(at(NOTICE_DAY, 11)):
            mark_posted(
                letter=Message.objects.get(kind="FORMAL_NOTICE_LETTER"),
                posted_on=NOTICE_DAY,
                registered_number="1A 234",
                user=None,
                today=NOTICE_DAY,
                now=at(NOTICE_DAY, 11),
            )
        assert look(NOTICE_DAY) == Send()
        pay(prepared, "200", on=NOTICE_DAY)

        assert isinstance(look(NOTICE_DAY), Cancel)

        assert Notice.objects.get().withdrawn_at is None
        assert open_claims() == {"LATE_FEE": Decimal("11.98"), "RECOVERY_INDEMNITY": Decimal(40)}
        assert Reminder.objects.get(step="FORMAL_NOTICE").state == Reminder.State.DONE


@pytest.fixture
def two_currencies(as_acme):
    """Two debts of one client, in euros and in dollars, whose notices were agreed to."""
    with tenant_atomic():
        client = debtor()
        euros, dollars = late_case(client), late_case(client, net="500")
        Receivable.objects.filter(pk=dollars.receivable_id).update(currency="USD")
        for case in (euros, dollars):
            for step, on in AMICABLE:
                taken(case, step, on)
        decide_anew([euros.pk, dollars.pk], today=LAST_DAY)
        run(NOTICE_DAY)
        return euros, dollars


def test_a_proposal_has_one_currency_and_names_what_stays_out(two_currencies):
    euros, dollars = two_currencies
    with tenant_atomic():
        in_euros = propose(euros.client, currency="EUR", today=NOTICE_DAY)
        in_dollars = propose(euros.client, currency="USD", today=NOTICE_DAY)

        assert [line.case for line in in_euros.lines] == [euros]
        assert [line.case for line in in_euros.left_out] == [dollars]
        assert (in_euros.notice.total, in_euros.notice.currency) == (Decimal("1251.98"), "EUR")
        assert (in_dollars.notice.total, in_dollars.notice.currency) == (Decimal("605.99"), "USD")


def test_two_currencies_are_two_notices_on_two_days(two_currencies):
    _euros, dollars = two_currencies
    ask_again(NOTICE_DAY)
    with tenant_atomic():
        assert [notice.currency for notice in Notice.objects.all()] == ["EUR"]
        dollars.refresh_from_db()
        assert (dollars.silence, dollars.next_action_on) == ("MERGED", NEXT_DAY)

    ask_again(NEXT_DAY)

    with tenant_atomic():
        found = Notice.objects.order_by("id").values_list("currency", "principal", "indemnity")
        assert list(found) == [
            ("EUR", Decimal(1200), Decimal(40)),
            ("USD", Decimal(600), Decimal(0)),
        ]


def leave_in_doubt(today):
    """The worker died while the server had the mail: another one repairs its claim."""
    claim_id = uuid.uuid4()
    with tenant_atomic():
        Message.objects.filter(pk=mail().pk).update(
            state=Message.State.SENDING, claim_id=claim_id, frozen_at=at(today, 12)
        )
    with clock.as_of(at(today, 13)):
        recover_claim(claim_id, at(today, 13))


def test_a_notice_in_doubt_is_never_sent_again_by_itself(prepared):
    leave_in_doubt(NOTICE_DAY)

    for today in (NOTICE_DAY, NEXT_DAY, LATER_DAY, LATER_DAY + dt.timedelta(days=60)):
        with tenant_atomic():
            run(today, hour=14)
        print_on(today)

    with tenant_atomic():
        assert mail().state == Message.State.AMBIGUOUS
        assert Message.objects.filter(kind="FORMAL_NOTICE").count() == 1
        prepared.refresh_from_db()
        assert (prepared.silence, prepared.next_action_on) == ("IN_DOUBT", None)
        assert open_claims() == {"LATE_FEE": Decimal("11.98"), "RECOVERY_INDEMNITY": Decimal(40)}


def test_what_is_in_doubt_is_said_to_be_unknown_and_what_may_be_done(prepared):
    leave_in_doubt(NOTICE_DAY)

    with tenant_atomic(), clock.as_of(at(NOTICE_DAY, 14)):
        (row,) = client_panel(prepared.client)["rows"]
        (late,) = late_rows(list(late_query(NOTICE_DAY)), NOTICE_DAY)

    unknown = (
        "It is not known whether the last message left:"
        " open it, then send it again or record it as sent."
    )
    assert (row.next_line, late.next) == (unknown, unknown)
    assert (row.chip, late.chip) == ("AMBIGUOUS", "AMBIGUOUS")


def test_a_notice_in_doubt_is_put_to_the_owner(prepared, as_acme):
    leave_in_doubt(NOTICE_DAY)

    with tenant_atomic():
        found = read_brief(tenant=as_acme, role=Role.OWNER, today=NOTICE_DAY, show="mails").work
    assert [(row.task.kind, row.task.why, row.task.action_label) for row in found.rows] == [
        ("Formal notice", "Sending was interrupted: it may have left.", "Decide")
    ]


def test_a_notice_in_doubt_that_was_found_to_have_left_is_a_step_taken(prepared):
    leave_in_doubt(NOTICE_DAY)

    with tenant_atomic(), clock.as_of(at(NEXT_DAY)):
        confirm_left(message=mail(), user=None, now=at(NEXT_DAY))

        step = Reminder.objects.get(case=prepared, step="FORMAL_NOTICE")
        prepared.refresh_from_db()
        assert (step.state, prepared.silence) == (Reminder.State.DONE, "NOT_YET")
        assert prepared.next_step == "HAND_OVER"
