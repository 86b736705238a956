"""The fake is only worth what holds it: the contract, and behaviour that is known of Stripe."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
import stripe

from payments.gateways.stripe import StripeGateway
from payments.gateways.stripe_client import stripe_client
from tests.fakes.stripe_server.contract import REQUESTS, RESOURCES, contract, derive
from tests.payments.gateways.harness import payment_request, stripe_account

ROOT = Path(__file__).parents[3]
gateway = StripeGateway()
GOOD = {
    "mode": "payment",
    "success_url": "http://shop.test/",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": "12050",
    "line_items[0][price_data][product_data][name]": "F-1",
}


def objections(changes):
    form = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return contract().read_request("POST /v1/checkout/sessions", urllib.parse.urlencode(form))[1]


def test_a_good_request_is_within_the_contract():
    assert objections({}) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"payment_method_types[0]": "card"},
        {"ui_mode": "hosted"},
        {"line_items[0][price_data][unit_amount]": "120.5"},
        {"line_items[0][price_data][currency]": None},
        {"excluded_payment_method_types[0]": "cheque"},
        {"succes_url": "http://shop.test/"},
    ],
)
def test_a_request_from_an_old_tutorial_is_out_of_contract(changes):
    assert len(objections(changes)) == 1


@pytest.mark.parametrize(
    "changes",
    [{"amount": "100"}, {"status": 1}, {"livemode": False}, {"currency": None}],
)
def test_an_answer_the_fake_invents_is_out_of_contract(changes):
    refund = {"id": "re_1", "object": "refund", "amount": 100, "created": 1, "currency": "eur"}

    assert contract().object_errors(refund) == []
    assert len(contract().object_errors({**refund, **changes})) == 1


@pytest.fixture(scope="module")
def vetted():
    """The contract and the samples that were checked against Stripe's own description."""
    shared = Path(os.environ.get("SHARED_DIR", ROOT.parent / "shared")) / "data" / "stripe"
    if not shared.exists():
        if os.environ.get("CI"):
            pytest.fail(f"SHARED_DIR is needed in CI: {shared} does not exist")
        pytest.skip(f"needs the data in {shared} (set SHARED_DIR)")
    return {
        "contract": json.loads((shared / "stripe-contract.json").read_text()),
        "samples": json.loads((shared / "stripe-fixtures.json").read_text())["resources"],
    }


def without_expansions(schema):
    """Take out the one difference there may be: which resources are written out in full."""
    if isinstance(schema, list):
        return [without_expansions(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    is_short = schema.get("required") == ["id", "object"]
    if is_short or schema.get("$ref", "").rpartition("/")[2].count(".") == 1:
        return "a resource"
    return {name: without_expansions(value) for name, value in schema.items()}


def test_the_derived_contract_is_the_one_that_was_checked_against_stripes_description(vetted):
    derived = derive(REQUESTS, RESOURCES)["$defs"]
    known = vetted["contract"]["$defs"]
    common = derived.keys() & known.keys()

    different = [
        name
        for name in sorted(common)
        if without_expansions(derived[name]) != without_expansions(known[name])
    ]

    assert len(common) > 600
    assert different == []


@pytest.mark.parametrize("name", sorted(RESOURCES.keys() - {"event", "dispute"}))
def test_stripes_own_samples_are_within_the_contract(vetted, name):
    if name not in vetted["samples"]:
        assert name in {"balance", "application"}
        return

    assert contract().object_errors(vetted["samples"][name]) == []


def test_a_key_is_forgotten_after_a_day(stripe_server, account):
    request = payment_request()
    first = gateway.start(account, request)
    stripe_server.do("advance", seconds=24 * 3600)
    later = payment_request(expires_at=request.expires_at.replace(year=2099))

    with pytest.raises(Exception, match="expires_at"):
        gateway.start(account, later)

    assert gateway.fetch(account, first.external_id).state == "EXPIRED"


def test_the_balance_is_what_the_movements_left(stripe_server, account):
    started = gateway.start(account, payment_request())
    stripe_server.do("pay", session_id=started.external_id)
    payment_id = gateway.fetch(account, started.external_id).payment_id
    stripe_server.do("refund_in_dashboard", payment_intent=payment_id, amount=2050)

    balance = stripe_client(account).v1.balance.retrieve().to_dict()

    assert balance["pending"] == [{"amount": 12050 - 205 - 2050, "currency": "eur"}]


def test_only_events_that_were_asked_for_are_sent(stripe_server, account, receiver):
    stripe_client(account).v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["checkout.session.completed"]}
    )
    started = gateway.start(account, payment_request())

    stripe_server.do("pay", session_id=started.external_id)

    assert [json.loads(body)["type"] for _, body in receiver.calls] == [
        "checkout.session.completed"
    ]


