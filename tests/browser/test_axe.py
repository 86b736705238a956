"""Every page of the product in a real browser: both widths, both themes, nothing to complain of.

The pages are those that the resolver knows: a new one is visited without being named here, and
one that no object of `world` opens fails its test.
"""

import itertools
import re
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import override_settings
from django.urls import reverse

from payments.gateways import registry
from payments.gateways.sandbox import SandboxGateway
from payments.sandbox_store import RowStore
from tenants import clock
from tests.browser import world as worlds
from tests.browser.conftest import session_cookie
from tests.browser.urls_faults import ERRORS
from tests.fakes.companies import company
from tests.web.access_table import PUBLIC_SPACE, TENANT_SPACE, names_of

pytestmark = pytest.mark.slow

WIDE, NARROW, HEIGHT = 1440, 390, 900
HEAVIEST = 100 * 1024
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
AXE = """async (rules) => (await axe.run(document, { runOnly: rules, resultTypes: ["violations"] }))
    .violations.flatMap(
        (fault) => fault.nodes.map((node) => `${fault.id}: ${node.html.slice(0, 160)}`))"""
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"

TAG = re.compile(r'<([a-z][^\s>]*(?: class="[^"]*")?)')  # what makes a page look different
SEND_EMPTY = """() => {
    const form = document.querySelector("main form[method=post]");
    form.noValidate = true;
    for (const field of form.querySelectorAll("input:not([type=hidden]), textarea"))
        if (["checkbox", "radio"].includes(field.type)) field.checked = false;
        else field.value = "";
    form.requestSubmit();
}"""
FAULTY = "main [aria-invalid=true], main [role=alert], main .errorlist"
OK, MISSING, NOT_ALLOWED, REFUSED = 200, 404, 405, (200, 422)
# pages whose form is sent back empty: one of each sort of field
FORMS = (
    "clients:create", "clients:add_person", "invoices:create",
    "dunning:promise", "dunning:dispute", "settings:business", "sending:settings",
    "onboarding:business",
)  # fmt: skip


def groups_of(space):
    """The names of pages by the app they belong to."""
    found = {}
    for name in sorted(space):
        found.setdefault(name.partition(":")[0], []).append(name)
    return found


TENANT_GROUPS = groups_of(TENANT_SPACE)
ACCOUNT_SPACE = {
    name: pattern
    for name, pattern in names_of(settings.ROOT_URLCONF).items()
    if name.startswith("account_")
}
OUTSIDE = {**PUBLIC_SPACE, **ACCOUNT_SPACE}


@dataclass
class Sweep:
    """Visits addresses and collects what is wrong with them."""

    page: object
    server: str
    faults: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    seen: dict[str, set[str]] = field(default_factory=dict)

    def visit(self, path, name=""):
        """Look at what an address shows, unless `name` has shown nothing else; its status."""
        answer = self.page.context.request.get(f"{self.server}{path}", max_redirects=0)
        if is_page(answer):
            html = answer.text()
            self.faults += [f"{path} {fault}" for fault in shape(html)]
            tags = set(TAG.findall(html[html.index("<main") :]))
            seen = self.seen.setdefault(name or path, set())
            if not tags <= seen:
                seen |= tags
                self.look(path)
        return answer.status

    def hear(self, message):
        """What the console says, but that an answer of 4xx is one."""
        own = message.location["url"] == self.page.url
        if message.type in {"error", "warning"} and not (own and "status of 4" in message.text):
            self.said.append(message.text)

    def look(self, path):
        self.said.clear()
        self.set("light", WIDE)
        self.page.goto(f"{self.server}{path}", wait_until="load")
        self.inspect(path)

    def refuse(self, path):
        """Send the first form of a page emptied, and look at the answer."""
        self.said.clear()
        self.set("light", WIDE)
        self.page.goto(f"{self.server}{path}", wait_until="load")
        with self.page.expect_navigation(wait_until="load") as sent:
            self.page.evaluate(SEND_EMPTY)
        answer = sent.value
        if answer.status not in REFUSED or self.page.locator(FAULTY).count() == 0:
            self.faults.append(f"{path} accepts an empty form: {answer.status}")
        self.faults += [f"{path} refused {fault}" for fault in shape(answer.text())]
        self.inspect(f"{path} refused")

    def inspect(self, path):
        """Both themes at both widths; the page has been loaded light and wide."""
        self.page.evaluate(AXE_SCRIPT)
        found = self.axe("wide", RULES)
        self.set("dark", WIDE)
        found += self.axe("wide dark", COLOURS)
        self.set("dark", NARROW)
        found += self.axe("narrow dark", COLOURS)
        self.set("light", NARROW)
        found += self.axe("narrow", RULES)
        if (over := self.page.evaluate(SIDEWAYS)) > 0:
            found.append(f"{over} pixels too wide for a telephone")
        self.faults += [f"{path} {fault}" for fault in dict.fromkeys([*found, *self.said])]

    def set(self, theme, width):
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        self.page.set_viewport_size({"width": width, "height": HEIGHT})

    def axe(self, where, rules):
        return [f"{where} {fault}" for fault in self.page.evaluate(AXE, rules)]


def is_page(answer):
    """Not a file, not a piece for htmx, not the frame that shows somebody's mail."""
    if answer.status != OK or not answer.headers["content-type"].startswith("text/html"):
        return False
    return "sandbox" not in answer.headers["content-security-policy"] and b"<html" in answer.body()


