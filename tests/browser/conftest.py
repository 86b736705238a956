"""A real browser on the real application: its own server, the test database, the role `app`."""

import os
import threading
from contextlib import contextmanager, nullcontext

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client, override_settings

from tenants import clock
from tenants.models import User
from tests.conftest import empty_tables

PLAIN_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def pytest_collection_modifyitems(items):
    here = os.path.dirname(__file__)  # noqa: PTH120
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args):
        """Say nothing."""


class DatedApp:
    """The application, at the moment that a test says; else now."""

    def __init__(self, app):
        self.app, self.moment = app, None

    def __call__(self, environ, start_response):
        with clock.as_of(self.moment) if self.moment else nullcontext():
            return self.app(environ, start_response)

    @contextmanager
    def at(self, moment):
        """The hour that the pages and this thread live at."""
        self.moment = moment
        with clock.as_of(moment):
            yield
        self.moment = None


@pytest.fixture(scope="module")
def app():
    return DatedApp(StaticFilesHandler(get_wsgi_application()))


@pytest.fixture(scope="module")
def server(app):
    """The application on a free port, in threads of this process."""
    with override_settings(
        STORAGES={**settings.STORAGES, "staticfiles": PLAIN_FILES},
        ALLOWED_HOSTS=["127.0.0.1"],
        DEMO=True,
    ):
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise wants one
        server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
        server.set_app(app)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        with override_settings(SITE_URL=address, CSRF_TRUSTED_ORIGINS=[address]):
            yield address
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def swept(django_db_setup, django_db_blocker):
    """A database that is written to for real, and emptied after the module."""
    cache.clear()  # knocks at the doors were counted while another module ran
    with django_db_blocker.unblock():
        yield
        for connection in connections.all():
            connection.close()
        empty_tables()


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
