"""The pay page in a real browser: it may be used by everybody, and its button really pays."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from payments.links import link_url
from payments.models import Attempt
from tenants.clock import now
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant
from tests.factories.payments import connect_fake_stripe, link_for, make_receivable

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at:UserWarning"),
]


@pytest.fixture
def tenant(live_server, stripe_server, settings, monkeypatch):
    # Playwright keeps a loop running in the thread of the test, where Django refuses queries
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.STRIPE_API_BASE = stripe_server.url
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    tenant = make_tenant("acme")
    with use_tenant(tenant):
        connect_fake_stripe(now=now())
    return tenant


@pytest.fixture
def link(tenant):
    with use_tenant(tenant), tenant_atomic():
        return link_for(make_receivable(amount="120.00", due_on=now().date()), now=now())


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.said = []
    page.on("console", lambda said: page.said.append((said.location["url"], said.text)))
    yield page
    context.close()


def complaints(page):
    """What the browser said about our pages; the fake gateway's own (no favicon) is its own."""
    return [text for url, text in page.said if "localhost" in url or "/p/" in url]


def faults(page):
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [each["id"] for each in found.response["violations"]]


def test_from_the_link_to_paid_by_clicking(tenant, link, page):
    page.goto(link_url(link))
    on_the_link = faults(page)

    page.click("button.btn-pay")
    page.click("button[value=card]")
    page.wait_for_selector(".chip.paid")

    with use_tenant(tenant), tenant_atomic():
        assert link.items.get().receivable.balance == 0
    assert (on_the_link, faults(page), complaints(page)) == ([], [], [])


def test_a_debit_is_shown_as_being_confirmed_until_it_is(tenant, link, page, stripe_server):
    page.goto(link_url(link))
    page.click("button.btn-pay")
    page.click("button[value=sepa_debit]")
    page.wait_for_selector("#outcome-panel")
    while_waiting = faults(page)
    with use_tenant(tenant), tenant_atomic():
        session = Attempt.objects.get().external_id

    stripe_server.do("confirm_debit", session_id=session)
    page.wait_for_selector(".chip.paid", timeout=15_000)

    assert (while_waiting, complaints(page)) == ([], [])


def test_the_transfer_can_be_unfolded_and_nothing_scrolls_sideways(link, page):
    page.goto(link_url(link))

    page.click("summary")

    assert page.is_visible("svg.qr")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults(page) == []
