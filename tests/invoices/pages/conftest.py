"""Somebody signed in, and rows of their business."""

import pytest

from invoices import panels
from tenants import navigation
from tenants.scope import tenant_atomic, use_tenant


@pytest.fixture
def page(request, client, owner):
    """Reads and posts as the owner, in English, under /t/acme/."""
    owner.language = "en"
    owner.save()
    client.force_login(owner)
    client.cookies["language"] = "en"
    if "django_assert_num_queries" in request.fixturenames:
        client.get("/t/acme/invoices/")  # warms what is made once
    return client


@pytest.fixture
def no_plugs(monkeypatch):
    """Without what other apps put on these pages."""
    for registry in ("_panels", "_acts"):
        monkeypatch.setattr(panels, registry, {})
    ours = {name: count for name, count in navigation._counts.items() if name == "invoices"}
    monkeypatch.setattr(navigation, "_counts", ours)


@pytest.fixture
def scope(acme):
    """A scope for preparing and for looking: closed while the page is asked for."""

    def run(act, *args, **kwargs):
        with use_tenant(acme), tenant_atomic():
            return act(*args, **kwargs)

    return run
