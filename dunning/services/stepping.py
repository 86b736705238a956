"""The next step now, by hand; and what is done outside: letters posted, invoices handed over."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from clients.models import Client, Message
from clients.services import finish_task
from core.errors import DomainError
from dunning.by_hand import plan_by_hand
from dunning.cases import decide_anew, note_mailed
from dunning.models import Approval, Case, Reminder
from dunning.policy import Act, Decision, Silent
from dunning.reasons import EXPLANATIONS, Reason
from dunning.todo import LETTER, cases_of, notice_of_letter
from dunning.writing import write_days
from invoices.ledger import lock_client
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic


class CannotTakeStep(DomainError):
    """The step may not be taken now, not even by hand."""


class TooMuch(DomainError):
    """The client has been told enough for today or this week; a human may insist."""


@tenant_atomic()
def take_step(
    *, case: Case, user: User | None, today: dt.date, now: dt.datetime, confirm: bool = False
) -> Message:
    """Take a case's next step now: before its day, and without asking for a yes.

    What silences the case (a dispute, the red switch) still does. Formal notices have a page of
    their own. `confirm` insists past two reminders in seven days and past one message a day.

    Raises:
        TooMuch: it needs `confirm`; never for consumers, who are refused.
        CannotTakeStep: with the reason.
    """
    lock_client(case.client_id)
    locked = Case.objects.select_related("client", "receivable").get(pk=case.pk)
    day, limited = plan_by_hand(locked, today=today)
    act = _allowed(locked, day.plan.decisions[locked.pk], today)
    if isinstance(limited, Silent):
        _insist(locked, confirm=confirm)
    Approval.objects.filter(case=locked, step=act.step.key, state=Approval.State.ASKED).update(
        state=Approval.State.GRANTED, answered_on=today, answered_by=user
    )
    (message, *_others) = write_days([day], today=today)
    decide_anew([locked.pk], today=today)
    record(act="step_by_hand", subject=locked, user=user, at=now, after={"step": act.step.key})
    return Message.objects.get(pk=message)


@tenant_atomic()
def mark_posted(
    *,
    letter: Message,
    posted_on: dt.date,
    registered_number: str,
    user: User | None,
    today: dt.date,
    now: dt.datetime,
) -> Message:
    """Note that a letter was posted, and under which number; its step counts as delivered.

    Raises:
        CannotTakeStep: not a letter, or a day to come or before the letter was written.
    """
    if letter.kind != LETTER:
        raise CannotTakeStep(_("This is not a letter to post."))
    if not (letter.send_on or posted_on) <= posted_on <= today:
        raise CannotTakeStep(_("It was posted between the day it was written and today."))
    done = finish_task(message=letter, user=user, now=now)
    done.facts["posted_on"] = posted_on.isoformat()
    done.facts["registered_number"] = registered_number
    if registered_number:
        done.channel = Message.Channel.REGISTERED_LETTER
    done.save(update_fields=["facts", "channel"])
    notice = notice_of_letter(done)
    about = [done.pk, *([notice.message_id] if notice else [])]
    reminders = Reminder.objects.filter(message_id__in=about)
    reminders.exclude(state=Reminder.State.CANCELLED).update(state=Reminder.State.DONE)
    decide_anew(cases_of(done), today=today)
    record(
        act="letter_posted",
        subject=done,
        user=user,
        at=now,
        after={"on": posted_on, "number": registered_number},
    )
    return done


@tenant_atomic()
def mark_mailed(
    *, case: Case, mailed_on: dt.date, user: User | None, today: dt.date, now: dt.datetime
) -> None:
    """Note that the invoice reached the client by other means: its reminders may start.

    Raises:
        CannotTakeStep: on a day to come, or before the invoice was issued.
    """
    lock_client(case.client_id)
    issued_on = case.invoice.issued_on
    if mailed_on > today or (issued_on and mailed_on < issued_on):
        raise CannotTakeStep(_("It was sent between the day of issue and today."))
    cases = Case.objects.filter(invoice_id=case.invoice_id, mailed_on=None)
    note_mailed(list(cases.values_list("pk", flat=True)), on=mailed_on, today=today)
    record(act="invoice_mailed", subject=case, user=user, at=now, after={"on": mailed_on})


def _allowed(case: Case, decision: Decision, today: dt.date) -> Act:
    if not isinstance(decision, Act):
        reason = decision.reason or Reason.FINISHED
        raise CannotTakeStep(_(EXPLANATIONS[reason].plain), step=_label(decision))
    if decision.step.is_formal_notice:
        raise CannotTakeStep(
            _("A formal notice leaves from its own page, once it is put to you for approval.")
        )
    if not decision.channels:
        raise CannotTakeStep(_("The next move is a decision of yours: hand over, or let go."))
    if not decision.step.is_pre_due and today <= case.receivable.due_on:
        raise CannotTakeStep(_("It is not due yet: there is nothing to remind of."))
    return decision


def _insist(case: Case, *, confirm: bool) -> None:
    if case.client.kind == Client.Kind.CONSUMER:
        raise CannotTakeStep(_("A private person gets no more than two reminders in seven days."))
    if not confirm:
        raise TooMuch(
            _("This client has had a reminder today, or two in seven days. Send it all the same?")
        )


def _label(decision: Decision) -> str:
    return decision.step.label if decision.step else ""
