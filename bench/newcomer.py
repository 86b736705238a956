"""A newcomer's first evening in a real browser: from signing up to a plan that is live."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import FilePayload, Page, sync_playwright
from stdnum.luhn import calc_check_digit

from bench.crowd import wait_until_open
from bench.gauge import peak_mb
from bench.place import manage
from config.embedded import ROOT, Urls
from tenants.clock import now
from tenants.models import Tenant
from tests.fakes.browser import CHROMIUM, FLAGS
from tests.fakes.companies import MOREL, running_register

SIZE = 40  # open invoices in the old book
CLIENTS = 15
WARM_UP = 8  # pages: each process of the server has read its templates
PATIENCE = 120_000  # milliseconds for a page or a worker
HEADINGS = "Facture;Client;SIREN;Email;Date de facture;Échéance;Montant TTC;Reste dû"
# the keystroke-level model of Card, Moran and Newell, in seconds
POINT_AND_CLICK = 1.3
KEY = 0.28
THINK = 1.35  # before each click


@dataclass
class Newcomer:
    """Somebody at a browser whose clicks, keys and pages are counted."""

    page: Page
    clicks: int = 0
    keys: int = 0
    pages: int = 0
    took: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        self.page.on("framenavigated", self._turn)

    def click(self, what: str) -> None:
        self.page.click(what)
        self.clicks += 1

    def write(self, name: str, text: str) -> None:
        """Point at a field and type."""
        self.page.fill(f"[name='{name}']", text)
        self.clicks += 1
        self.keys += len(text)

    def give(self, name: str, content: bytes) -> None:
        """Open the dialog for files and take one."""
        book = FilePayload(name=name, mimeType="text/csv", buffer=content)
        self.page.set_input_files("input[type=file]", book)
        self.clicks += 2

    def answer_each(self, value: str) -> None:
        for select in self.page.locator("main select").all():
            select.select_option(value)
            self.clicks += 2

    def wait(self, address: str) -> None:
        self.page.wait_for_url(address)

    def arrive(self, where: str) -> None:
        """Note how long it took since the last place."""
        moment = time.perf_counter()
        self.took[where] = round(moment - self._since, 1)
        self._since = moment

    def _turn(self, frame: Any) -> None:
        self.pages += frame == self.page.main_frame


def run(urls: Urls, options: Namespace) -> dict[str, Any]:
    """Servers of an installation, the register a fake; mails are kept, as in a demonstration.

    `seconds` is what the machine takes: fields are filled at once. `a_persons_minutes` adds what
    pointing, typing and deciding take by the keystroke-level model; reading is not in it.
    """
    manage("collectstatic", "--no-input", "--verbosity", "0")
    with running_register() as register, _served(register.url) as address, _browser() as page:
        for _time in range(WARM_UP):
            page.goto(f"{address}/accounts/signup/")
        somebody = Newcomer(page)
        began = time.perf_counter()
        _sign_up(somebody, address)
        _set_up(somebody)
        _bring_the_book(somebody, options.size)
        _agree(somebody)
        seconds = time.perf_counter() - began
    if Tenant.objects.get().mode != Tenant.Mode.LIVE:
        raise RuntimeError("the plan is not live")
    by_hand = somebody.clicks * (THINK + POINT_AND_CLICK) + somebody.keys * KEY
    return {
        "clicks": somebody.clicks,
        "keys": somebody.keys,
        "pages": somebody.pages,
        "seconds": round(seconds, 1),
        "took": somebody.took,
        "a_persons_minutes": round((seconds + by_hand) / 60, 1),
        "peak_mb": peak_mb(),
    }


def _sign_up(somebody: Newcomer, address: str) -> None:
    page = somebody.page
    page.goto(f"{address}/accounts/signup/")
    somebody.write("email", "claire@morel.example")
    somebody.write("password1", "une-phrase-de-passe")
    somebody.click("main button[type=submit]")
    somebody.click("main a[href*='account-mails']")
    somebody.click("main a[href*='confirm-email']")
    while "/businesses/new/" not in page.url:
        if "/login" in page.url:
            somebody.write("login", "claire@morel.example")
            somebody.write("password", "une-phrase-de-passe")
        somebody.click("main button[type=submit]")
    somebody.arrive("signed_up")


def _set_up(somebody: Newcomer) -> None:
    """The five screens, none of them skipped."""
    somebody.write("q", MOREL["siren"])
    somebody.click("form[role=search] button")
    somebody.click("main form[method=post] button[type=submit]")
    somebody.wait("**/welcome/look/")
    somebody.click(".ways button")
    somebody.wait("**/welcome/bank/")
    somebody.write("iban", "FR76 3000 6000 0112 3456 7890 189")
    somebody.click(".ways button")
    somebody.wait("**/welcome/numbers/")
    somebody.write("last", f"F-{_today().year}-0412")
    somebody.click(".ways button")
    somebody.wait("**/welcome/sending/")
    somebody.click("button[name=test]")
    somebody.page.wait_for_selector("#test-mail .banner.warn")
    somebody.click(".ways button")
    somebody.wait("**/welcome/")
    somebody.arrive("set_up")


def _bring_the_book(somebody: Newcomer, invoices: int) -> None:
    somebody.click("main a[href$='/invoices/import/']")
    somebody.give("livre.csv", _book(invoices).encode("cp1252"))
    somebody.click("main form[enctype] footer button")
    somebody.click(f"text=Import {invoices} invoices of")
    somebody.click("text=Prepare the reminders")
    somebody.page.wait_for_selector("h1:has-text('What have you already sent?')")
    somebody.arrive("imported")


def _agree(somebody: Newcomer) -> None:
    somebody.answer_each("NOTHING")
    somebody.click("text=See the plan")
    somebody.click("main >> text=Agree to all")
    somebody.click("button:has-text('Agree')")
    somebody.click("button:has-text('Go live')")
    somebody.page.wait_for_selector("h1:has-text('Go live')", state="detached")
    somebody.arrive("live")


def _book(invoices: int) -> str:
    """What another program lets out: French dates and commas, two months of debts."""
    lines = [HEADINGS]
    for number in range(invoices):
        client = number % min(CLIENTS, invoices)
        stem = f"{40_000_000 + client}"
        due = _today() + dt.timedelta(days=20 - 80 * number // invoices)
        amount = f"{150 + 37 * number},00"
        lines.append(
            f"V-{number + 1};Maison {chr(65 + client)};{stem}{calc_check_digit(stem)};"
            f"compta{client}@maison.example;{due - dt.timedelta(days=30):%d/%m/%Y};"
            f"{due:%d/%m/%Y};{amount};{amount}"
        )
    return "\n".join(lines) + "\n"


def _today() -> dt.date:
    return now().date()


@contextmanager
def _served(register: str) -> Iterator[str]:
    """Web server and worker, as `bin/run` starts them with DEMO and without a mail server."""
    port = 18000 + int(time.time()) % 1000
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DEMO": "1",
        "SITE_URL": address,
        "COMPANY_SEARCH_URL": register,
        "PYTHONWARNINGS": "ignore",  # celery dislikes a root that a measurement may well have
    }
    web = ["gunicorn", "config.wsgi", "--no-control-socket", "--bind", f"127.0.0.1:{port}"]
    web += ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    worker = ["celery", "-A", "config", "worker", "--queues", "mail,pdf,default"]
    worker += ["--concurrency", "2", "--without-gossip", "--without-mingle"]
    started = [
        subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        for command in ([*web, "--log-level", "error"], [*worker, "--loglevel", "ERROR"])
    ]
    try:
        wait_until_open(port)
        yield address
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(timeout=30)


@contextmanager
def _browser() -> Iterator[Page]:
    if CHROMIUM is None:
        sys.exit("chromium is not on this machine: apt install chromium")
    with sync_playwright() as playwright:
        # the driver runs an event loop in this thread; ours are plain database calls
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en")
        context.set_default_timeout(PATIENCE)
        yield context.new_page()
        browser.close()
