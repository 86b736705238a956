"""Which of Stripe's facts move money, and what a payer is offered."""

import datetime as dt
from decimal import Decimal
from urllib.parse import parse_qs

import pytest

from payments.gateways.errors import GatewayRefused
from payments.gateways.interface import AlreadyPaid, MovementKind, PaymentState, RefundState
from payments.gateways.minor_units import from_minor
from payments.gateways.stripe import StripeGateway
from tests.payments.gateways.harness import (
    now,
    payment_request,
    refund_request,
    stripe_account,
)

gateway = StripeGateway()


@pytest.fixture
def paid(stripe_server, account):
    started = gateway.start(account, payment_request())
    stripe_server.do("pay", session_id=started.external_id)
    return gateway.fetch(account, started.external_id)


def moved(account, external_id):
    return [(m.kind, m.amount) for m in gateway.fetch(account, external_id).movements]


def test_the_page_asks_for_one_amount_in_one_currency_and_nothing_else(stripe_server, account):
    request = payment_request(customer_email="jean@example.org")

    gateway.start(account, request)

    (asked,) = stripe_server.requests
    form = {name: values[0] for name, values in parse_qs(asked["form"]).items()}
    assert form == {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "submit_type": "pay",
        "locale": "fr",
        "client_reference_id": "att-1",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "12050",
        "line_items[0][price_data][product_data][name]": "F-2026-0012",
        "metadata[tenant]": "ten-1",
        "metadata[attempt]": "att-1",
        "payment_intent_data[metadata][tenant]": "ten-1",
        "payment_intent_data[metadata][attempt]": "att-1",
        "payment_intent_data[description]": "F-2026-0012",
        "invoice_creation[enabled]": "false",
        "adaptive_pricing[enabled]": "false",
        "excluded_payment_method_types[0]": "customer_balance",
        "expires_at": str(int(request.expires_at.timestamp())),
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "customer_email": "jean@example.org",
    }


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 1])
def test_a_page_that_lives_too_short_or_too_long_is_refused(account, minutes):
    with pytest.raises(GatewayRefused, match="expires_at"):
        gateway.start(account, payment_request(expires_at=now() + dt.timedelta(minutes=minutes)))


def test_an_amount_below_the_smallest_charge_is_refused_with_its_code(account):
    with pytest.raises(GatewayRefused) as refused:
        gateway.start(account, payment_request(amount=Decimal("0.49")))

    assert refused.value.code == "amount_too_small"


def test_a_page_at_an_unknown_address_is_not_followed(stripe_server, account):
    stripe_server.world.base_url = "http://elsewhere.test"

    with pytest.raises(GatewayRefused) as refused:
        gateway.start(account, payment_request())

    assert refused.value.code == "page_elsewhere"


def test_the_sellers_own_domain_at_stripe_is_followed(stripe_server):
    stripe_server.world.base_url = "https://pay.atelier.test"
    account = stripe_account(stripe_server, page_origins=("https://pay.atelier.test",))

    started = gateway.start(account, payment_request())

    assert started.redirect_url.startswith("https://pay.atelier.test/c/pay/")


def test_without_an_address_of_its_own_the_page_is_stripes(stripe_server):
    account = stripe_account(stripe_server, base_url=None)

    assert gateway.page_origins(account) == ("https://checkout.stripe.com",)


def test_an_abandoned_page_expires_by_itself(stripe_server, account):
    external_id = gateway.start(account, payment_request()).external_id

    stripe_server.do("advance", seconds=41 * 60)

    assert gateway.fetch(account, external_id).state is PaymentState.EXPIRED


def test_a_refused_card_leaves_the_page_open_and_moves_nothing(stripe_server, account):
    external_id = gateway.start(account, payment_request()).external_id

    stripe_server.do("decline", session_id=external_id)
    refused = gateway.fetch(account, external_id)
    stripe_server.do("pay", session_id=external_id)

    assert (refused.state, refused.movements) == (PaymentState.OPEN, ())
    assert moved(account, external_id)[0] == (MovementKind.CHARGE, Decimal("120.50"))
    assert len(moved(account, external_id)) == 2


def test_the_card_is_told_apart_and_the_account_too(stripe_server, account, paid):
    debit = gateway.start(account, payment_request(key="att-2")).external_id
    stripe_server.do("pay", session_id=debit, method="sepa_debit")

    snapshot = gateway.fetch(account, debit)

    assert (paid.method, paid.payer_hint) == ("card", "visa 4242")
    assert (snapshot.method, snapshot.payer_hint) == ("sepa_debit", "3000")