def shape(html):
    """What every page has: a language, a title, one heading of the first rank, little weight."""
    if len(html.encode()) > HEAVIEST:
        yield f"weighs {len(html.encode())} bytes"
    if not re.search(r'<html lang="(fr|en)"', html):
        yield "has no language"
    if not re.search(r"<title>\s*\S[^<]*</title>", html):
        yield "has no title"
    if (count := len(re.findall(r"<h1[ >]", html))) != 1:
        yield f"has {count} h1"


@pytest.fixture(scope="module")
def world(swept, app, server, french_catalogues):
    """The world of `worlds`, at its hour, in French; the sandbox takes its payments."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with (
        pytest.MonkeyPatch.context() as patch,
        override_settings(
            PASSWORD_HASHERS=quick,
            DEMO=True,
            ROOT_URLCONF="tests.browser.urls_faults",
            LOCALE_PATHS=[french_catalogues],
        ),
        app.at(worlds.MOMENT),
    ):
        patch.setattr(registry, "_gateways", dict(registry._gateways))
        registry.register_gateway(SandboxGateway(store=RowStore(), now=clock.now))
        yield worlds.settle()


@pytest.fixture(scope="module")
def browsers(chromium, server, world):
    """One browser context for each kind of visitor, kept for the module."""
    contexts = {}
    for visitor in ("owner", "nobody"):
        contexts[visitor] = chromium.new_context(locale="fr")
    contexts["owner"].add_cookies([session_cookie(world.owner, server)])
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.fixture
def sweep(browsers, server):
    pages = []

    def start(visitor, after=None):
        page = browsers[visitor].new_page()
        pages.append(page)
        found = Sweep(page, server)
        if after is not None:
            found.faults, found.seen = after.faults, after.seen
        page.on("console", found.hear)
        page.on("pageerror", lambda error: found.said.append(str(error)))
        return found

    yield start
    for page in pages:
        page.close()


def addresses(name, space, world, urlconf):
    """Every address of a page that the objects of the world give."""
    pattern = space[name].pattern
    names = list(pattern.converters or getattr(pattern, "regex", re.compile("")).groupindex)
    for values in itertools.product(*(world.objects[each] for each in names)):
        yield reverse(name, urlconf=urlconf, kwargs=dict(zip(names, values, strict=True)))


def visit_all(sweep, name, paths, *, is_act):
    """The addresses of one page; of an act, until one shows what it asks."""
    leads_somewhere = False
    for path in paths:
        status = sweep.visit(path, name)
        leads_somewhere |= status != MISSING
        if status == NOT_ALLOWED or (is_act and status == OK):
            break
    if not leads_somewhere:
        sweep.faults.append(f"{name}: no object of the world opens it")


def is_act(pattern):
    """Its address goes on after the object: what it asks looks the same for every object."""
    return not str(pattern.pattern).endswith(">/")


@pytest.mark.parametrize("group", TENANT_GROUPS)
def test_a_page_of_a_business_has_no_fault(group, sweep, world):
    visits = sweep("owner")

    for name in TENANT_GROUPS[group]:
        paths = list(addresses(name, TENANT_SPACE, world, settings.TENANT_URLCONF))
        visit_all(
            visits,
            name,
            [f"/t/{world.tenant.slug}{path}" for path in paths],
            is_act=is_act(TENANT_SPACE[name]),
        )
        if not TENANT_SPACE[name].pattern.converters:
            visits.visit(f"/t/{world.newcomer.slug}{paths[0]}", name)

    assert "\n".join(visits.faults) == ""


def test_a_form_sent_back_has_no_fault(sweep, world):
    visits = sweep("owner")

    for name in FORMS:
        first = next(addresses(name, TENANT_SPACE, world, settings.TENANT_URLCONF))
        visits.refuse(f"/t/{world.tenant.slug}{first}")
    visits.refuse("/businesses/new/")
    for name in ("account_login", "account_signup", "account_reset_password"):
        visits = sweep("nobody", visits)
        visits.refuse(reverse(name, urlconf=settings.ROOT_URLCONF))

    assert "\n".join(visits.faults) == ""


def test_a_page_outside_businesses_has_no_fault(sweep, world):
    visits = sweep("nobody")
    for name in OUTSIDE:
        paths = addresses(name, OUTSIDE, world, settings.ROOT_URLCONF)
        visit_all(visits, name, paths, is_act=False)
    signed_in = sweep("owner", visits)

    for name in OUTSIDE:
        paths = addresses(name, OUTSIDE, world, settings.ROOT_URLCONF)
        visit_all(signed_in, name, paths, is_act=False)
    signed_in.visit("/?all")

    assert "\n".join(dict.fromkeys(signed_in.faults)) == ""


def test_what_the_register_says_has_no_fault(sweep, world, register):
    visits = sweep("owner")
    own = f"/t/{world.newcomer.slug}/welcome"
    register.companies.append(
        company("552100554", f"Mor {worlds.TIMES_LONG}", etat_administratif="C")
    )

    for path in (
        "/businesses/new/",
        "/businesses/find/?q=mor",
        f"/businesses/find/?q=mor&at={world.newcomer.slug}&back=today",
        "/businesses/new/?legal_name=Morel&register=unreadable",
        f"{own}/business/?siren=732829320&back=today",
        f"{own}/look/?color=%23F5C400",
    ):
        visits.visit(path)

    assert "\n".join(visits.faults) == ""


def test_a_page_that_says_an_error_has_no_fault(sweep, world):
    visits = sweep("nobody")

    for template in ERRORS:
        visits.visit(f"/said/{template}/", "error")

    assert "\n".join(visits.faults) == ""
