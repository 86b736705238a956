"""A message that will not leave after all: its steps are free again, its claims are given up."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from clients.models import Message
from dunning.cases import decide_anew
from dunning.models import Case, Notice, Reminder
from dunning.notices import withdraw
from dunning.services.silencing import pause
from dunning.todo import call_off

DUNNING = ("PRE_DUE", "REMINDER", "FORMAL_NOTICE", "FORMAL_NOTICE_LETTER")


def note_taken_back(message: Message, *, today: dt.date, now: dt.datetime) -> None:
    """Free the steps of a cancelled message, and withdraw the notice it carried.

    The gate and the closing of a case have dealt with their lines before they cancel; lines that
    still wait were taken back by a human, who does not want them decided again: they are paused.
    """
    Message.objects.filter(pk=message.pk).update(unique_key="")  # another may be due today
    lines = Reminder.objects.filter(message=message)
    cases = list(lines.values_list("case_id", flat=True))
    waiting = list(lines.filter(state=Reminder.State.PLANNED).values_list("case_id", flat=True))
    lines.exclude(state=Reminder.State.DONE).update(state=Reminder.State.CANCELLED)
    for notice in Notice.objects.filter(message=message, withdrawn_at=None):
        withdraw(notice, today=today, now=now)
    if cases and message.client_id is not None:
        call_off(message.client_id, why=message.reason, without=cases, on=message.send_on)
    decide_anew(cases, today=today)
    for case in Case.objects.filter(pk__in=waiting).select_related("client"):
        pause(
            client=case.client,
            case=case,
            until=None,
            reason=_("A message was taken back."),
            user=None,
            today=today,
            now=now,
        )
