import pytest


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings):
    """Pages are drawn without `collectstatic` having run."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True
