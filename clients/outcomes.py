"""What becomes of a message: each end state, written with its announcement in one transaction.

All of these run inside a scope, with client and message locked.
"""

from __future__ import annotations

import datetime as dt

from clients.freezing import FROZEN
from clients.kinds import MessageKind, UnknownKind, kind_of
from clients.models import Message
from clients.services.calls import ask_for_call
from clients.services.outbox import LONGEST_REASON
from clients.signals import message_failed, message_left
from tenants.announce import announce
from tenants.rows import update_row

State = Message.State
BACKOFF = tuple(
    dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440)
)


def hold(message: Message, reason: str, *, until: dt.datetime | None = None) -> str:
    """Back among the waiting, with the reason."""
    message.state = State.QUEUED
    message.claim_id = None
    message.reason = reason[:LONGEST_REASON]
    message.next_try_at = until
    message.save(update_fields=["state", "claim_id", "reason", "next_try_at", "facts"])
    return State.QUEUED


def end(message: Message, state: str, now: dt.datetime, *, frozen: bool = False) -> str:
    """Left for the server (SENT), or stays readable here (KEPT, RETAINED)."""
    message.state = state
    message.sent_at = now
    message.reason = ""
    columns = ["state", "sent_at", "reason", "server_answer"]
    update_row(message, [*columns, "facts", *FROZEN] if frozen else columns)
    announce(message_left, sender=Message, message_id=message.pk, kind=message.kind, state=state)
    return state


def fail(message: Message, kind: MessageKind | None, reason: str, now: dt.datetime) -> str:
    """Refused for good: announced, and for most kinds somebody is to ring the client."""
    message.state = State.FAILED
    message.reason = reason[:LONGEST_REASON]
    message.save(update_fields=["state", "reason", "server_answer", "facts", *FROZEN])
    if message.client_id is not None and kind is not None and kind.asks_call:
        ask_for_call(
            client=message.client,
            why=message.reason,
            about=message,
            unique_key=f"call:{message.public_id}",
        )
    announce(
        message_failed, sender=Message, message_id=message.pk, kind=message.kind, state=State.FAILED
    )
    return State.FAILED


def retry(message: Message, reason: str, now: dt.datetime) -> str:
    """Nothing left: wait, longer each time, and give up after the last wait (two days)."""
    if message.tries > len(BACKOFF):
        return fail(message, kind_or_none(message.kind), reason, now)
    message.state = State.QUEUED
    message.claim_id = None
    message.reason = reason[:LONGEST_REASON]
    message.next_try_at = now + BACKOFF[max(message.tries, 1) - 1]
    message.save(
        update_fields=["state", "claim_id", "reason", "next_try_at", "tries", "server_answer"]
    )
    return State.QUEUED


def doubt(message: Message, reason: str, now: dt.datetime) -> str:
    """Nobody can say whether it left: a human decides."""
    message.state = State.AMBIGUOUS
    message.doubtful_since = message.doubtful_since or now
    message.reason = reason[:LONGEST_REASON]
    message.save(update_fields=["state", "doubtful_since", "reason"])
    announce(
        message_failed,
        sender=Message,
        message_id=message.pk,
        kind=message.kind,
        state=State.AMBIGUOUS,
    )
    return State.AMBIGUOUS


def may_have_left(message: Message, reason: str, now: dt.datetime) -> str:
    """The content went out and no answer came: once more with the same bytes, or a human."""
    kind = kind_or_none(message.kind)
    if kind is None or kind.when_doubtful == "ASK" or message.doubtful_since is not None:
        return doubt(message, reason, now)
    message.state = State.QUEUED
    message.claim_id = None
    message.doubtful_since = now
    message.reason = reason[:LONGEST_REASON]
    message.save(update_fields=["state", "claim_id", "doubtful_since", "reason"])
    return State.QUEUED


def kind_or_none(key: str) -> MessageKind | None:
    try:
        return kind_of(key)
    except UnknownKind:
        return None
