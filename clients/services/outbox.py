"""The outbox: a row first, the post afterwards."""

from __future__ import annotations

import datetime as dt
from typing import Any

from clients.kinds import kind_of
from clients.locks import lock_waiting
from clients.models import Client, Message, Person
from clients.signals import message_cancelled
from clients.wake import wake_mail
from tenants.announce import announce
from tenants.models import User
from tenants.rows import insert_once
from tenants.scope import current_tenant, tenant_atomic

LONGEST_REASON = 300


def send_message(
    *,
    client: Client | None,
    kind: str,
    facts: dict[str, Any],
    person: Person | None = None,
    channel: str = Message.Channel.EMAIL,
    language: str | None = None,
    send_on: dt.date | None = None,
    unique_key: str = "",
    user: User | None = None,
    to_email: str = "",
) -> Message:
    """Put a message into the outbox and wake the mail workers once this is committed.

    `client` is None for mail to the tenant itself, which then names its address (`to_email`).
    `facts` is what the kind's gate and rendering need to find their rows again. The language is
    else the person's, the client's, the tenant's. `send_on` is the first local day on which it may
    leave. A second message with the same `unique_key` is not written: the first is returned. What
    is not an email waits to be done by hand (TODO).

    Raises:
        UnknownKind: nobody has registered that kind.
    """
    kind_of(kind)
    row = Message(
        client=client,
        person=person,
        kind=kind,
        channel=channel,
        state=_first_state(channel),
        language=language or language_for(client, person),
        facts=facts,
        unique_key=unique_key,
        send_on=send_on,
        created_by=user,
        to_email=to_email,
    )
    message = _insert_once(row)
    if message is row and channel == Message.Channel.EMAIL:
        wake_mail()
    return message


def cancel_message(*, message: Message, reason: str) -> Message:
    """Take back a message that still waits.

    Raises:
        MessageHasLeft: it is leaving or has left.
    """
    with tenant_atomic():
        fresh = lock_waiting(message)
        cancel(fresh, reason)
    return fresh


def cancel(message: Message, reason: str) -> str:
    """Take back a message that is locked and still waits, whoever wants it: a human or its gate."""
    message.state = Message.State.CANCELLED
    message.reason = reason[:LONGEST_REASON]
    message.claim_id = None
    message.save(update_fields=["state", "reason", "claim_id", "facts"])
    announce(
        message_cancelled,
        sender=Message,
        message_id=message.pk,
        kind=message.kind,
        reason=message.reason,
    )
    return Message.State.CANCELLED


def language_for(client: Client | None, person: Person | None) -> str:
    """The language to write in: the person's, else the client's, else the tenant's."""
    spoken = [person.language if person else "", client.language if client else ""]
    return next((language for language in spoken if language), current_tenant().language)


def _first_state(channel: str) -> str:
    """Mail waits for the post; what people do (ring, print, register) waits for people."""
    return Message.State.QUEUED if channel == Message.Channel.EMAIL else Message.State.TODO


def _insert_once(row: Message) -> Message:
    if insert_once(row, ignore_conflicts=bool(row.unique_key)):
        return row
    return Message.objects.get(unique_key=row.unique_key)
