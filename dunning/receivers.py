"""What the apps below tell; each of these runs in its own savepoint, inside their transaction."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from clients.models import Message
from clients.signals import message_cancelled, message_failed, message_left
from dunning.cases import (
    SAID,
    close_case,
    decide_anew,
    decide_clients_anew,
    open_cases,
    reopen_case,
)
from dunning.ladder_rows import write_shipped_ladders
from dunning.models import Case, Reminder
from invoices.models import Receivable
from invoices.signals import (
    invoice_issued,
    receivable_changed,
    receivable_reopened,
    receivable_settled,
)
from payments.models import AttemptTarget, Payment
from payments.signals import payment_pending, payment_recorded, payment_reversed
from tenants.clock import local, now, today
from tenants.signals import business_created

INVOICE_MAIL = "INVOICE"


@receiver(business_created)
def give_ladders(**_: Any) -> None:
    write_shipped_ladders()


@receiver(invoice_issued)
def open_its_cases(invoice_id: int, **_: Any) -> None:
    receivables = Receivable.objects.filter(invoice_id=invoice_id).select_related("invoice")
    open_cases(receivables=list(receivables), today=today())


@receiver(receivable_settled)
def close_its_case(receivable_id: int, by: str, **_: Any) -> None:
    for case in Case.objects.filter(receivable_id=receivable_id, state=Case.State.OPEN):
        close_case(case, by_money=by == "MONEY", today=today(), now=now())


@receiver(receivable_reopened)
def reopen_its_case(receivable_id: int, **_: Any) -> None:
    for case in Case.objects.filter(receivable_id=receivable_id, state=Case.State.CLOSED):
        reopen_case(case, today=today())


@receiver(receivable_changed)
def note_part_payment(receivable_id: int, by: str, **_: Any) -> None:
    receivable = Receivable.objects.get(pk=receivable_id)
    cases = Case.objects.filter(receivable_id=receivable_id, state=Case.State.OPEN)
    if by == "MONEY":
        cases.update(part_paid_on=today() if receivable.allocated > 0 else None)
    decide_anew(list(cases.values_list("pk", flat=True)), today=today())


@receiver([payment_recorded, payment_reversed])
def weigh_credit(payment_id: int, **_: Any) -> None:
    """A client's credit changes what is left to ask for."""
    client_id = Payment.objects.values_list("client_id", flat=True).get(pk=payment_id)
    decide_clients_anew([client_id], today=today())


@receiver(payment_pending)
def wait_for_the_bank(attempt_id: int, **_: Any) -> None:
    targets = AttemptTarget.objects.filter(attempt_id=attempt_id)
    cases = Case.objects.filter(receivable__in=targets.values("receivable_id"))
    decide_anew(list(cases.values_list("pk", flat=True)), today=today())


@receiver(message_left)
def note_sent(message_id: int, state: str, **_: Any) -> None:
    message = Message.objects.get(pk=message_id)
    if message.kind == INVOICE_MAIL and state in SAID:
        day = local(message.sent_at or now()).date()
        cases = Case.objects.filter(invoice_id=message.facts.get("invoice_id"), mailed_on=None)
        ids = list(cases.values_list("pk", flat=True))
        cases.update(mailed_on=day)
        decide_anew(ids, today=day)
    Reminder.objects.filter(message_id=message_id, state=Reminder.State.PLANNED).update(
        state=Reminder.State.DONE
    )


@receiver(message_failed)
def note_not_delivered(message_id: int, state: str, **_: Any) -> None:
    ambiguous = state == Message.State.AMBIGUOUS
    reminders = Reminder.objects.filter(message_id=message_id)
    reminders.exclude(state=Reminder.State.CANCELLED).update(
        state=Reminder.State.AMBIGUOUS if ambiguous else Reminder.State.FAILED
    )
    decide_anew(list(reminders.values_list("case_id", flat=True)), today=today())


@receiver(message_cancelled)
def take_back(message_id: int, reason: str, **_: Any) -> None:
    reminders = Reminder.objects.filter(message_id=message_id, state=Reminder.State.PLANNED)
    ids = list(reminders.values_list("case_id", flat=True))
    reminders.update(state=Reminder.State.CANCELLED, cancelled_why=reason[:40])
    decide_anew(ids, today=today())
