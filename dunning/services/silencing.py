"""Pauses, promises, disputes: what silences a case, and what ends the silence."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from clients.models import Client, Message
from clients.services import finish_task, send_message
from core.errors import DomainError
from dunning.cases import decide_anew, decide_clients_anew
from dunning.models import Case, Dispute, Pause, Promise
from dunning.todo import PROBLEM, cases_of
from invoices.ledger import lock_client
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic

FARTHEST_PROMISE = dt.timedelta(days=92)


class CannotSilence(DomainError):
    """This would silence a case for ever, or twice."""


@tenant_atomic()
def pause(
    *,
    client: Client,
    until: dt.date | None,
    reason: str,
    user: User | None,
    today: dt.date,
    now: dt.datetime,
    case: Case | None = None,
) -> Pause:
    """Say nothing to a client, or about one case, through `until`; None: until resumed.

    Raises:
        CannotSilence: the last day has gone by.
    """
    if until is not None and until < today:
        raise CannotSilence(_("A pause cannot end in the past."))
    lock_client(client.pk)
    running = Pause.objects.filter(client=client, case=case, ended_on=None)
    replaced = list(running.values_list("pk", flat=True))
    running.update(ended_on=today)
    made = Pause.objects.create(
        client=client, case=case, until=until, reason=reason, started_on=today, started_by=user
    )
    Pause.objects.filter(pk__in=replaced).update(replaced_by=made)
    record(act="pause", subject=case or client, user=user, at=now, after={"until": until})
    decide_clients_anew([client.pk], today=today)
    return made


@tenant_atomic()
def resume(*, paused: Pause, user: User | None, today: dt.date, now: dt.datetime) -> Pause:
    """End a pause now; resuming twice is resuming once."""
    lock_client(paused.client_id)
    locked = Pause.objects.select_for_update().get(pk=paused.pk)
    if locked.ended_on is None:
        locked.ended_on = today
        locked.save(update_fields=["ended_on"])
        record(act="resume", subject=locked.case or locked.client, user=user, at=now)
        decide_clients_anew([locked.client_id], today=today)
    return locked


@tenant_atomic()
def record_promise(
    *,
    case: Case,
    amount: Decimal,
    promised_for: dt.date,
    made_by: str,
    channel: str,
    user: User | None,
    today: dt.date,
    now: dt.datetime,
) -> Promise:
    """Note a promise to pay: silence until its day has passed; a newer one replaces it.

    Raises:
        CannotSilence: its day has gone by, or is more than three months away.
    """
    if not today <= promised_for <= today + FARTHEST_PROMISE:
        raise CannotSilence(_("A promise is for a day within the next three months."))
    if amount <= 0:
        raise CannotSilence(_("The amount must be more than zero."))
    lock_client(case.client_id)
    earlier = Promise.objects.filter(case=case, state=Promise.State.OPEN)
    replaced = list(earlier.values_list("pk", flat=True))
    earlier.update(state=Promise.State.WITHDRAWN)
    promise = Promise.objects.create(
        case=case,
        amount=amount,
        promised_for=promised_for,
        made_by=made_by,
        channel=channel,
        recorded_on=today,
        recorded_by=user,
    )
    Promise.objects.filter(pk__in=replaced).update(replaced_by=promise)
    record(
        act="promise",
        subject=case,
        user=user,
        at=now,
        after={"amount": str(amount), "for": promised_for},
    )
    decide_anew([case.pk], today=today)
    return promise


@tenant_atomic()
def open_dispute(
    *, case: Case, text: str, user: User | None, today: dt.date, now: dt.datetime
) -> Dispute:
    """Note that the client contests: silence until resolved.

    Raises:
        CannotSilence: it says nothing, or a dispute is open already.
    """
    if not text.strip():
        raise CannotSilence(_("Say what is contested."))
    lock_client(case.client_id)
    if Dispute.objects.filter(case=case, state=Dispute.State.OPEN).exists():
        raise CannotSilence(_("A dispute is open already."))
    dispute = Dispute.objects.create(case=case, text=text, opened_on=today, opened_by=user)
    record(act="open_dispute", subject=case, user=user, at=now)
    decide_anew([case.pk], today=today)
    return dispute


@tenant_atomic()
def resolve_dispute(
    *, dispute: Dispute, resolution: str, user: User | None, today: dt.date, now: dt.datetime
) -> Dispute:
    """Settle a dispute; the client is told what was decided, and reminders resume.

    Raises:
        CannotSilence: nothing is said to the client.
    """
    if not resolution.strip():
        raise CannotSilence(_("Say what was decided: the client will read it."))
    lock_client(dispute.case.client_id)
    locked = Dispute.objects.select_for_update().get(pk=dispute.pk)
    if locked.state == Dispute.State.OPEN:
        locked.state, locked.resolution, locked.resolved_on = (
            Dispute.State.RESOLVED,
            resolution,
            today,
        )
        locked.save(update_fields=["state", "resolution", "resolved_on"])
        record(act="resolve_dispute", subject=locked.case, user=user, at=now)
        decide_anew([locked.case_id], today=today)
        _finish_reports(locked.case, user, now)
        _tell(locked, user)
    return locked


def _finish_reports(case: Case, user: User | None, now: dt.datetime) -> None:
    """What the client reported of this case alone has had its answer."""
    waiting = Message.objects.filter(client=case.client, kind=PROBLEM, state=Message.State.TODO)
    for report in waiting:
        disputed = Dispute.objects.filter(case__in=cases_of(report), state=Dispute.State.OPEN)
        if case.pk in cases_of(report) and not disputed.exists():
            finish_task(message=report, user=user, now=now)


def _tell(dispute: Dispute, user: User | None) -> None:
    send_message(
        client=dispute.case.client,
        kind="DISPUTE_RESOLVED",
        facts={"dispute": dispute.pk},
        unique_key=f"dispute:{dispute.pk}",
        user=user,
    )
