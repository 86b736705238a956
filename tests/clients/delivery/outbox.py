"""Filling the outbox and emptying it, at a moment that the tests share."""

import datetime as dt
import uuid

from clients.delivery import deliver_tenant
from clients.models import Message
from clients.services import (
    send_message,
)
from tenants.scope import tenant_atomic
from tests.factories.clients import queue_probe, register_probe

NOW = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)


MINUTE = dt.timedelta(minutes=1)


State = Message.State


def queue(client, count=1, **facts):
    with tenant_atomic():
        made = [queue_probe(client, **{"subject": f"n{n}", **facts}) for n in range(count)]
    return made[0] if count == 1 else made


def queue_kind(client, facts=None, **kind):
    with tenant_atomic():
        key = register_probe(f"PROBE_{uuid.uuid4().hex[:8]}", **kind)
        return send_message(client=client, kind=key, facts=facts or {})


def deliver(now=NOW):
    return deliver_tenant(now=now).states


def fresh(message):
    with tenant_atomic():
        return Message.objects.get(pk=message.pk)


def change(model, **fields):
    with tenant_atomic():
        model.objects.update(**fields)
