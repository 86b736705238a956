"""What became of the last test mail, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clients.models import Message
from clients.own_kinds import TEST
from tenants.links import tenant_url
from tenants.models import User

WAITING = frozenset({Message.State.QUEUED, Message.State.CLAIMED, Message.State.SENDING})
CLICKED_TWICE = dt.timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, its tone, the server's own words, and whether there is more to come."""

    text: str
    tone: str
    icon: str
    answer: str = ""
    url: str = ""
    is_waiting: bool = False


def last_test(user: User) -> Message | None:
    return Message.objects.filter(kind=TEST, to_email=user.email).order_by("-pk").first()


def is_just_sent(user: User, now: dt.datetime) -> bool:
    """Whether a test mail of a moment ago is still on its way: a second click asks for no other."""
    last = last_test(user)
    return bool(last and last.state in WAITING and now - last.created_at < CLICKED_TWICE)


def told_of_test(message: Message | None, last_error: str) -> Told | None:
    """None while no test mail has been asked for."""
    if message is None:
        return None
    if message.state in WAITING:
        return _waiting(message, last_error)
    if message.state == Message.State.SENT:
        return Told(
            _("The mail server took the test mail for %(email)s: look into your mailbox.")
            % {"email": message.to_email},
            tone="ok",
            icon="circle-check",
            answer=message.server_answer,
        )
    if message.state == Message.State.KEPT:
        return Told(
            _("No mail server is set on this installation: the test mail is kept here."),
            tone="warn",
            icon="mail-warning",
            url=tenant_url("clients:message", message.public_id),
        )
    return Told(
        _("The test mail did not leave."),
        tone="error",
        icon="circle-alert",
        answer=message.server_answer or message.reason,
    )


def _waiting(message: Message, last_error: str) -> Told:
    if last_error:
        return Told(
            _("The test mail has not left yet; we try again by ourselves. The mail server said:"),
            tone="error",
            icon="circle-alert",
            answer=last_error,
            is_waiting=True,
        )
    return Told(
        _("The test mail for %(email)s is on its way…") % {"email": message.to_email},
        tone="",
        icon="hourglass",
        is_waiting=True,
    )
