"""From the rehearsal to the real thing: what test mode retained was never said."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, IntegerField, OuterRef
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from clients.models import Message
from dunning.models import Case, Notice, Reminder
from dunning.notices import withdraw
from dunning.todo import BY_HAND
from invoices.models import Invoice

INVOICE_MAIL = "INVOICE"
_REHEARSED = "TEST_MODE"


def forget_rehearsal(*, today: dt.date, now: dt.datetime) -> None:
    """Decide afresh every step that test mode retained; the next run says them for real.

    An invoice whose mail was retained is not mailed; calls and letters of the rehearsal are called
    off, and what its formal notices claimed is waived.
    """
    retained = Message.objects.filter(state=Message.State.RETAINED)
    _unmail()
    for notice in Notice.objects.filter(message__in=retained, withdrawn_at=None):
        withdraw(notice, today=today, now=now)
    tasks = Message.objects.filter(kind__in=BY_HAND, state=Message.State.TODO)
    for notice in Notice.objects.filter(message__in=tasks, withdrawn_at=None):
        withdraw(notice, today=today, now=now)
    said = Reminder.objects.filter(message__in=retained) | Reminder.objects.filter(
        message__in=tasks
    )
    cases = list(said.exclude(state=Reminder.State.CANCELLED).values_list("case_id", flat=True))
    Reminder.objects.filter(pk__in=said.values("pk")).exclude(
        state=Reminder.State.CANCELLED
    ).update(state=Reminder.State.CANCELLED, cancelled_why=_REHEARSED)
    retained.exclude(kind=INVOICE_MAIL).update(unique_key="")
    tasks.update(state=Message.State.CANCELLED, unique_key="", reason="")
    due = Case.objects.filter(state=Case.State.OPEN)
    (due.filter(pk__in=cases) | due.filter(mailed_on=None)).update(next_action_on=today)


def _unmail() -> None:
    """Take back "mailed" where the only mail of the invoice was retained."""
    mails = Message.objects.filter(kind=INVOICE_MAIL).annotate(
        about=Cast(KT("facts__invoice_id"), IntegerField())
    )
    about = mails.filter(about=OuterRef("invoice_id"))
    left = about.filter(state__in=[Message.State.SENT, Message.State.KEPT])
    rehearsed = about.filter(state=Message.State.RETAINED)
    Case.objects.filter(
        Exists(rehearsed), ~Exists(left), invoice__origin=Invoice.Origin.OWN
    ).update(mailed_on=None)
