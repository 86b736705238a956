"""A payer with a real browser on the fake's hosted page."""

import pytest

from payments.gateways.interface import PaymentState
from payments.gateways.stripe import StripeGateway
from tests.payments.gateways.harness import payment_request

pytestmark = pytest.mark.browser

gateway = StripeGateway()


@pytest.mark.parametrize(
    ("button", "state"),
    [
        ("Payer par carte", PaymentState.SUCCEEDED),
        ("Payer par prélèvement SEPA", PaymentState.PROCESSING),
    ],
)
def test_a_click_pays_and_leads_back(stripe_server, account, chromium, button, state):
    back = f"{stripe_server.url}/_control/state?session="
    started = gateway.start(account, payment_request(success_url=back + "{CHECKOUT_SESSION_ID}"))
    page = chromium.new_page()
    page.goto(started.redirect_url)

    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url(back + started.external_id)
    page.close()

    assert gateway.fetch(account, started.external_id).state is state
