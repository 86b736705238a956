"""Kinds of message: each app registers what decides (`gate`) and what writes (`render`) its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from clients.models import Message, Person
from tenants.models import StoredFile

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Send:
    """The message may leave, as its facts stand now.

    A gate that has read what the message says may bring its own `write`, so that nothing is read
    twice; else the kind's `render` writes it.
    """

    write: Callable[[], Rendered] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Cancel:
    """The message has lost its purpose; `reason` is a sentence for the owner."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Not yet: the message keeps waiting, and is asked again at the next sweep (or `until`)."""

    reason: str
    until: dt.datetime | None = None


Verdict = Send | Cancel | Hold
Gate = Callable[[Message, dt.datetime], Verdict]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a message says. Links to pay are placeholders (`clients.placeholders`).

    `person` is who receives it; None means the message's own person, else the client's contact.
    """

    subject: str
    text: str
    html: str = ""
    person: Person | None = None
    attachments: Sequence[tuple[StoredFile, str]] = field(default=())


Render = Callable[[Message], Rendered]


def _always(message: Message, now: dt.datetime) -> Verdict:
    return Send()


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One kind of message.

    Args:
        key: value of `Message.kind`.
        render: writes it; inside a scope, no network.
        gate: decides under the locks of client and message, just before rendering; it may rewrite
            `message.facts` (drop lines), never anything else.
        when_doubtful: what becomes of one that a killed worker may or may not have handed over:
            RESEND sends the same bytes once more, ASK leaves it to a human.
        leaves_in_test: goes out in test mode too (mail to the tenant itself).
        asks_call: refused, bounced or without an address, it becomes a "ring them" task.
        label: its name in the timeline.
    """

    key: str
    render: Render
    gate: Gate = _always
    when_doubtful: Literal["RESEND", "ASK"] = "RESEND"
    leaves_in_test: bool = False
    asks_call: bool = True
    label: StrOrPromise = ""


class UnknownKind(LookupError):
    """A message is of a kind that nobody has registered."""


_kinds: dict[str, MessageKind] = {}
_labels: dict[str, StrOrPromise] = {}


def register_kind(kind: MessageKind) -> None:
    """Make a kind known; called from `AppConfig.ready`."""
    _kinds[kind.key] = kind
    register_label(kind.key, kind.label)


def register_label(key: str, label: StrOrPromise) -> None:
    """Name a kind in the timeline; enough for what is never rendered: calls, notes, tasks."""
    _labels[key] = label


def kind_of(key: str) -> MessageKind:
    try:
        return _kinds[key]
    except KeyError:
        raise UnknownKind(key) from None


def kind_label(key: str) -> StrOrPromise:
    """The name of a kind for the timeline; empty when nobody gave one."""
    return _labels.get(key, "")
