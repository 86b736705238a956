"""One client per account, and what becomes of Stripe's errors."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import stripe

from payments.gateways import network
from payments.gateways.errors import Declined, GatewayRefused, GatewayUnavailable
from payments.gateways.interface import GatewayCredentials, HealthWarning
from payments.gateways.stripe import StripeGateway
from payments.gateways.stripe_client import stripe_client, stripe_errors
from payments.gateways.stripe_health import health_of
from tests.payments.gateways.harness import payment_request, refund_request

ROOT = Path(__file__).parents[3]
gateway = StripeGateway()


def created_sessions(server, account):
    return len(stripe_client(account).v1.checkout.sessions.list().data)


def posts(server):
    return [request for request in server.requests if request["method"] == "POST"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"secret_key": ""}, "key_malformed"),
        ({"secret_key": "pk_test_public"}, "key_malformed"),
        ({"secret_key": "rk_test_pasted\n"}, "key_malformed"),
        ({"account_id": ""}, "account_malformed"),
        ({"account_id": "atelier"}, "account_malformed"),
        ({"livemode": True}, "mode_mismatch"),
        ({"secret_key": "rk_live_real", "livemode": True}, "live_key_elsewhere"),
    ],
)
def test_credentials_that_could_touch_the_wrong_account_are_refused(account, changes, code):
    with pytest.raises(GatewayRefused) as refused:
        gateway.start(replace(account, **changes), payment_request())

    assert refused.value.code == code


def test_a_connected_account_is_named_in_every_request(stripe_server, account):
    connected = replace(account, account_id="acct_atelier")

    started = gateway.start(connected, payment_request())
    gateway.fetch(connected, started.external_id)

    assert {request["account"] for request in stripe_server.requests} == {"acct_atelier"}


def test_one_account_does_not_see_the_payments_of_another(account):
    one = replace(account, account_id="acct_one")
    other = replace(account, account_id="acct_other")
    started = gateway.start(one, payment_request())

    with pytest.raises(GatewayRefused) as refused:
        gateway.fetch(other, started.external_id)

    assert refused.value.code == "resource_missing"


def test_secrets_stay_out_of_representations(account):
    shown = repr(replace(account, webhook_secrets=("whsec_hidden",)))

    assert "whsec_hidden" not in shown
    assert account.secret_key not in shown


def test_nothing_is_sent_about_the_machine(stripe_server, account, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)

    gateway.start(account, payment_request())
    gateway.start(account, payment_request(key="att-2"))

    assert [request["telemetry"] for request in stripe_server.requests] == [None, None]
    assert list(tmp_path.iterdir()) == []


def test_a_slow_gateway_cannot_hold_a_worker_for_long(account):
    assert stripe_client(account)._requestor._client._timeout == (5, 15)


@pytest.mark.parametrize("fault", ["500", "409", "drop_before", "drop_after"])
def test_two_failures_in_a_row_are_survived_with_one_key_and_one_page(
    stripe_server, account, fault
):
    stripe_server.do("fault", fault=fault, times=2)

    gateway.start(account, payment_request(key="att-7"))

    assert [request["idempotency_key"] for request in posts(stripe_server)] == ["att-7"] * 3
    assert created_sessions(stripe_server, account) == 1


@pytest.mark.parametrize("fault", ["409", "drop_before", "drop_after"])
def test_an_unknown_outcome_asks_for_the_same_request_again(stripe_server, account, fault):
    request = payment_request()
    stripe_server.do("fault", fault=fault, times=3)

    with pytest.raises(GatewayUnavailable) as unavailable:
        gateway.start(account, request)
    gateway.start(account, request)

    assert unavailable.value.outcome_known is False
    assert created_sessions(stripe_server, account) == 1


def test_too_many_requests_are_left_to_the_caller_to_space_out(stripe_server, account):
    stripe_server.do("fault", fault="429")

    with pytest.raises(GatewayUnavailable) as unavailable:
        gateway.start(account, payment_request())

    assert unavailable.value.outcome_known is False
    assert len(posts(stripe_server)) == 1


def test_a_stored_failure_comes_back_until_the_key_changes(stripe_server, account):
    stripe_server.do("fault", fault="500_stored")

    for _ in range(2):
        with pytest.raises(GatewayUnavailable) as unavailable:
            gateway.start(account, payment_request())
        assert unavailable.value.outcome_known is True

    started = gateway.start(account, payment_request(key="att-1-again"))
    assert gateway.fetch(account, started.external_id).reference == "att-1"


def test_a_lost_answer_to_a_refund_gives_money_back_once(stripe_server, account):
    started = gateway.start(account, payment_request())
    stripe_server.do("pay", session_id=started.external_id)
    payment_id = gateway.fetch(account, started.external_id).payment_id
    stripe_server.do("fault", fault="drop_after", path="/v1/refunds", times=3)

    with pytest.raises(GatewayUnavailable):
        gateway.refund(account, refund_request(payment_id, "50.00"))
    gateway.refund(account, refund_request(payment_id, "50.00"))

    kinds = [m.kind for m in gateway.fetch(account, started.external_id).movements]
    assert kinds.count("REFUND") == 1


def test_a_revoked_key_is_refused_without_being_repeated_in_the_message(stripe_server, account):
    stripe_server.do("revoke_key", secret_key=account.secret_key)

    with pytest.raises(GatewayRefused) as refused:
        gateway.check(account)

    assert account.secret_key not in str(refused.value)


def test_a_disabled_account_is_not_usable(stripe_server, account):
    health = gateway.check(account)
    stripe_server.do("set_charges_enabled", account_id=health.account_id, enabled=False)

    health = gateway.check(account)

    assert health.usable is False
    assert HealthWarning.CHARGES_DISABLED in health.warnings


def test_a_key_of_the_other_mode_is_found_out_by_the_check(account):
    health = gateway.check(replace(account, livemode=True))

    assert (health.usable, health.livemode) == (False, False)
    assert HealthWarning.MODE_MISMATCH in health.warnings


def test_a_restricted_key_that_may_not_read_the_account_still_works(stripe_server, account):
    stripe_server.do("fault", fault="403", path="/v1/account")

    health = gateway.check(replace(account, webhook_secrets=("whsec_x",)))

    assert health.usable is True
    assert health.warnings == (HealthWarning.TEST_MODE, HealthWarning.ACCOUNT_UNREADABLE)


def test_a_live_key_that_can_do_everything_is_warned_about():
    live = GatewayCredentials(secret_key="sk_live_x", account_id=None, livemode=True)
    about = {"id": "acct_1", "charges_enabled": True, "business_profile": {"name": "Atelier"}}

    health = health_of(live, about, live=True)

    assert (health.usable, health.name) == (True, "Atelier")
    assert health.warnings == (HealthWarning.FULL_SECRET_KEY, HealthWarning.NO_WEBHOOK_SECRET)


@pytest.mark.parametrize(
    ("decline_code", "code", "retryable"),
    [
        ("insufficient_funds", "insufficient_funds", True),
        ("lost_card", "lost_card", False),
        (None, "card_declined", True),
    ],
)
def test_a_decline_says_whether_trying_again_makes_sense(decline_code, code, retryable):
    body = {"error": {"decline_code": decline_code}}

    with pytest.raises(Declined) as declined, stripe_errors():
        raise stripe.CardError("No.", None, "card_declined", http_status=402, json_body=body)

    assert (declined.value.code, declined.value.retryable) == (code, retryable)


def test_a_page_that_may_not_be_closed_and_is_still_open_says_so(stripe_server, account):
    started = gateway.start(account, payment_request())
    stripe_server.do("fault", fault="403", path="/expire")

    with pytest.raises(GatewayRefused):
        gateway.expire(account, started.external_id)


@pytest.fixture
def guard():
    def forbid():
        raise RuntimeError("a transaction is open")

    network.add_guard(forbid)
    yield forbid
    network.remove_guard(forbid)


def test_no_request_leaves_while_a_guard_objects(stripe_server, account, guard):
    acts = [
        lambda: gateway.check(account),
        lambda: gateway.start(account, payment_request()),
        lambda: gateway.expire(account, "cs_test_1"),
        lambda: gateway.fetch(account, "cs_test_1"),
        lambda: gateway.refund(account, refund_request("pi_1", "1.00")),
        lambda: gateway.register_webhook(account, "http://shop.test/hook/"),
    ]

    for act in acts:
        with pytest.raises(RuntimeError, match="a transaction is open"):
            act()

    assert stripe_server.requests == []


def test_a_guard_added_twice_is_gone_when_removed_once(stripe_server, account, guard):
    network.add_guard(guard)

    network.remove_guard(guard)
    network.remove_guard(guard)
    gateway.start(account, payment_request())

    assert len(stripe_server.requests) == 1


def test_requests_leave_again_once_the_guard_is_gone(stripe_server, account, guard):
    network.remove_guard(guard)

    gateway.start(account, payment_request())

    assert len(stripe_server.requests) == 1


def product_sources():
    apps = [
        "config",
        "core",
        "legal",
        "tenants",
        "clients",
        "invoices",
        "payments",
        "dunning",
        "portal",
        "reports",
    ]
    return [path for app in apps for path in (ROOT / app).rglob("*.py")]


def test_only_the_gateways_import_stripe():
    importing = {
        path.relative_to(ROOT).parts[:2]
        for path in product_sources()
        if re.search(r"^\s*(import|from) stripe\b", path.read_text(), re.MULTILINE)
    }

    assert importing == {("payments", "gateways")}


def test_stripe_is_called_through_the_factory_alone():
    by_module = re.compile(
        r"stripe\.(api_key|(checkout\.)?[A-Z]\w+\.(create|retrieve|list|modify|delete|expire)\b)"
    )
    builders = [p.name for p in product_sources() if "StripeClient(" in p.read_text()]
    global_calls = [p.name for p in product_sources() if by_module.search(p.read_text())]

    assert builders == ["stripe_client.py"]
    assert global_calls == []


def test_the_api_version_asked_of_webhooks_is_the_one_the_package_speaks():
    from payments.gateways.stripe import API_VERSION

    assert stripe.api_version == API_VERSION
