"""The sweep that makes lost news harmless: cases follow facts, whatever was announced.

Short transactions, one client's lock at a time.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from clients.models import Client, Person
from dunning.cases import close_case, decide_anew, open_cases, reopen_case
from dunning.models import Approval, Case, Dispute, Pause, Profile, Reminder
from invoices.ledger import lock_client
from invoices.models import Invoice, Receivable
from tenants.models import Business, Tenant
from tenants.scope import current_tenant, tenant_atomic

MOST = 500  # of each kind a day: healing is for the exception


def heal(*, today: dt.date, now: dt.datetime) -> int:
    """Mend what lost news has left behind; return how many cases were mended."""
    with tenant_atomic():
        settled = list(_settled().values_list("pk", "client_id")[:MOST])
        unsettled = list(_unsettled().values_list("pk", "client_id")[:MOST])
        orphans = list(_orphans().values_list("pk", "client_id")[:MOST])
    for pk, client_id in settled:
        with tenant_atomic():
            lock_client(client_id)
            for case in _settled().filter(pk=pk).select_related("receivable"):
                by_plan = case.receivable.replaced > 0
                by_money = case.receivable.allocated > 0 and not by_plan
                close_case(case, by_money=by_money, by_plan=by_plan, today=today, now=now)
    for pk, client_id in unsettled:
        with tenant_atomic():
            lock_client(client_id)
            for case in _unsettled().filter(pk=pk):
                reopen_case(case, today=today)
    for pk, client_id in orphans:
        with tenant_atomic():
            lock_client(client_id)
            orphans_left = _orphans().filter(pk=pk).values_list("pk", flat=True)
            open_cases(receivable_ids=list(orphans_left), today=today)
    return len(settled) + len(unsettled) + len(orphans) + _wake_sleepers(today)


def _settled() -> QuerySet[Case]:
    return Case.objects.filter(state=Case.State.OPEN, receivable__balance=0).order_by("pk")


def _unsettled() -> QuerySet[Case]:
    """Closed, and owed again; an invoice that was cancelled or written off is not."""
    return Case.objects.filter(
        state=Case.State.CLOSED, receivable__balance__gt=0, invoice__state=Invoice.State.ISSUED
    ).order_by("pk")


def _orphans() -> QuerySet[Receivable]:
    return Receivable.objects.filter(
        kind=Receivable.Kind.INSTALLMENT,
        balance__gt=0,
        invoice__state=Invoice.State.ISSUED,
        cases=None,
    ).order_by("pk")


def _wake_sleepers(today: dt.date) -> int:
    """Decide anew the cases that wait for an event, when what they wait for is there already."""
    with tenant_atomic():
        sleeping = list(sleepers().values_list("pk", flat=True)[:MOST])
        decide_anew(sleeping, today=today)
    return len(sleeping)


def sleepers() -> QuerySet[Case]:
    """Open cases without a day to look again, whose reason for silence is no longer true."""
    asleep = Case.objects.filter(state=Case.State.OPEN, next_action_on=None)
    return asleep.filter(_woken()).order_by("pk")


def _woken() -> Q:
    tenant_runs = Tenant.objects.filter(pk=current_tenant().pk, stopped_at=None).exists()
    minimum = Business.objects.values_list("minimum_reminder", flat=True).get()
    profiles = Profile.objects.filter(client=OuterRef("client"))
    pauses = Pause.objects.filter(client=OuterRef("client"), ended_on=None)
    own = pauses.filter(Q(case=None) | Q(case=OuterRef("pk")))
    disputes = Dispute.objects.filter(case=OuterRef("pk"), state=Dispute.State.OPEN)
    asked = Approval.objects.filter(case=OuterRef("pk"), state=Approval.State.ASKED)
    reachable = Person.objects.filter(
        client=OuterRef("client"), bounced_at=None, removed_at=None
    ).exclude(email="")
    undelivered = Reminder.objects.filter(
        case=OuterRef("pk"),
        cycle=OuterRef("cycle"),
        state__in=[Reminder.State.FAILED, Reminder.State.AMBIGUOUS],
    )
    woken = (
        Q(silence="LADDER_NOT_APPROVED") & Exists(profiles.filter(approved_at__isnull=False))
        | Q(silence="NEVER_REMIND") & ~Exists(profiles.filter(never_remind=True))
        | Q(silence="NOT_MAILED", mailed_on__isnull=False)
        | Q(silence="PAUSED") & ~Exists(own)
        | Q(silence="DISPUTED") & ~Exists(disputes)
        | Q(silence="AWAITING_APPROVAL") & ~Exists(asked)
        | Q(silence="NO_CONTACT") & Exists(reachable)
        | Q(silence__in=["UNDELIVERED", "IN_DOUBT"]) & ~Exists(undelivered)
        | Q(silence="BELOW_MINIMUM", receivable__balance__gte=minimum)
        | Q(silence="KIND_NOT_COVERED", client__kind=Client.Kind.BUSINESS)
        | Q(silence="COVERED_BY_CREDIT")
        | Q(silence="")
    )
    if tenant_runs:
        woken |= Q(silence="STOPPED", client__stopped_at=None, invoice__stopped_at=None)
    return woken
