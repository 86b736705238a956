"""Messages of which nobody can say whether they left, or that were refused: a human decides."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from clients.freezing import thaw
from clients.locks import lock_client, lock_message
from clients.models import Message, Person
from clients.signals import message_left
from clients.wake import wake_mail
from core.errors import DomainError
from tenants.announce import announce
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic

State = Message.State


class NothingToDecide(DomainError):
    """The message is neither in doubt nor refused."""


def confirm_left(*, message: Message, user: User | None, now: dt.datetime) -> Message:
    """A human has found that a message in doubt did leave.

    Raises:
        NothingToDecide: it is not in doubt.
    """
    with tenant_atomic():
        fresh = _decided(message, {State.AMBIGUOUS})
        fresh.state = State.SENT
        fresh.sent_at = fresh.doubtful_since or now
        fresh.save(update_fields=["state", "sent_at"])
        record(act="message_confirmed", subject=fresh, user=user, at=now)
        announce(
            message_left, sender=Message, message_id=fresh.pk, kind=fresh.kind, state=fresh.state
        )
    return fresh


def send_again(*, message: Message, user: User | None, now: dt.datetime) -> Message:
    """Queue once more a message in doubt (the same bytes) or a refused one (written afresh).

    Whoever sends a refused one again believes in its person's address again.

    Raises:
        NothingToDecide: it is neither.
    """
    with tenant_atomic():
        fresh = _decided(message, {State.AMBIGUOUS, State.FAILED})
        before = {"state": fresh.state}
        fresh.state = State.QUEUED
        fresh.claim_id = fresh.next_try_at = None
        fresh.tries = 0
        fresh.reason = ""
        if fresh.doubtful_since is None:
            if fresh.person_id is not None:
                Person.objects.filter(pk=fresh.person_id).update(bounced_at=None)
            thaw(fresh)
        fresh.save()
        record(act="message_sent_again", subject=fresh, user=user, at=now, before=before)
        wake_mail()
    return fresh


def _decided(message: Message, states: set[str]) -> Message:
    if message.client_id is not None:
        lock_client(message.client_id)
    fresh = lock_message(message.pk)
    if fresh.state not in states or fresh.channel != Message.Channel.EMAIL:
        raise NothingToDecide(_("There is nothing to decide about this message."))
    return fresh
