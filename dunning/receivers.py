"""What the apps below tell; each of these runs in its own savepoint, inside their transaction."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from clients.models import Message
from clients.signals import (
    client_changed,
    client_switched,
    message_cancelled,
    message_failed,
    message_left,
    task_finished,
)
from dunning.cases import (
    SAID,
    close_case,
    decide_anew,
    decide_clients_anew,
    follow_balances,
    note_disputed,
    note_mailed,
    open_cases,
    open_cases_of,
    reopen_case,
)
from dunning.failed_payments import note_gone_back, note_refused
from dunning.first_wave import lay_first_wave
from dunning.going_live import INVOICE_MAIL, forget_rehearsal
from dunning.ladder_rows import write_shipped_ladders
from dunning.models import Case, Reminder
from dunning.taking_back import DUNNING, note_taken_back
from dunning.unpaid import stand_as_before
from dunning.writing import take_steps_of, take_undelivered_steps_of
from invoices.models import PlanDebt, Receivable
from invoices.signals import (
    invoice_issued,
    plan_agreed,
    plan_ended,
    plan_proposed,
    receivable_changed,
    receivable_reopened,
    receivable_settled,
    receivables_imported,
)
from payments.models import AttemptTarget, Payment
from payments.signals import payment_failed, payment_pending, payment_recorded, payment_reversed
from tenants.clock import local, now, today
from tenants.signals import business_created, business_resumed, business_went_live
from tenants.wake import wake

RUN = "dunning.tasks.dun_tenant"


@receiver(business_created)
def give_ladders(**_: Any) -> None:
    write_shipped_ladders()


@receiver(invoice_issued)
def open_its_cases(invoice_id: int, **_: Any) -> None:
    open_cases_of(invoice_id, today=today())


@receiver(receivables_imported)
def take_in_imported(receivable_ids: list[int], disputed_ids: list[int], **_: Any) -> None:
    owed = Receivable.objects.filter(pk__in=receivable_ids, balance__gt=0)
    opened = open_cases(receivable_ids=list(owed.values_list("pk", flat=True)), today=today())
    known = set(receivable_ids).difference(opened)
    follow_balances(known, today=today(), now=now())
    note_disputed(disputed_ids, today=today())


@receiver(receivable_settled)
def close_its_case(receivable_id: int, by: str, **_: Any) -> None:
    for case in Case.objects.filter(receivable_id=receivable_id, state=Case.State.OPEN):
        close_case(case, by_money=by == "MONEY", by_plan=by == "PLAN", today=today(), now=now())


@receiver(receivable_reopened)
def reopen_its_case(receivable_id: int, by: str, **_: Any) -> None:
    for case in Case.objects.filter(receivable_id=receivable_id, state=Case.State.CLOSED):
        reopen_case(case, by_plan=by == "PLAN", today=today())


@receiver(plan_agreed)
def open_cases_of_parts(plan_id: int, **_: Any) -> None:
    parts = Receivable.objects.filter(plan_id=plan_id, kind=Receivable.Kind.INSTALLMENT)
    open_cases(receivable_ids=list(parts.values_list("pk", flat=True)), today=today())


@receiver([plan_proposed, plan_ended])
def weigh_offer(plan_id: int, **_: Any) -> None:
    """What is on offer is not asked for; what is no longer is asked for again."""
    debts = PlanDebt.objects.filter(plan_id=plan_id).values("receivable_id")
    cases = Case.objects.filter(receivable_id__in=debts, state=Case.State.OPEN)
    decide_anew(list(cases.values_list("pk", flat=True)), today=today())


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


@receiver(payment_failed)
def go_on_without_it(attempt_id: int, **_: Any) -> None:
    note_refused(attempt_id=attempt_id, today=today())


@receiver(payment_reversed)
def ask_why_it_went_back(payment_id: int, **_: Any) -> None:
    note_gone_back(payment_id=payment_id, today=today())


@receiver(payment_reversed)
def forget_a_mistake(payment_id: int, **_: Any) -> None:
    stand_as_before(payment_id=payment_id, today=today())


@receiver(message_left)
def note_sent(message_id: int, kind: str, state: str, **_: Any) -> None:
    if kind == INVOICE_MAIL and state in SAID:
        _note_invoice_mailed(Message.objects.get(pk=message_id))
        return
    if not take_steps_of(message_id):
        _note_left_after_all(message_id)


@receiver(task_finished)
def note_task_done(message_id: int, **_: Any) -> None:
    """A call made or a letter posted is its step taken, where no email took it."""
    take_steps_of(message_id)


@receiver(message_failed)
def note_not_delivered(message_id: int, state: str, **_: Any) -> None:
    ambiguous = state == Message.State.AMBIGUOUS
    reminders = Reminder.objects.filter(message_id=message_id)
    reminders.exclude(state=Reminder.State.CANCELLED).update(
        state=Reminder.State.AMBIGUOUS if ambiguous else Reminder.State.FAILED
    )
    decide_anew(list(reminders.values_list("case_id", flat=True)), today=today())


@receiver(message_cancelled)
def take_back(message_id: int, **_: Any) -> None:
    message = Message.objects.get(pk=message_id)
    if message.kind in DUNNING:
        note_taken_back(message, today=today(), now=now())


@receiver(client_switched)
@receiver(client_changed)
def decide_its_cases(client_id: int, **_: Any) -> None:
    """Stopped, resumed, reachable again, of another kind: each may change what comes next."""
    decide_clients_anew([client_id], today=today())


@receiver(business_resumed)
def wake_stopped_cases(**_: Any) -> None:
    """However many there are: the next run decides them."""
    Case.objects.filter(state=Case.State.OPEN, silence="STOPPED").update(next_action_on=today())
    wake(RUN)


@receiver(business_went_live)
def leave_rehearsal(**_: Any) -> None:
    forget_rehearsal(today=today(), now=now())
    lay_first_wave(today=today(), afresh=True)
    wake(RUN)


def _note_invoice_mailed(message: Message) -> None:
    day = local(message.sent_at or now()).date()
    cases = Case.objects.filter(invoice_id=message.facts.get("invoice_id"), mailed_on=None)
    note_mailed(list(cases.values_list("pk", flat=True)), on=day, today=day)


def _note_left_after_all(message_id: int) -> None:
    """A message in doubt, or sent again, did leave."""
    cases = take_undelivered_steps_of(message_id)
    if cases:
        decide_anew(cases, today=today())
