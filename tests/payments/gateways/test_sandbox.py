"""The demo gateway beyond the contract: its page, its clock, its marks."""

import datetime as dt
from dataclasses import replace

import pytest

from payments.gateways.errors import GatewayRefused, UnknownObject
from payments.gateways.interface import Capability, PaymentState
from payments.gateways.sandbox import SandboxChoice
from tests.payments.gateways.harness import SandboxPlayer, payment_request


@pytest.fixture
def sandbox():
    return SandboxPlayer()


def test_the_page_is_the_applications_own(sandbox):
    started = sandbox.gateway.start(sandbox.account, payment_request())

    assert started.redirect_url == f"http://shop.test/demo-pay/{started.external_id}/"


def test_it_is_marked_as_a_demo_and_calls_nobody(sandbox):
    assert Capability.DEMO in sandbox.gateway.capabilities
    assert Capability.WEBHOOKS not in sandbox.gateway.capabilities
    with pytest.raises(GatewayRefused):
        sandbox.gateway.register_webhook(sandbox.account, "http://shop.test/hook/")


@pytest.mark.parametrize("changes", [{"livemode": True}, {"base_url": None}])
def test_it_refuses_to_stand_in_for_a_live_gateway(sandbox, changes):
    with pytest.raises(GatewayRefused):
        sandbox.gateway.start(replace(sandbox.account, **changes), payment_request())


@pytest.mark.parametrize(
    ("choice", "url"),
    [
        (SandboxChoice.PAY, "http://shop.test/p/x/done/?session={id}"),
        (SandboxChoice.PAY_LATER, "http://shop.test/p/x/done/?session={id}"),
        (SandboxChoice.FAIL, "http://shop.test/p/x/"),
    ],
)
def test_the_visitor_is_sent_back_to_where_the_request_says(sandbox, choice, url):
    external_id = sandbox.gateway.start(sandbox.account, payment_request()).external_id

    assert sandbox.gateway.choose(external_id, choice) == url.format(id=external_id)


def test_paying_twice_pays_once(sandbox):
    external_id = sandbox.gateway.start(sandbox.account, payment_request()).external_id
    sandbox.pay(external_id)
    paid = sandbox.gateway.page(external_id)

    sandbox.moved = dt.timedelta(minutes=5)
    sandbox.pay(external_id)

    assert sandbox.gateway.page(external_id) == paid


def test_a_page_whose_time_has_passed_cannot_be_paid(sandbox):
    external_id = sandbox.gateway.start(sandbox.account, payment_request()).external_id
    sandbox.moved = dt.timedelta(minutes=41)

    sandbox.pay(external_id)

    assert sandbox.gateway.page(external_id).state is PaymentState.EXPIRED
    assert sandbox.gateway.fetch(sandbox.account, external_id).movements == ()


def test_an_unknown_page_is_an_unknown_object(sandbox):
    with pytest.raises(UnknownObject):
        sandbox.gateway.choose("demo_nothing", SandboxChoice.PAY)


def test_two_tenants_with_the_same_key_have_two_pages(sandbox):
    one = sandbox.gateway.start(sandbox.account, payment_request(tenant="one"))
    two = sandbox.gateway.start(sandbox.account, payment_request(tenant="two"))

    assert one.external_id != two.external_id
