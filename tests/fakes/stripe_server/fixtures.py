"""Pytest plugin: `stripe_server`, a fake Stripe of its own for every test.

Load it with `pytest_plugins = ["tests.fakes.stripe_server.fixtures"]` in the root conftest.
"""

from __future__ import annotations

import pytest

from tests.fakes.stripe_server.server import StripeServer


@pytest.fixture(scope="session")
def _running_stripe_server():
    with StripeServer() as server:
        yield server


@pytest.fixture
def stripe_server(_running_stripe_server):
    """A fake Stripe that knows nothing yet; a breach of contract on its side fails the test."""
    _running_stripe_server.reset()
    yield _running_stripe_server
    assert _running_stripe_server.violations == []
