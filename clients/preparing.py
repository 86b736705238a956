"""One message from claimed to frozen: everything that is decided under the locks.

In order: the tenant's and the client's stop switch, the kind's gate, the words, test mode, the
address, the mail server. What comes out is a parcel for the mail server, or a reason.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial

from django.utils import translation
from django.utils.translation import gettext as _

from clients.claims import Claimed
from clients.freezing import freeze, thaw
from clients.kinds import Cancel, Hold, MessageKind, Rendered, kind_of
from clients.locks import Switches
from clients.mime import Letter, Part
from clients.models import Attachment, Message
from clients.outcomes import doubt, end, fail, hold
from clients.placeholders import links_in, reveal
from clients.queries import is_reachable
from clients.senders import Letterhead, writing_under
from clients.services.outbox import cancel
from clients.statements import lock_claimed, mark_sending
from tenants.files import read_file
from tenants.models import StoredFile
from tenants.scope import tenant_atomic

State = Message.State


@dataclass(frozen=True, slots=True)
class Parcel:
    """A frozen message with its links, to be handed over outside any transaction."""

    pk: int
    client_id: int | None
    kind: str
    letter: Letter
    sender: str
    recipients: tuple[str, ...]
    files: tuple[tuple[str, StoredFile], ...]


def prepare(
    *, taken: Claimed, claim_id: uuid.UUID, letterhead: Letterhead, now: dt.datetime
) -> Parcel | str:
    """Decide about one claimed message and commit: a parcel (now SENDING), or its new state."""
    with tenant_atomic():
        switches, state = lock_claimed(taken.message, claim_id)
        if state != State.CLAIMED:
            return state  # cancelled meanwhile, or taken for dead and claimed by another
        taken.message.state, taken.message.claim_id = State.CLAIMED, claim_id
        return _decide(taken, switches, letterhead, now)


def with_files(parcel: Parcel) -> Letter:
    """The letter with the bytes of its attachments; outside any transaction."""
    if not parcel.files:
        return parcel.letter
    parts = tuple(
        Part(name=name, media_type=stored.media_type, content=read_file(stored))
        for name, stored in parcel.files
    )
    return replace(parcel.letter, parts=parts)


def _decide(
    taken: Claimed, switches: Switches, letterhead: Letterhead, now: dt.datetime
) -> Parcel | str:
    message = taken.message
    kind = kind_of(message.kind)
    if switches.is_stopped and not kind.leaves_in_test:
        return hold(message, _("Sending is stopped."))
    facts_before = deepcopy(message.facts)
    verdict = kind.gate(message, now)
    if isinstance(verdict, Cancel):
        return cancel(message, verdict.reason)
    if isinstance(verdict, Hold):
        return hold(message, verdict.reason, until=verdict.until)
    write = verdict.write or partial(kind.render, message)
    if not _write(taken, write, facts_before, letterhead, now):
        return doubt(message, _("It may have left, and what it says has changed since."), now)
    return _dispatch(message, kind, switches, letterhead, now)


def _write(
    taken: Claimed,
    write: Callable[[], Rendered],
    facts_before: Mapping[str, object],
    letterhead: Letterhead,
    now: dt.datetime,
) -> bool:
    """Render and freeze, unless that was done at an earlier try and nothing has changed since."""
    message = taken.message
    if message.frozen_at is not None:
        is_unchanged: bool = message.facts == facts_before
        if message.doubtful_since is not None:
            return is_unchanged
        if is_unchanged and not _has_moved(message):
            return True
        thaw(message)
    with translation.override(message.language), writing_under(letterhead):
        rendered = write()
    freeze(message, rendered, letterhead, now, contact=taken.contact)
    return True


def _has_moved(message: Message) -> bool:
    """Whether the address it was written to is no longer the person's, or no longer works."""
    person = message.person
    if person is None or message.client_id is None:
        return False
    return person.email != message.to_email or not is_reachable(person)


def _dispatch(
    message: Message,
    kind: MessageKind,
    switches: Switches,
    letterhead: Letterhead,
    now: dt.datetime,
) -> Parcel | str:
    if not message.to_email:
        return fail(message, kind, _("Nobody at this client has a working email address."), now)
    if switches.is_test and not kind.leaves_in_test:
        return end(message, State.RETAINED, now, frozen=True)
    if letterhead.route is None:
        return end(message, State.KEPT, now, frozen=True)
    mark_sending(message)
    return _parcel(message, letterhead)


def _parcel(message: Message, letterhead: Letterhead) -> Parcel:
    links = links_in((message.body_text, message.body_html))
    return Parcel(
        pk=message.pk,
        client_id=message.client_id,
        kind=message.kind,
        letter=Letter(
            public_id=message.public_id,
            message_id=message.message_id,
            date=message.frozen_at or message.created_at,
            from_header=message.from_header,
            to_name=message.to_name,
            to_email=message.to_email,
            reply_to=message.reply_to,
            subject=message.subject,
            language=message.language,
            text=reveal(message.body_text, links),
            html=reveal(message.body_html, links, is_html=True),
        ),
        sender=letterhead.from_email,
        recipients=tuple(filter(None, (message.to_email, message.bcc))),
        files=_files(message),
    )


def _files(message: Message) -> tuple[tuple[str, StoredFile], ...]:
    if not message.file_count:
        return ()
    rows = Attachment.objects.filter(message=message).select_related("file").order_by("position")
    return tuple((attachment.name, attachment.file) for attachment in rows)
