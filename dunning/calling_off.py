"""Steps that wait to be taken, taken back before they are: their messages lose them, or go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import QuerySet

from clients.models import Message
from clients.services import cancel_message
from dunning.cases import decide_anew
from dunning.going_live import rehearsed
from dunning.models import Reminder

_STOPPABLE = (Message.State.QUEUED, Message.State.CLAIMED, Message.State.TODO)


def said(reminders: QuerySet[Reminder]) -> QuerySet[Reminder]:
    """Those of which the client has heard, or is hearing; a rehearsal in test mode is not one."""
    done = reminders.exclude(state__in=[Reminder.State.CANCELLED, Reminder.State.FAILED])
    waiting = done.filter(state=Reminder.State.PLANNED, message__state__in=_STOPPABLE)
    return done.exclude(pk__in=waiting.values("pk")).exclude(pk__in=rehearsed().values("pk"))


def call_off_steps(
    reminders: QuerySet[Reminder], *, case_ids: Collection[int], why: str, today: dt.date
) -> None:
    """Take what waits out of its messages and decide these cases (ids) anew.

    The step is free again, and no pause is left behind: the owner takes back what he said, and the
    case stands where it stood before. A message that still speaks of other debts leaves without it.
    """
    waiting = reminders.filter(state=Reminder.State.PLANNED, message__state__in=_STOPPABLE)
    touched = set(waiting.values_list("message_id", flat=True))
    # before its message goes: a line that still waits then would be paused (`taking_back`)
    Reminder.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).update(
        state=Reminder.State.CANCELLED, cancelled_why="TAKEN_BACK"
    )
    for message in Message.objects.filter(pk__in=touched).order_by("pk"):
        if not Reminder.objects.filter(message=message, state=Reminder.State.PLANNED).exists():
            cancel_message(message=message, reason=why)
    decide_anew(case_ids, today=today)
