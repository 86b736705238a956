"""A payment undone was never there: its debts stand where they stood, not at a new beginning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Q, Sum

from clients.models import Message
from dunning.cases import decide_anew
from dunning.models import Approval, Case, Promise, Reminder
from payments.models import Allocation, Movement, Payment

_HEARD = (
    Message.State.SENDING,
    Message.State.SENT,
    Message.State.KEPT,
    Message.State.AMBIGUOUS,
)


def stand_as_before(*, payment_id: int, today: dt.date) -> None:
    """Give reopened cases their cycle and their promise back, if nobody was thanked meanwhile.

    A bounced cheque or a refund reopens a debt for a new round of steps (`reopen_case`). A mistake
    of the owner's is no reason to ask the client for the first time again.
    """
    last = Movement.objects.filter(payment_id=payment_id).order_by("-sequence").first()
    if last is None or last.kind != Movement.Kind.UNDONE:
        return
    freed = Allocation.objects.filter(payment_id=payment_id, undone_at=last.recorded_at)
    sums = freed.order_by().values("receivable").annotate(sum=Sum("amount"))
    amounts = dict(sums.values_list("receivable", "sum"))
    cases = Case.objects.filter(
        receivable__in=amounts, state=Case.State.OPEN, cycle__gt=1
    ).select_related("receivable")
    back = [
        case
        for case in cases
        if case.receivable.balance == amounts[case.receivable_id]  # this payment had closed it
        and not _is_begun(case)
        and not was_thanked([case.pk], payment_id=payment_id)
    ]
    for case in back:
        case.cycle -= 1
        case.save(update_fields=["cycle"])
        kept = Promise.objects.filter(
            case=case, state=Promise.State.KEPT, promised_for__gte=today
        ).order_by("-id")
        Promise.objects.filter(pk__in=list(kept.values_list("pk", flat=True)[:1])).update(
            state=Promise.State.OPEN
        )
    decide_anew([case.pk for case in back], today=today)


def was_thanked(case_ids: Collection[int], *, payment_id: int) -> bool:
    """Whether a thank-you about one of these cases has left since the payment was recorded."""
    about = Q(pk=None)
    for pk in case_ids:
        about |= Q(facts__cases__contains=[pk])
    since = Payment.objects.filter(pk=payment_id).values("created_at")
    thanks = Message.objects.filter(kind="THANK_YOU", state__in=_HEARD, created_at__gte=since)
    return thanks.filter(about).exists()


def _is_begun(case: Case) -> bool:
    """Whether anything has been done in the new cycle."""
    same = {"case": case, "cycle": case.cycle}
    return Reminder.objects.filter(**same).exists() or Approval.objects.filter(**same).exists()
