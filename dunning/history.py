"""What each client was told in the last seven days: what the cap and the day's message look at."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import Any, Final

from clients.models import Message
from dunning.policy import Channel, Contact, ContactKind
from dunning.policy.client_plan import CAP_DAYS
from tenants.models import Tenant
from tenants.prepared import fetch_prepared
from tenants.scope import current_tenant, scoped_tenant_id

_KINDS: Final = {
    "REMINDER": ContactKind.REMINDER,
    "PRE_DUE": ContactKind.PRE_DUE,
    "FORMAL_NOTICE": ContactKind.FORMAL_NOTICE,
    "FORMAL_NOTICE_LETTER": ContactKind.FORMAL_NOTICE,
    "THANK_YOU": ContactKind.THANK_YOU,
    "CALL": ContactKind.REMINDER,  # a call that was made; one to make is no contact yet
}
_CHANNELS: Final = {channel.value: channel for channel in Channel}
_NEVER_SAID: Final = (Message.State.CANCELLED, Message.State.FAILED, Message.State.BOUNCED)
_SAID: Final = """
SELECT client_id, kind, channel, said_on, answered FROM (
    SELECT m.id, m.client_id, m.kind, m.channel, m.facts ->> 'outcome' = 'ANSWERED' AS answered,
        coalesce(m.send_on, (m.sent_at AT TIME ZONE %(zone)s)::date) AS said_on
    FROM clients_message m
    WHERE m.tenant_id = %(tenant)s::bigint AND m.client_id = ANY (%(clients)s::bigint[])
        AND m.kind = ANY (%(kinds)s) AND m.state <> ALL (%(never_said)s)
) said
WHERE said_on > %(since)s AND said_on <= %(today)s
ORDER BY id
"""


def contacts(
    client_ids: Collection[int], *, today: dt.date, as_live: bool = False
) -> dict[int, list[Contact]]:
    """What each client was told in the last seven days, and by which channel.

    With `as_live` what test mode retained counts as never said, as it will once the tenant is live.
    """
    found: dict[int, list[Contact]] = defaultdict(list)
    never_said = _never_said(is_live=as_live or current_tenant().mode == Tenant.Mode.LIVE)
    for client_id, kind, channel, on, answered in _said(client_ids, today, never_said):
        said_by = _CHANNELS.get(channel, Channel.EMAIL)
        contact = Contact(on, _KINDS[kind], said_by, answered=bool(answered))
        notices = {known.on for known in found[client_id] if known.kind == contact.kind}
        if contact.kind == ContactKind.FORMAL_NOTICE and on in notices:
            continue  # a notice sent by email and by post is one contact
        found[client_id].append(contact)
    return found


def _said(
    client_ids: Collection[int], today: dt.date, never_said: list[str]
) -> list[tuple[Any, ...]]:
    return fetch_prepared(
        _SAID,
        {
            "tenant": scoped_tenant_id(),
            "zone": current_tenant().time_zone,
            "clients": sorted(client_ids),
            "kinds": list(_KINDS),
            "never_said": never_said,
            "since": today - dt.timedelta(days=CAP_DAYS),
            "today": today,
        },
    )


def _never_said(*, is_live: bool) -> list[str]:
    """Once the tenant is live, what test mode retained was never said."""
    states = [*_NEVER_SAID, Message.State.RETAINED] if is_live else _NEVER_SAID
    return [state.value for state in states]
