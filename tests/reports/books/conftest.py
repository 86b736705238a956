"""A business as it is founded, and pages drawn without `collectstatic` having run."""

import pytest

from dunning.ladder_rows import write_shipped_ladders
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def acme(db):
    tenant = make_tenant("acme")
    with use_tenant(tenant), tenant_atomic():
        write_shipped_ladders()
    return tenant
