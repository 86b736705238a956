"""From the emailed link to the settled debt, over HTTP, with real commits on both sides."""

import datetime as dt
import time
import urllib.error
import urllib.request
import uuid
from urllib.parse import urlencode, urlsplit

import pytest

from payments.accounts import register_webhook, webhook_url
from payments.inbox import process_events
from payments.links import link_token
from payments.models import Attempt, GatewayAccount, GatewayEvent, Payment
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant
from tests.factories.payments import connect_fake_stripe, link_for, make_receivable

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # the live server starts once a run, without `collectstatic`
    pytest.mark.filterwarnings("ignore:No directory at:UserWarning"),
]


def now():
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def tenant(client, live_server, stripe_server, settings):
    client.defaults["REMOTE_ADDR"] = f"visitor-{uuid.uuid4()}"
    settings.STRIPE_API_BASE = stripe_server.url
    settings.SITE_URL = live_server.url
    tenant = make_tenant("acme")
    with use_tenant(tenant):
        account = connect_fake_stripe(now=now())
        register_webhook(account_id=account.pk, now=now())
    return tenant


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def pay_on_the_hosted_page(url, method):
    """Click a button of the gateway's page; return where it sends the payer."""
    opener = urllib.request.build_opener(_NoRedirects)
    body = urlencode({"method": method}).encode()
    try:
        opener.open(urllib.request.Request(url, data=body, method="POST"))
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]
    raise AssertionError("The hosted page sent nobody back.")


def start(client, tenant, amount="120.00"):
    with use_tenant(tenant), tenant_atomic():
        link = link_for(make_receivable(amount=amount), now=now())
    return link, client.post(f"/p/{link_token(link)}/pay/")


def hear(tenant, *, events=1):
    """Wait for the gateway's call, as it comes over the network, and apply it."""
    deadline = time.monotonic() + 15
    while GatewayEvent.objects.count() < events and time.monotonic() < deadline:
        time.sleep(0.05)
    with use_tenant(tenant):
        process_events(now=now() + dt.timedelta(seconds=1))  # after the call, which is not rounded


def balance(tenant, link):
    with use_tenant(tenant), tenant_atomic():
        return link.items.get().receivable.balance


def test_click_pay_webhook_settled(client, tenant):
    link, sent = start(client, tenant)
    pay_on_the_hosted_page(sent["Location"], "card")

    hear(tenant)

    assert balance(tenant, link) == 0
    assert set(GatewayEvent.objects.values_list("outcome", flat=True)) == {"SUCCEEDED"}


def test_click_pay_return_and_then_the_webhook_book_once(client, tenant):
    link, sent = start(client, tenant)
    back = urlsplit(pay_on_the_hosted_page(sent["Location"], "card"))

    answer = client.get(f"{back.path}?{back.query}")
    hear(tenant)

    with use_tenant(tenant), tenant_atomic():
        assert Payment.objects.count() == 1
    assert (answer.context["outcome"], balance(tenant, link)) == ("PAID", 0)


def test_a_debit_stays_pending_until_the_bank_has_confirmed(client, tenant, stripe_server):
    link, sent = start(client, tenant)
    pay_on_the_hosted_page(sent["Location"], "sepa_debit")
    hear(tenant)
    with use_tenant(tenant), tenant_atomic():
        attempt = Attempt.objects.get()
    heard = GatewayEvent.objects.count()
    assert (attempt.state, balance(tenant, link)) == ("PROCESSING", 120)
    stripe_server.do("confirm_debit", session_id=attempt.external_id)

    hear(tenant, events=heard + 1)

    assert balance(tenant, link) == 0


def test_the_webhook_of_the_account_is_where_stripe_was_told(tenant, stripe_server):
    with use_tenant(tenant), tenant_atomic():
        account = GatewayAccount.objects.get()

    world = stripe_server.world
    (endpoint,) = world.all(world.account_with(account.webhook_id), "webhook_endpoint")

    assert endpoint["url"] == webhook_url(account)
