"""A live tenant, a client to write to, and an ear for what the outbox announces."""

import pytest

from clients.signals import message_cancelled, message_failed, message_left
from tenants.models import Tenant
from tenants.scope import tenant_atomic
from tests.factories.clients import make_client


@pytest.fixture
def live(as_acme):
    Tenant.objects.update(mode="LIVE")
    as_acme.mode = "LIVE"
    return as_acme


@pytest.fixture
def dupont(live):
    with tenant_atomic():
        return make_client()


@pytest.fixture
def news():
    """What was announced, in order."""
    heard = []

    def note(signal, sender, message_id, kind, **facts):
        heard.append(facts.get("state") or facts["reason"])

    signals = (message_left, message_failed, message_cancelled)
    for signal in signals:
        signal.connect(note)
    yield heard
    for signal in signals:
        signal.disconnect(note)
