"""A payer with a real browser on the fake's hosted page."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from payments.gateways.interface import PaymentState
from payments.gateways.stripe import StripeGateway
from tests.payments.gateways.harness import payment_request

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="chromium is not on this machine"
    ),
]

gateway = StripeGateway()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize(
    ("button", "state"),
    [
        ("Payer par carte", PaymentState.SUCCEEDED),
        ("Payer par prélèvement SEPA", PaymentState.PROCESSING),
    ],
)
def test_a_click_pays_and_leads_back(stripe_server, account, browser, button, state):
    back = f"{stripe_server.url}/_control/state?session="
    started = gateway.start(account, payment_request(success_url=back + "{CHECKOUT_SESSION_ID}"))
    page = browser.new_page()
    page.goto(started.redirect_url)

    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url(back + started.external_id)
    page.close()

    assert gateway.fetch(account, started.external_id).state is state
