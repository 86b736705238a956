"""Taking back a yes: transfers recorded together, ladders agreed to, steps approved or refused.

What has acted already stands, and is named with the reason; the rest stands as before the gesture.
Taking back twice is taking back once.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.errors import DomainError
from dunning.calling_off import call_off_steps, said
from dunning.models import Approval, Case, Pause, Profile, Reminder
from dunning.services.unsaying import end_pause
from dunning.unpaid import was_thanked
from invoices.ledger import lock_client
from payments.models import Allocation, Payment
from payments.services import undo_payment
from tenants.audit import record
from tenants.clock import local
from tenants.models import User
from tenants.scope import tenant_atomic

NOTICE = "FORMAL_NOTICE"


class CannotTakeBack(DomainError):
    """It has acted already."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is not taken back, and why not, in the owner's words."""

    client: Client
    why: str


@dataclass(slots=True)
class TakenBack:
    """What one gesture had done and does no more, by client, and what stands."""

    clients: list[Client] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)


@tenant_atomic()
def undo_transfers(*, key: uuid.UUID, user: User | None, now: dt.datetime) -> TakenBack:
    """Take back the payments that `record_transfers` recorded with this key.

    A payment whose thank-you has left, or of which something was given back, stands. Those undone
    before are in neither list.
    """
    found = TakenBack()
    payments = Payment.objects.filter(recorded_with=key, undone_at=None).select_related("client")
    for listed in payments.order_by("client_id", "id"):
        lock_client(listed.client_id)  # one order, everywhere: two of these wait for each other
        payment = Payment.objects.select_related("client").get(pk=listed.pk)
        if payment.undone_at is not None:
            continue
        if why := why_payment_stands(payment):
            found.standing.append(Standing(payment.client, why))
            continue
        undo_payment(payment=payment, now=now, user=user)
        found.clients.append(payment.client)
    return found


def why_payment_stands(payment: Payment) -> str:
    """Why a payment is not taken back with the others; empty: nothing has come of it yet."""
    if payment.reversed_amount:
        return str(_("part of the money has gone back already"))
    settled = Allocation.objects.filter(payment=payment, undone_at=None).values("receivable_id")
    cases = Case.objects.filter(receivable__in=settled).values_list("pk", flat=True)
    if was_thanked(list(cases), payment_id=payment.pk):
        return str(_("the thank-you has left"))
    return ""


@tenant_atomic()
def undo_plan(*, key: uuid.UUID, user: User | None, today: dt.date, now: dt.datetime) -> TakenBack:
    """Take back the yes to the ladders that were agreed to with this key, before anything left.

    A client who has heard from you since keeps his ladder. Who a client is, said with the yes, is
    a fact and stays.
    """
    found = TakenBack()
    for listed in Profile.objects.filter(agreed_with=key).order_by("client_id"):
        lock_client(listed.client_id)
        profile = Profile.objects.select_related("client").get(pk=listed.pk)
        if profile.agreed_with != key or profile.approved_at is None:
            continue
        cases = list(Case.objects.filter(client_id=profile.client_id).values_list("pk", flat=True))
        steps = Reminder.objects.filter(case_id__in=cases)
        if said(steps.filter(taken_on__gte=local(profile.approved_at).date())).exists():
            why = str(_("a reminder has left since"))
            found.standing.append(Standing(profile.client, why))
            continue
        profile.approved_at = profile.approved_by = None
        profile.firm_steps_alone = False
        profile.save(update_fields=["approved_at", "approved_by", "firm_steps_alone"])
        call_off_steps(steps, case_ids=cases, why=str(_("Your yes was taken back.")), today=today)
        record(act="undo_approve_ladder", subject=profile.client, user=user, at=now)
        found.clients.append(profile.client)
    return found


@tenant_atomic()
def undo_answer(
    *, approval: Approval, user: User | None, today: dt.date, now: dt.datetime
) -> list[Approval]:
    """Take back a yes or a no to a step: the question is open again.

    The lines of one formal notice are taken back together, as they were approved.

    Raises:
        CannotTakeBack: it has left or is leaving, or the question is not the same any more.
    """
    lock_client(approval.case.client_id)
    locked = Approval.objects.select_for_update(of=("self",)).get(pk=approval.pk)
    if locked.state == Approval.State.ASKED:
        return []
    answered = _answered_with(locked)
    cases = [each.case_id for each in answered]
    steps = Reminder.objects.filter(case_id__in=cases, step=locked.step, cycle=locked.cycle)
    _refuse_if_said(steps)
    for each in answered:
        was_no = each.state == Approval.State.REFUSED
        each.state, each.answered_by = Approval.State.ASKED, None
        if was_no:
            _end_its_pause(each, today)
        each.answered_on = None
        each.save(update_fields=["state", "answered_by", "answered_on"])
        record(act="undo_answer", subject=each.case, user=user, at=now, after={"step": each.step})
    call_off_steps(steps, case_ids=cases, why=str(_("Your yes was taken back.")), today=today)
    return answered


def _answered_with(locked: Approval) -> list[Approval]:
    """The question, and with a formal notice those that were answered by the same gesture."""
    if locked.state not in (Approval.State.GRANTED, Approval.State.REFUSED):
        raise CannotTakeBack(_("This question has been answered, or is asked afresh."))
    if locked.step != NOTICE or locked.state == Approval.State.REFUSED:
        return [Approval.objects.select_related("case__client").get(pk=locked.pk)]
    rows = Approval.objects.select_related("case__client").select_for_update(of=("self",))
    same = rows.filter(
        case__client=locked.case.client_id,
        step=NOTICE,
        state=Approval.State.GRANTED,
        answered_on=locked.answered_on,
        cycle=locked.cycle,
    )
    return list(same.order_by("id"))


def _refuse_if_said(steps: QuerySet[Reminder]) -> None:
    """Say what stands, and since when."""
    heard = said(steps).order_by("-id").select_related("message").first()
    if heard is None:
        return
    message = heard.message
    if message is not None and message.sent_at is not None:
        left = date_format(local(message.sent_at), "SHORT_DATETIME_FORMAT")
        raise CannotTakeBack(
            _("It left on %(day)s and stands: what a client has read cannot be called back."),
            day=left,
        )
    raise CannotTakeBack(_("It is leaving at this moment and stands."))


def _end_its_pause(approval: Approval, today: dt.date) -> None:
    """A no silenced the case until resumed; what was resumed or paused anew since stays."""
    if approval.answered_on is None:
        return
    running = Pause.objects.filter(
        case=approval.case, started_on=approval.answered_on, until=None, ended_on=None
    )
    for each in running:
        end_pause(each, today=today)
