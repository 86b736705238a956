"""Somebody signed in, and rows of their business."""

import pytest

from clients import panels
from tenants import navigation
from tenants.scope import tenant_atomic, use_tenant


@pytest.fixture
def browser(client, member):
    client.force_login(member)
    return client


@pytest.fixture
def acme_rows(acme):
    """Make rows of acme inside a short scope."""

    def make(function, *args, **kwargs):
        with use_tenant(acme), tenant_atomic():
            return function(*args, **kwargs)

    return make


@pytest.fixture
def no_plugs(monkeypatch):
    """Without what other apps put on these pages."""
    for registry in ("_panels", "_columns", "_acts"):
        monkeypatch.setattr(panels, registry, {})
    monkeypatch.setattr(navigation, "_counts", {})
