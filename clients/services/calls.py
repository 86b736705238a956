"""Calls: what was said on the telephone, and whom to ring."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.locks import MessageHasLeft, lock_client, lock_message
from clients.models import Client, Message
from clients.own_kinds import CALL_LOG, CALL_TASK
from clients.services.outbox import LONGEST_REASON, language_for
from clients.signals import task_finished
from core.errors import DomainError
from tenants.announce import announce
from tenants.audit import record
from tenants.clock import local
from tenants.models import User
from tenants.scope import tenant_atomic


class Outcome(models.TextChoices):
    ANSWERED = "ANSWERED", _("Answered")
    NO_ANSWER = "NO_ANSWER", _("No answer")
    VOICEMAIL = "VOICEMAIL", _("Voicemail")
    WRONG_NUMBER = "WRONG_NUMBER", _("Wrong number")


class NextCallInThePast(DomainError):
    """The day of the next call has gone by."""


def log_call(
    *,
    client: Client,
    outcome: str,
    note: str,
    user: User | None,
    now: dt.datetime,
    message: Message | None = None,
    next_on: dt.date | None = None,
) -> Message:
    """Note a call. `message` is the task it settles; `next_on` asks for another call that day.

    Raises:
        NextCallInThePast: `next_on` is before the day of the call.
    """
    if next_on is not None and next_on < local(now).date():
        raise NextCallInThePast(_("The next call cannot be in the past."))
    with tenant_atomic():
        lock_client(client.pk)
        call = Message.objects.create(
            client=client,
            kind=CALL_LOG,
            channel=Message.Channel.CALL,
            state=Message.State.DONE,
            language=language_for(client, None),
            facts={"outcome": Outcome(outcome).value, "next_on": next_on},
            body_text=note,
            created_by=user,
            sent_at=now,
        )
        if message is not None:
            finish_task(message=message, user=user, now=now)
        if next_on is not None:
            ask_for_call(client=client, why=note, on=next_on, unique_key=f"call:{call.public_id}")
        record(act="call_logged", subject=call, user=user, at=now, after={"outcome": outcome})
    return call


def ask_for_call(
    *,
    client: Client,
    why: str,
    on: dt.date | None = None,
    about: Message | None = None,
    unique_key: str = "",
) -> Message:
    """Put "ring them" on the list, from the local day `on`; once per `unique_key`."""
    defaults = {
        "client": client,
        "kind": CALL_TASK,
        "channel": Message.Channel.CALL,
        "state": Message.State.TODO,
        "language": language_for(client, None),
        "facts": {"about": str(about.public_id)} if about else {},
        "reason": why[:LONGEST_REASON],
        "send_on": on,
    }
    if not unique_key:
        return Message.objects.create(**defaults)
    task, _is_new = Message.objects.get_or_create(unique_key=unique_key, defaults=defaults)
    return task


def finish_task(*, message: Message, user: User | None, now: dt.datetime) -> Message:
    """Tick off what was to be done by hand (ring, print, post).

    Raises:
        MessageHasLeft: it is no longer to be done.
    """
    with tenant_atomic():
        if message.client_id is not None:
            lock_client(message.client_id)
        fresh = lock_message(message.pk)
        if fresh.state != Message.State.TODO:
            raise MessageHasLeft(_("This is done already."))
        fresh.state = Message.State.DONE
        fresh.sent_at = now
        fresh.save(update_fields=["state", "sent_at"])
        record(act="task_done", subject=fresh, user=user, at=now)
        announce(task_finished, sender=Message, message_id=fresh.pk)
    return fresh
