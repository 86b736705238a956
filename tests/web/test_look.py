"""The look in a real browser: every component, two widths, two themes."""

import functools
import os
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import override_settings

from tenants.theme import theme_css
from tests.web import showcase

WIDTHS = {"wide": 1440, "narrow": 390}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

TOO_LOW = """() => [...document.querySelectorAll('a.btn, button, summary, .tabbar a, .field input')]
    .filter((e) => e.offsetParent && !['checkbox', 'radio'].includes(e.type))
    .filter((e) => e.getBoundingClientRect().height < 43.5)
    .map((e) => e.outerHTML.slice(0, 90))"""

pytestmark = pytest.mark.browser


class Handler(SimpleHTTPRequestHandler):
    """Static files from the checkout, pages from memory, under the product's own policy."""

    def __init__(self, *args, pages, policy, **kwargs):
        self.pages, self.policy = pages, policy
        super().__init__(*args, directory=str(settings.BASE_DIR), **kwargs)

    def do_GET(self):
        name = self.path.strip("/")
        if name in self.pages:
            self.answer(self.pages[name], "text/html; charset=utf-8")
        elif name.startswith("theme/"):
            self.answer(theme_css("#0F5A46"), "text/css")
        elif name.startswith("static/"):
            super().do_GET()
        else:
            self.send_error(404)

    def answer(self, text, kind):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(scope="module")
def pages():
    templates = [{**settings.TEMPLATES[0]}]
    templates[0]["DIRS"] = [*templates[0]["DIRS"], Path(__file__).parent / "templates"]
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(
        ROOT_URLCONF="tests.web.urls_showcase", TEMPLATES=templates, STORAGES=storages
    ):
        yield {
            f"{name}-{theme}": showcase.page(name, theme)
            for name in showcase.PAGES
            for theme in ("light", "dark")
        }


@pytest.fixture(scope="module")
def site(pages):
    handler = functools.partial(Handler, pages=pages, policy=showcase.security_policy())
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def visit(site, chromium):
    """Open a page at a width; afterwards the console must have been silent."""
    contexts, said = [], []

    def open_page(name, width=1440):
        context = chromium.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{site}/{name}", wait_until="load")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", showcase.PAGES)
def test_a_page_has_no_accessibility_fault_and_never_scrolls_sideways(visit, name, width, theme):
    page = visit(f"{name}-{theme}", WIDTHS[width])

    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    if folder := os.environ.get("SHOTS_DIR"):
        page.screenshot(path=f"{folder}/{name}-{width}-{theme}.png", full_page=True)
    faults = [(fault["id"], fault["nodes"]) for fault in found.response["violations"]]
    assert [(name, [node["html"] for node in nodes]) for name, nodes in faults] == []
    assert overflow <= 0


@pytest.mark.parametrize("name", ["app", "login", "pay"])
def test_everything_to_press_is_44_pixels_high_on_a_phone(visit, name):
    page = visit(f"{name}-light", 390)

    small = page.evaluate(TOO_LOW)

    assert small == []


def test_the_keyboard_walks_over_the_rows_and_finds_the_search(visit):
    page = visit("app-light")

    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("j")
    second = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("/")

    assert (first, second) == ("SCI Kerléano", "Garage Morvan")
    assert page.evaluate("document.activeElement.id") == "search"


def test_single_keys_can_be_switched_off(visit):
    page = visit("app-light")

    page.keyboard.press("?")
    page.locator("[data-keys]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")

    assert page.evaluate("document.activeElement.textContent") != "SCI Kerléano"


def test_a_dialog_opens_and_closes_without_inline_script(visit):
    page = visit("app-light")

    page.locator("[data-dialog=stop]").click()
    opened = page.locator("#stop").evaluate("dialog => dialog.open")
    page.locator("#stop [data-close]").click()

    assert opened is True
    assert page.locator("#stop").evaluate("dialog => dialog.open") is False


def test_ticking_rows_counts_them_and_frees_the_button(visit):
    page = visit("app-light")
    button = page.locator("[data-needs-pick]")
    before = button.is_disabled()

    page.locator("[data-pick-all]").check()

    assert before is True
    assert page.locator("[data-picked]").inner_text() == "4"
    assert button.is_disabled() is False


def test_a_toast_can_be_sent_away(visit):
    page = visit("app-light")

    page.locator(".toast.error [data-dismiss]").click()

    assert page.locator(".toast").count() == 1


def test_without_styles_of_the_system_the_cookie_decides_the_theme(visit):
    page = visit("app-dark")

    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert ground == "rgb(18, 20, 23)"
