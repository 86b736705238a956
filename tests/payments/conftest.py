import pytest

from tests.factories.payments import connect_fake_stripe


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings):
    """Pages are drawn without `collectstatic` having run."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def stripe_of_acme(as_acme, stripe_server, settings):
    """The fake Stripe, and an account of acme there; under the identity, no scope open."""
    settings.STRIPE_API_BASE = stripe_server.url
    connect_fake_stripe()
    return stripe_server
