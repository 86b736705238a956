"""The statements that run for every message that leaves, written out.

Django needs ten times as long to compose each of them as PostgreSQL to run it. They name the tenant
like every other query, and row-level security stands behind them all the same.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from clients.models import Message
from tenants.scope import scoped_tenant_id

_LOCK = """
    SELECT state, claim_id, facts FROM clients_message
    WHERE tenant_id = %s AND id = %s FOR NO KEY UPDATE
"""
_SENDING = """
    UPDATE clients_message
    SET state = 'SENDING', tries = %s, facts = %s::jsonb, person_id = %s, to_email = %s,
        to_name = %s, bcc = %s, from_header = %s, reply_to = %s, subject = %s, body_text = %s,
        body_html = %s, file_count = %s, message_id = %s, frozen_at = %s
    WHERE tenant_id = %s AND id = %s
"""
_SENT = """
    UPDATE clients_message SET state = 'SENT', sent_at = %s, server_answer = %s, reason = ''
    WHERE tenant_id = %s AND id = %s AND state = 'SENDING' AND claim_id = %s
"""


def lock_claimed(message: Message, claim_id: uuid.UUID) -> str:
    """Hold a message read with its claim, bring its facts up to date, and give its state now.

    Nothing else of a claimed message changes; one claimed by another worker is nobody's ("").
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [scoped_tenant_id(), message.pk])
        state, holder, facts = cursor.fetchone()
    if holder != claim_id:
        return "" if state == Message.State.CLAIMED else str(state)
    message.facts = json.loads(facts)
    return str(state)


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
    with connection.cursor() as cursor:
        cursor.execute(_SENDING, [*values, scoped_tenant_id(), message.pk])


def mark_sent(message_id: int, claim_id: uuid.UUID, answer: str, now: dt.datetime) -> bool:
    """Write down that the server has it, unless the claim was lost meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [now, answer, scoped_tenant_id(), message_id, claim_id])
        return bool(cursor.rowcount)
