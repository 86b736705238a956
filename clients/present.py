"""Messages and clients as pages show them: plain rows, formatted here and not in templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.kinds import kind_label
from clients.models import Client, Message
from clients.placeholders import conceal
from clients.services import Outcome
from tenants.clock import local
from tenants.links import tenant_url

if TYPE_CHECKING:
    import datetime as dt

    from django_stubs_ext import StrOrPromise

State, Channel = Message.State, Message.Channel

ICONS: dict[str, str] = {
    Channel.EMAIL: "mail",
    Channel.CALL: "phone",
    Channel.LETTER: "file-text",
    Channel.REGISTERED_LETTER: "stamp",
    Channel.PORTAL: "message-circle",
    Channel.NOTE: "notebook-pen",
}
# colour of the chip (docs/look.md) for each state of a message
CHIPS: dict[str, str] = {
    State.TODO: "DUE",
    State.QUEUED: "QUEUED",
    State.CLAIMED: "QUEUED",
    State.SENDING: "QUEUED",
    State.SENT: "SENT",
    State.KEPT: "HELD",
    State.RETAINED: "HELD",
    State.FAILED: "FAILED",
    State.BOUNCED: "BOUNCED",
    State.CANCELLED: "CANCELLED",
    State.AMBIGUOUS: "AMBIGUOUS",
    State.DONE: "PAID",
}
TONES: dict[str, str] = {State.FAILED: "ko", State.BOUNCED: "ko", State.SENT: "ok"}
BEGINNING = 160


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One event of a client's history."""

    url: str
    icon: str
    tone: str
    title: StrOrPromise
    note: str
    chip: str
    chip_label: StrOrPromise
    said: str
    has_files: bool


def _chip_label(message: Message, *, is_held: bool) -> StrOrPromise:
    if is_held:
        return _("Held: sending is stopped")
    return _("Kept here") if message.state == State.KEPT else message.get_state_display()


def timeline_row(message: Message, *, held: bool = False) -> TimelineRow:
    is_held = held and message.state == State.QUEUED
    return TimelineRow(
        url=tenant_url("clients:message", message.public_id),
        icon=ICONS.get(message.channel, "mail"),
        tone=TONES.get(message.state, ""),
        title=message.subject or kind_label(message.kind) or message.get_channel_display(),
        note=_note(message),
        chip="HELD" if is_held else CHIPS[message.state],
        chip_label=_chip_label(message, is_held=is_held),
        said=_said(message),
        has_files=message.file_count > 0,
    )


def moment(value: dt.datetime | None) -> str:
    """A moment in the tenant's time, in the reader's language."""
    if value is None:
        return ""
    return date_format(local(value).replace(tzinfo=None), "SHORT_DATETIME_FORMAT")


def address_lines(client: Client) -> list[str]:
    lines = [client.address, client.address_more, f"{client.postcode} {client.city}".strip()]
    return [line for line in lines if line]


def _note(message: Message) -> str:
    said = message.created_at if message.direction == Message.Direction.IN else message.sent_at
    parts = [moment(said or message.created_at)]
    if message.channel == Channel.CALL and message.facts.get("outcome"):
        parts.append(str(Outcome(message.facts["outcome"]).label))
    elif message.channel == Channel.EMAIL and message.to_email:
        parts.append(message.to_email)
    if message.state == State.TODO and message.send_on:
        parts.append(_("for %(day)s") % {"day": date_format(message.send_on, "SHORT_DATE_FORMAT")})
    return " · ".join(parts)


def _said(message: Message) -> str:
    if message.state in {State.FAILED, State.BOUNCED, State.AMBIGUOUS, State.CANCELLED, State.TODO}:
        return message.reason
    if message.channel == Channel.EMAIL:
        return ""
    text = conceal(message.body_text)
    return text if len(text) <= BEGINNING else f"{text[:BEGINNING]}…"
