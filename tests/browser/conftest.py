"""A real browser on the real application: its own server, the test database, the role `app`."""

import os
import threading
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client, override_settings

from config.demo.loading import load_demo
from tenants.models import Tenant, User

PLAIN_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def pytest_collection_modifyitems(items):
    here = os.path.dirname(__file__)  # noqa: PTH120
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(scope="module")
def server():
    """The application on a free port, in threads of this process."""
    with override_settings(
        STORAGES={**settings.STORAGES, "staticfiles": PLAIN_FILES},
        ALLOWED_HOSTS=["127.0.0.1"],
        DEMO=True,
    ):
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise wants one
        server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
        server.set_app(StaticFilesHandler(get_wsgi_application()))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        with override_settings(SITE_URL=address, CSRF_TRUSTED_ORIGINS=[address]):
            yield address
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo tenant, committed once for the module, and swept away after it."""
    with django_db_blocker.unblock():
        load_demo(now=datetime.now(UTC))
        yield Tenant.objects.get()
        for connection in connections.all():
            connection.close()
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


@pytest.fixture
def open_page(server, chromium):
    """`open_page(path, user=…, width=…, theme=…)`: a page in a browser of its own.

    Afterwards the console must have been silent.
    """
    contexts, said = [], []

    def opened(path, *, user: User | None = None, width=1440, theme="light", language="fr"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, locale=language
        )
        contexts.append(context)
        if user is not None:
            context.add_cookies([session_cookie(user, server)])
        page = context.new_page()
        page.on("console", lambda message: note(said, message, server))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{server}{path}", wait_until="load")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []


def note(said, message, server):
    """Keep what our pages say; a bank's page may say what it likes."""
    if message.location["url"].startswith(server):
        said.append(f"{message.text} {message.location['url']}")


def session_cookie(user: User, server: str) -> dict[str, str]:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": server,
    }
