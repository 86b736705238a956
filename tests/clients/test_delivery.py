"""The outbox, delivered to a real mail server."""

import datetime as dt

import pytest

from clients.delivery import deliver_tenant
from clients.models import Message
from tenants.models import Tenant
from tenants.scope import tenant_atomic
from tests.factories.clients import make_client, queue_probe

NOW = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)
State = Message.State


@pytest.fixture
def live(as_acme):
    Tenant.objects.update(mode="LIVE")
    as_acme.mode = "LIVE"
    return as_acme


def test_a_message_leaves_and_is_frozen(live, smtp_sink):
    with tenant_atomic():
        message = queue_probe(make_client(), subject="Votre facture", text="Bonjour\n")

    report = deliver_tenant(now=NOW)

    assert report.as_dict() == {"messages": 1, "sent": 1, "recovered": 0, "trouble": ""}
    assert smtp_sink.subjects == ["Votre facture"]
    with tenant_atomic():
        message.refresh_from_db()
        assert (message.state, message.sent_at, message.frozen_at) == (State.SENT, NOW, NOW)
        assert message.server_answer == "250 2.0.0 Ok: queued"
        assert message.message_id == f"<m.{message.public_id}@mail.example>"