def test_a_removed_endpoint_hears_nothing(stripe_server, account, receiver):
    client = stripe_client(account)
    endpoint = gateway.register_webhook(account, receiver.url)

    client.v1.webhook_endpoints.delete(endpoint.external_id)
    stripe_server.do("pay", session_id=gateway.start(account, payment_request()).external_id)

    assert client.v1.webhook_endpoints.list().data == []
    assert receiver.calls == []


def test_webhooks_can_be_released_in_a_chosen_order(stripe_server, account, receiver):
    gateway.register_webhook(account, receiver.url)
    stripe_server.do("hold")
    stripe_server.do("pay", session_id=gateway.start(account, payment_request()).external_id)

    stripe_server.do("release", event_types=["checkout.session.completed"])

    assert [json.loads(body)["type"] for _, body in receiver.calls] == [
        "checkout.session.completed",
        "payment_intent.succeeded",
    ]


def test_an_endpoint_that_is_down_is_remembered(stripe_server, account, receiver):
    receiver.status = 500
    gateway.register_webhook(account, receiver.url)

    stripe_server.do("pay", session_id=gateway.start(account, payment_request()).external_id)

    assert stripe_server.do("state")["delivered"] == [
        ["payment_intent.succeeded", 500],
        ["checkout.session.completed", 500],
    ]


def post(url, data):
    request = urllib.request.Request(url, data=data, method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def test_the_controls_are_reached_over_http(stripe_server, account):
    started = gateway.start(account, payment_request())

    params = json.dumps({"session_id": started.external_id}).encode()
    session = post(f"{stripe_server.url}/_control/pay", params)

    assert session["payment_status"] == "paid"


@pytest.mark.parametrize(
    ("act", "params", "status"),
    [("nothing", {}, 404), ("pay", {}, 400), ("fault", {"fault": "flood"}, 400)],
)
def test_a_control_pulled_wrongly_says_so(stripe_server, act, params, status):
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(f"{stripe_server.url}/_control/{act}", json.dumps(params).encode())

    assert refused.value.code == status
    refused.value.close()


def test_it_runs_on_its_own(receiver):
    command = [sys.executable, "-m", "tests.fakes.stripe_server", "--webhook", receiver.url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip().removeprefix("url=")
            secret = process.stdout.readline().strip().removeprefix("webhook_secret=")
            client = stripe.StripeClient("sk_test_local", base_addresses={"api": url})
            account_id = client.v1.accounts.retrieve_current().id
        finally:
            process.send_signal(signal.SIGTERM)

    assert account_id == "acct_local"
    assert secret.startswith("whsec_")
    assert process.returncode == 0


def page(url, method=None):
    data = urllib.parse.urlencode({"method": method}).encode() if method else None
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=data)) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_the_hosted_page_speaks_the_payers_language(stripe_server, account):
    french = gateway.start(account, payment_request(description="Table <chêne>"))
    english = gateway.start(account, payment_request(key="en", locale="en"))

    _, page_fr = page(french.redirect_url)
    _, page_en = page(english.redirect_url)

    assert ("Payer par carte" in page_fr, "120,50 EUR" in page_fr) == (True, True)
    assert "Table &lt;chêne&gt;" in page_fr
    assert ("Pay by card" in page_en, "EUR 120.50" in page_en) == (True, True)


def test_the_second_tab_finds_the_page_closed(stripe_server, account):
    success = f"{stripe_server.url}/_control/state?from={{CHECKOUT_SESSION_ID}}"
    started = gateway.start(account, payment_request(success_url=success))

    assert page(started.redirect_url, "declined")[0] == 200
    assert page(started.redirect_url, "card")[0] == 200
    assert page(started.redirect_url, "card")[0] == 410
    assert page(started.redirect_url)[0] == 410
    assert gateway.fetch(account, started.external_id).amount_received == payment_request().amount


def test_two_accounts_with_one_idempotency_key_do_not_meet(stripe_server):
    one = gateway.start(stripe_account(stripe_server), payment_request())
    two = gateway.start(
        stripe_account(stripe_server, secret_key="rk_test_other"), payment_request()
    )

    assert one.external_id != two.external_id
