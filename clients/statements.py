"""The statements that run for every message that leaves, written out.

Django needs ten times as long to compose each of them as PostgreSQL to run it. They name the tenant
like every other query, and row-level security stands behind them all the same.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder

from clients.locks import Switches
from clients.models import Message
from tenants.prepared import fetch_prepared
from tenants.scope import scoped_tenant_id

# The client first: the join gives its row only once the client is held, and the message is
# locked after that, as it is by then.
_LOCK: Final = """
    WITH held AS MATERIALIZED (
        SELECT tenant.stopped_at IS NOT NULL OR client.stopped_at IS NOT NULL AS is_stopped,
            tenant.mode = 'TEST' AS is_test
        FROM clients_client client JOIN tenants_tenant tenant ON tenant.id = client.tenant_id
        WHERE client.tenant_id = %(tenant)s::bigint AND client.id = %(client)s::bigint
        FOR NO KEY UPDATE OF client
    )
    SELECT held.is_stopped, held.is_test, m.state, m.claim_id, m.facts
    FROM held CROSS JOIN clients_message m
    WHERE m.tenant_id = %(tenant)s::bigint AND m.id = %(message)s::bigint
    FOR NO KEY UPDATE OF m
"""
_LOCK_OWN: Final = """
    SELECT tenant.stopped_at IS NOT NULL, tenant.mode = 'TEST', m.state, m.claim_id, m.facts
    FROM clients_message m JOIN tenants_tenant tenant ON tenant.id = m.tenant_id
    WHERE m.tenant_id = %(tenant)s::bigint AND m.id = %(message)s::bigint
    FOR NO KEY UPDATE OF m
"""
_SENDING: Final = """
    UPDATE clients_message
    SET state = 'SENDING', tries = %s::int, facts = %s::jsonb, person_id = %s::bigint,
        to_email = %s, to_name = %s, bcc = %s, from_header = %s, reply_to = %s, subject = %s,
        body_text = %s, body_html = %s, file_count = %s::int, message_id = %s,
        frozen_at = %s::timestamptz
    WHERE tenant_id = %s::bigint AND id = %s::bigint
"""
_SENT: Final = """
    WITH held AS MATERIALIZED (
        SELECT id FROM clients_client
        WHERE tenant_id = %(tenant)s::bigint AND id = %(client)s::bigint FOR NO KEY UPDATE
    )
    UPDATE clients_message m SET state = 'SENT', sent_at = %(now)s, server_answer = %(answer)s,
        reason = ''
    FROM (SELECT id FROM held UNION ALL SELECT NULL WHERE %(client)s::bigint IS NULL) client
    WHERE m.tenant_id = %(tenant)s::bigint AND m.id = %(message)s::bigint
        AND m.state = 'SENDING' AND m.claim_id = %(claim)s
    RETURNING m.id
"""


def lock_claimed(message: Message, claim_id: uuid.UUID) -> tuple[Switches, str]:
    """Hold the client, then a message read with its claim, and bring its facts up to date.

    Returns the switches above it, and its state now. Nothing else of a claimed message changes;
    one claimed by another worker is nobody's ("").
    """
    given = {"tenant": scoped_tenant_id(), "message": message.pk, "client": message.client_id}
    if message.client_id is None:
        del given["client"]
    rows = fetch_prepared(_LOCK if "client" in given else _LOCK_OWN, given)
    if not rows:
        raise Message.DoesNotExist
    is_stopped, is_test, state, holder, facts = rows[0]
    switches = Switches(is_stopped=is_stopped, is_test=is_test)
    if holder != claim_id:
        return switches, "" if state == Message.State.CLAIMED else str(state)
    message.facts = json.loads(facts)
    return switches, str(state)


def mark_sending(message: Message) -> None:
    """Write down what is about to leave."""
    message.state = Message.State.SENDING
    message.tries += 1
    values: list[Any] = [
        message.tries,
        json.dumps(message.facts, cls=DjangoJSONEncoder),
        message.person_id,
        message.to_email,
        message.to_name,
        message.bcc,
        message.from_header,
        message.reply_to,
        message.subject,
        message.body_text,
        message.body_html,
        message.file_count,
        message.message_id,
        message.frozen_at,
    ]
    fetch_prepared(_SENDING, [*values, scoped_tenant_id(), message.pk])


def mark_sent(
    *, message_id: int, client_id: int | None, claim_id: uuid.UUID, answer: str, now: dt.datetime
) -> bool:
    """Hold the client and write down that the server has it, unless the claim was lost."""
    given = {
        "tenant": scoped_tenant_id(),
        "client": client_id,
        "message": message_id,
        "claim": claim_id,
        "answer": answer,
        "now": now,
    }
    return bool(fetch_prepared(_SENT, given))
