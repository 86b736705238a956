"""Freezing what a message says, so that the same bytes can be made again."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from clients.kinds import Rendered
from clients.models import Attachment, Message, Person
from clients.queries import is_reachable
from clients.senders import Letterhead

LONGEST_SUBJECT = 250
FROZEN = (
    "to_email",
    "to_name",
    "person",
    "bcc",
    "from_header",
    "reply_to",
    "subject",
    "body_text",
    "body_html",
    "file_count",
    "message_id",
    "frozen_at",
)


def freeze(
    message: Message,
    rendered: Rendered,
    letterhead: Letterhead,
    now: dt.datetime,
    *,
    contact: Person | None,
) -> None:
    """Set what is said, to whom and as whom, for ever; `now` becomes the Date header.

    `contact` stands in for a person who is not named or cannot be reached. The caller saves the
    columns named in `FROZEN`; attachments are written here.
    """
    person = _addressee(message, rendered.person) or contact
    message.person = person
    message.to_email = person.email if person and person.email else message.to_email
    message.to_name = person.name if person else message.to_name
    message.bcc = letterhead.bcc
    message.from_header = letterhead.from_header
    message.reply_to = letterhead.reply_to
    message.subject = " ".join(rendered.subject.split())[:LONGEST_SUBJECT]
    message.body_text = rendered.text
    message.body_html = rendered.html
    message.file_count = len(rendered.attachments)
    message.message_id = f"<m.{message.public_id}@{settings.MAIL_DOMAIN}>"
    message.frozen_at = now.replace(microsecond=0)
    if rendered.attachments:
        Attachment.objects.bulk_create(
            Attachment(message=message, file=stored, name=name, position=position)
            for position, (stored, name) in enumerate(rendered.attachments)
        )


def thaw(message: Message) -> None:
    """Let a message be written afresh: nothing of it has left. The caller saves it."""
    Attachment.objects.filter(message=message).delete()
    message.frozen_at = None
    message.file_count = 0
    message.subject = message.body_text = message.body_html = message.message_id = ""
    if message.client_id is not None:
        message.to_email = message.to_name = ""


def _addressee(message: Message, wanted: Person | None) -> Person | None:
    """The person asked for, when their address works."""
    for person in (wanted, message.person):
        if person is not None and is_reachable(person):
            return person
    return None
