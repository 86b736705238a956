"""A shop whose clients pay by Stripe, and doors nobody has knocked at."""

import uuid

import pytest

from tests.factories.payments import connect_fake_stripe


@pytest.fixture(autouse=True)
def _knocks_for_the_first_time(client):
    client.defaults["REMOTE_ADDR"] = f"visitor-{uuid.uuid4()}"


@pytest.fixture
def shop(as_acme, stripe_server, settings):
    settings.STRIPE_API_BASE = stripe_server.url
    connect_fake_stripe()
    return stripe_server