def test_a_fee_that_comes_late_is_a_movement_of_its_own(stripe_server, account):
    external_id = gateway.start(account, payment_request()).external_id
    stripe_server.do("pay", session_id=external_id, late_fee=True)
    before = moved(account, external_id)

    stripe_server.do("tell_fee", session_id=external_id)

    charge = (MovementKind.CHARGE, Decimal("120.50"))
    assert before == [charge]
    assert moved(account, external_id) == [charge, (MovementKind.FEE, Decimal("2.05"))]


def test_all_refunds_made_on_stripes_pages_are_seen(stripe_server, account, paid):
    for amount in (1000, 2000, 3000):
        stripe_server.do("refund_in_dashboard", payment_intent=paid.payment_id, amount=amount)

    refunds = [
        m.amount
        for m in gateway.fetch(account, paid.external_id).movements
        if m.kind is MovementKind.REFUND
    ]

    assert sorted(refunds) == [Decimal("10.00"), Decimal("20.00"), Decimal("30.00")]


def test_a_refund_that_fails_days_later_brings_the_money_back(stripe_server, account, paid):
    refund = gateway.refund(account, refund_request(paid.payment_id, "20.50"))

    stripe_server.do("fail_refund", refund_id=refund.external_id)
    movements = gateway.fetch(account, paid.external_id).movements[2:]

    assert refund.state is RefundState.SUCCEEDED
    assert [(m.kind, m.external_id, m.amount) for m in movements] == [
        (MovementKind.REFUND, refund.external_id, Decimal("20.50")),
        (MovementKind.REFUND_FAILED, refund.external_id, Decimal("20.50")),
    ]


@pytest.mark.parametrize(
    ("status", "kinds"), [("pending", [MovementKind.REFUND]), ("requires_action", [])]
)
def test_a_refund_moves_money_once_it_has_left(stripe_server, account, paid, status, kinds):
    stripe_server.do("refund_in_dashboard", payment_intent=paid.payment_id, status=status)

    movements = gateway.fetch(account, paid.external_id).movements[2:]

    assert [m.kind for m in movements] == kinds


def test_a_settlement_currency_not_in_our_table_is_refused():
    with pytest.raises(GatewayRefused) as refused:
        from_minor(100, "jpy")

    assert refused.value.code == "currency_unknown"


def test_an_inquiry_takes_no_money(stripe_server, account, paid):
    stripe_server.do("dispute", payment_intent=paid.payment_id, inquiry=True)

    assert gateway.fetch(account, paid.external_id).movements == paid.movements


def test_a_dispute_takes_the_money_and_a_fee_and_winning_brings_both_back(
    stripe_server, account, paid
):
    dispute = stripe_server.do("dispute", payment_intent=paid.payment_id)
    taken = moved(account, paid.external_id)[2:]

    stripe_server.do("win_dispute", dispute_id=dispute["id"])

    lost = [(MovementKind.CHARGEBACK, Decimal("120.50")), (MovementKind.FEE, Decimal("20.00"))]
    assert taken == lost
    assert moved(account, paid.external_id)[2:] == [
        *lost,
        (MovementKind.CHARGEBACK_REVERSED, Decimal("120.50")),
        (MovementKind.FEE, Decimal("-20.00")),
    ]


def test_money_a_bank_takes_back_later_is_a_charge_reversed(stripe_server, account):
    external_id = gateway.start(account, payment_request()).external_id
    stripe_server.do("pay", session_id=external_id, method="sepa_debit")
    stripe_server.do("confirm_debit", session_id=external_id)
    booked = gateway.fetch(account, external_id).movements

    stripe_server.do("reverse_charge", session_id=external_id)
    snapshot = gateway.fetch(account, external_id)

    assert snapshot.movements[: len(booked)] == booked
    assert [(m.kind, m.amount) for m in snapshot.movements[len(booked) :]] == [
        (MovementKind.CHARGE_REVERSED, Decimal("120.50"))
    ]
    assert snapshot.amount_received == Decimal("0.00")


def test_a_page_paid_at_the_last_moment_is_not_closed_but_settled(stripe_server, account):
    external_id = gateway.start(account, payment_request()).external_id
    stripe_server.do("fault", fault="slow", path="/expire", seconds=0.1)
    stripe_server.do("pay", session_id=external_id)

    assert gateway.expire(account, external_id) == AlreadyPaid(external_id)


def test_every_movement_is_unique_by_kind_and_id(stripe_server, account, paid):
    refund = gateway.refund(account, refund_request(paid.payment_id, "20.50"))
    stripe_server.do("fail_refund", refund_id=refund.external_id)
    dispute = stripe_server.do("dispute", payment_intent=paid.payment_id)
    stripe_server.do("win_dispute", dispute_id=dispute["id"])

    movements = gateway.fetch(account, paid.external_id).movements

    assert len({(m.kind, m.external_id) for m in movements}) == len(movements) == 8
