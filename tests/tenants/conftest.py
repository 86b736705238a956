"""Pages of this folder are drawn without `collectstatic` having run."""

import pytest
from django.conf import settings as django_settings

from tenants.scope import tenant_atomic, use_tenant


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def sign_in(client):
    """`sign_in(user)` gives a browser of that person."""

    def as_(user):
        client.force_login(user, django_settings.AUTHENTICATION_BACKENDS[0])
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return as_


@pytest.fixture
def inside(acme):
    """Rows of acme, in a scope that is closed again before the page is asked for."""

    def call(act, *args, **kwargs):
        with use_tenant(acme), tenant_atomic():
            return act(*args, **kwargs)

    return call
