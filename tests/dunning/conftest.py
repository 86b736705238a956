"""Visiting the pages of dunning as a member."""

import pytest

from tenants import clock
from tenants.scope import tenant_atomic, use_tenant
from tests.factories.dunning import NOTICE_DAY, at


@pytest.fixture
def site(settings):
    """Pages are drawn without `collectstatic` having run."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def visit(site, client, acme, member):
    """`visit("dunning/")`, as a member, on the morning of the formal notice."""
    client.force_login(member)

    def go(path, data=None, *, on=NOTICE_DAY, **extra):
        with use_tenant(acme):
            moment = at(on, 11)
        with clock.as_of(moment):
            if data is None:
                return client.get(f"/t/acme/{path}", **extra)
            return client.post(f"/t/acme/{path}", data, **extra)

    return go


@pytest.fixture
def inside(acme):
    """Rows of acme, in a scope that is closed again before the page is asked for."""

    def call(act, *args, **kwargs):
        with use_tenant(acme), tenant_atomic():
            return act(*args, **kwargs)

    return call
