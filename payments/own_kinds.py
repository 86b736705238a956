"""The message of this app: a fresh link to pay, for who opened one that had expired."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from clients.kinds import Cancel, MessageKind, Rendered, Send, Verdict, register_kind
from clients.letters import write_letter
from clients.models import Message
from clients.services import send_message
from payments.links import balance_of, fresh_link, placeholder, receivables_of
from payments.models import PayLink
from tenants.clock import now as clock_now

FRESH_LINK = "FRESH_LINK"


def register_own_kinds() -> None:
    register_kind(
        MessageKind(
            key=FRESH_LINK,
            render=_render,
            gate=_gate,
            asks_call=False,
            label=_("Fresh link to pay"),
        )
    )


def mail_fresh_link(*, link: PayLink, language: str, today: dt.date) -> Message:
    """Mail a new link to the contact on file, once a day per link; whoever asks names nobody."""
    return send_message(
        client=link.client,
        kind=FRESH_LINK,
        facts={"link": str(link.public_id)},
        language=language,
        unique_key=f"fresh-{link.public_id}-{today.isoformat()}",
    )


def _gate(message: Message, now: dt.datetime) -> Verdict:
    if balance_of(_old_link(message)) <= 0:
        return Cancel(str(_("Nothing is left to pay on this link.")))
    return Send()


def _render(message: Message) -> Rendered:
    old = _old_link(message)
    fresh = fresh_link(old, message=message, now=clock_now())
    numbers = dict.fromkeys(row.invoice.number or "" for row in receivables_of(fresh))
    return write_letter(
        template="emails/payments/fresh_link",
        language=message.language,
        context={
            "url": placeholder(fresh),
            "numbers": ", ".join(numbers),
            "is_one": len(numbers) == 1,
        },
    )


def _old_link(message: Message) -> PayLink:
    return PayLink.objects.select_related("client").get(public_id=message.facts["link"])
