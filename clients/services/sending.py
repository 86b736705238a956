"""How the tenant's mail leaves, and the proof that it does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from clients.models import Message, Sender
from clients.own_kinds import TEST
from clients.services.outbox import send_message
from tenants.audit import record
from tenants.models import User
from tenants.seal import seal

FIELDS = (
    "way",
    "from_name",
    "from_email",
    "reply_to",
    "bcc",
    "host",
    "port",
    "security",
    "username",
)


def sender_settings() -> Sender:
    """The tenant's one row about sending; made when there is none yet."""
    sender, _is_new = Sender.objects.get_or_create()
    return sender


def update_sender(*, facts: Mapping[str, Any], user: User | None, now: dt.datetime) -> Sender:
    """Change how mail leaves; it has to be proved again. An empty password keeps the old one."""
    sender = sender_settings()
    before = {name: getattr(sender, name) for name in FIELDS}
    for name in FIELDS:
        if name in facts:
            setattr(sender, name, facts[name])
    if facts.get("password"):
        sender.password_sealed = seal(facts["password"])
    sender.proved_at = None
    sender.last_error = ""
    sender.save()
    after = {name: getattr(sender, name) for name in FIELDS}
    record(
        act="sending_changed",
        subject=sender,
        user=user,
        at=now,
        before={name: before[name] for name in FIELDS if before[name] != after[name]},
        after={name: after[name] for name in FIELDS if before[name] != after[name]},
    )
    return sender


def send_test_mail(*, user: User) -> Message:
    """Send a test mail to the user's own address, in test mode too; its end is on the sender."""
    return send_message(
        client=None, kind=TEST, facts={}, to_email=user.email, language=user.language, user=user
    )
