"""What was noted by hand and was a mistake: a pause, a promise, a dispute. Nobody hears of it."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from dunning.cases import decide_anew, decide_clients_anew
from dunning.models import Dispute, Pause, Promise
from invoices.ledger import lock_client
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic


class CannotUnsay(DomainError):
    """Something has come of it."""


@tenant_atomic()
def undo_pause(*, paused: Pause, user: User | None, today: dt.date, now: dt.datetime) -> Pause:
    """As before the pause: the one that it took the place of runs again; twice is once."""
    lock_client(paused.client_id)
    locked = Pause.objects.select_related("client", "case").get(pk=paused.pk)
    if locked.ended_on is None:
        end_pause(locked, today=today)
        record(act="undo_pause", subject=locked.case or locked.client, user=user, at=now)
        decide_clients_anew([locked.client_id], today=today)
    return locked


def end_pause(paused: Pause, *, today: dt.date) -> None:
    """End a pause that should not have been, and let the one before it run again."""
    paused.ended_on = today
    paused.save(update_fields=["ended_on"])
    Pause.objects.filter(replaced_by=paused).update(ended_on=None, replaced_by=None)


@tenant_atomic()
def undo_promise(
    *, promise: Promise, user: User | None, today: dt.date, now: dt.datetime
) -> Promise:
    """As before the promise: the one that it took the place of holds again; twice is once.

    Raises:
        CannotUnsay: it was kept, or broken.
    """
    lock_client(promise.case.client_id)
    locked = Promise.objects.select_related("case").get(pk=promise.pk)
    if locked.state == Promise.State.WITHDRAWN:
        return locked
    if locked.state != Promise.State.OPEN:
        raise CannotUnsay(
            _("This promise has come to its day: it stays in the history as it went.")
        )
    locked.state = Promise.State.WITHDRAWN
    locked.save(update_fields=["state"])
    Promise.objects.filter(replaced_by=locked).update(state=Promise.State.OPEN, replaced_by=None)
    record(act="undo_promise", subject=locked.case, user=user, at=now)
    decide_anew([locked.case_id], today=today)
    return locked


@tenant_atomic()
def undo_dispute(
    *, dispute: Dispute, user: User | None, today: dt.date, now: dt.datetime
) -> Dispute:
    """The client contests nothing after all, and is told nothing; twice is once.

    Raises:
        CannotUnsay: it is resolved, and the client has been told.
    """
    lock_client(dispute.case.client_id)
    locked = Dispute.objects.select_related("case").get(pk=dispute.pk)
    if locked.state == Dispute.State.WITHDRAWN:
        return locked
    if locked.state != Dispute.State.OPEN:
        raise CannotUnsay(_("This dispute is settled, and the client has been told: it stays."))
    locked.state, locked.resolved_on = Dispute.State.WITHDRAWN, today
    locked.save(update_fields=["state", "resolved_on"])
    record(act="undo_dispute", subject=locked.case, user=user, at=now)
    decide_anew([locked.case_id], today=today)
    return locked
