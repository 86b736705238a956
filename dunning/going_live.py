"""From the rehearsal to the real thing: what test mode retained was never said."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet
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
    mailed_in_rehearsal().update(mailed_on=None)
    for notice in Notice.objects.filter(message__in=retained, withdrawn_at=None):
        withdraw(notice, today=today, now=now)
    tasks = Message.objects.filter(kind__in=BY_HAND, state=Message.State.TODO)
    for notice in Notice.objects.filter(message__in=tasks, withdrawn_at=None):
        withdraw(notice, today=today, now=now)
    cases = list(rehearsed().values_list("case_id", flat=True))
    Reminder.objects.filter(pk__in=rehearsed().values("pk")).update(
        state=Reminder.State.CANCELLED, cancelled_why=_REHEARSED
    )
    retained.exclude(kind=INVOICE_MAIL).update(unique_key="")
    tasks.update(state=Message.State.CANCELLED, unique_key="", reason="")
    due = Case.objects.filter(state=Case.State.OPEN)
    (due.filter(pk__in=cases) | due.filter(mailed_on=None)).update(next_action_on=today)


def rehearsed() -> QuerySet[Reminder]:
    """The steps that test mode took, and that going live will take back."""
    never_said = Q(message__state=Message.State.RETAINED) | Q(
        message__state=Message.State.TODO, message__kind__in=BY_HAND
    )
    return Reminder.objects.filter(never_said).exclude(state=Reminder.State.CANCELLED)


def mailed_in_rehearsal() -> QuerySet[Case]:
    """Cases of which the only mail of the invoice was retained."""
    mails = Message.objects.filter(kind=INVOICE_MAIL).annotate(
        about=Cast(KT("facts__invoice_id"), IntegerField())
    )
    about = mails.filter(about=OuterRef("invoice_id"))
    left = about.filter(state__in=[Message.State.SENT, Message.State.KEPT])
    retained = about.filter(state=Message.State.RETAINED)
    return Case.objects.filter(Exists(retained), ~Exists(left), invoice__origin=Invoice.Origin.OWN)
