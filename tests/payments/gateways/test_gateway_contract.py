"""What every gateway promises, whatever is behind it."""

import datetime as dt
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from payments.gateways.errors import BadSignature, GatewayRefused, UnknownObject
from payments.gateways.interface import (
    AlreadyPaid,
    Expired,
    InFlight,
    MovementKind,
    NoticeKind,
    PaymentRequest,
    PaymentState,
    RefundState,
)
from tests.payments.gateways.harness import now, payment_request, refund_request


def start(player, **changes):
    return player.gateway.start(player.account, payment_request(**changes))


def fetch(player, external_id):
    return player.gateway.fetch(player.account, external_id)


def refund(player, *args, **kwargs):
    return player.gateway.refund(player.account, refund_request(*args, **kwargs))


def moved(snapshot):
    return [(movement.kind, movement.amount) for movement in snapshot.movements]


def test_the_credentials_are_usable_and_in_test_mode(player):
    health = player.gateway.check(player.account)

    assert (health.usable, health.livemode) == (True, False)


def test_the_same_request_gives_the_same_page(player):
    request = payment_request()

    first = player.gateway.start(player.account, request)

    assert player.gateway.start(player.account, request) == first


def test_a_request_read_back_from_storage_gives_the_same_page(player):
    request = payment_request(customer_email="jean@example.org")
    first = player.gateway.start(player.account, request)

    replayed = PaymentRequest.from_stored(request.to_stored())

    assert player.gateway.start(player.account, replayed) == first


def test_the_same_key_with_another_amount_is_refused(player):
    request = payment_request()
    player.gateway.start(player.account, request)

    changed = PaymentRequest.from_stored({**request.to_stored(), "amount": "99.00"})

    with pytest.raises(GatewayRefused):
        player.gateway.start(player.account, changed)


def test_the_page_is_at_an_origin_that_was_announced(player):
    url = urlsplit(start(player).redirect_url)

    assert f"{url.scheme}://{url.netloc}" in player.gateway.page_origins(player.account)


def test_a_fresh_page_is_open_and_moved_nothing(player):
    started = start(player)

    snapshot = fetch(player, started.external_id)

    assert snapshot.state is PaymentState.OPEN
    assert snapshot.redirect_url == started.redirect_url
    assert (snapshot.reference, snapshot.payment_id, snapshot.movements) == ("att-1", None, ())
    assert snapshot.amount_expected == Decimal("120.50")
    assert snapshot.amount_received == Decimal("0.00")


def test_a_paid_page_gives_one_charge_and_its_fee(player):
    started = start(player)

    player.pay(started.external_id)
    snapshot = fetch(player, started.external_id)

    assert snapshot.state is PaymentState.SUCCEEDED
    assert snapshot.redirect_url is None
    assert snapshot.amount_received == Decimal("120.50")
    charge, fee = snapshot.movements
    assert (charge.kind, charge.amount, charge.currency) == (
        MovementKind.CHARGE,
        Decimal("120.50"),
        "EUR",
    )
    assert (fee.kind, fee.related_id) == (MovementKind.FEE, charge.external_id)
    assert Decimal(0) < fee.amount < charge.amount


def test_fetching_again_tells_the_same_movements(player):
    started = start(player)
    player.pay(started.external_id)

    first = fetch(player, started.external_id)

    assert fetch(player, started.external_id) == first


def test_a_payment_is_found_by_its_own_id_as_well(player):
    started = start(player)
    player.pay(started.external_id)
    snapshot = fetch(player, started.external_id)

    assert fetch(player, snapshot.payment_id) == snapshot


def test_a_bank_debit_is_processing_until_the_bank_confirms(player):
    started = start(player)

    player.pay_by_debit(started.external_id)
    before = fetch(player, started.external_id)
    player.confirm(started.external_id)
    after = fetch(player, started.external_id)

    assert (before.state, before.amount_received) == (PaymentState.PROCESSING, Decimal("0.00"))
    assert before.movements == ()
    assert (after.state, after.amount_received) == (PaymentState.SUCCEEDED, Decimal("120.50"))


def test_a_bank_debit_that_fails_moved_nothing(player):
    started = start(player)
    player.pay_by_debit(started.external_id)

    player.fail(started.external_id)
    snapshot = fetch(player, started.external_id)

    assert (snapshot.state, snapshot.movements) == (PaymentState.FAILED, ())
    assert snapshot.amount_received == Decimal("0.00")


def test_an_open_page_can_be_closed_twice(player):
    external_id = start(player).external_id

    assert player.gateway.expire(player.account, external_id) == Expired(external_id)
    assert player.gateway.expire(player.account, external_id) == Expired(external_id)
    snapshot = fetch(player, external_id)
    assert (snapshot.state, snapshot.redirect_url) == (PaymentState.EXPIRED, None)


def test_a_paid_page_cannot_be_closed(player):
    external_id = start(player).external_id
    player.pay(external_id)

    assert player.gateway.expire(player.account, external_id) == AlreadyPaid(external_id)


def test_a_page_with_a_debit_in_flight_cannot_be_closed(player):
    external_id = start(player).external_id
    player.pay_by_debit(external_id)

    assert player.gateway.expire(player.account, external_id) == InFlight(external_id)


def test_a_failed_debit_leaves_nothing_to_close(player):
    external_id = start(player).external_id
    player.pay_by_debit(external_id)
    player.fail(external_id)

    assert player.gateway.expire(player.account, external_id) == Expired(external_id)


@pytest.mark.parametrize("act", ["fetch", "expire"])
def test_what_the_gateway_never_heard_of_is_an_unknown_object(player, act):
    with pytest.raises(UnknownObject):
        getattr(player.gateway, act)(player.account, "cs_test_nothing")


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("0", "EUR"), ("-1", "EUR"), ("1.005", "EUR"), ("10.50", "XPF"), ("10", "UGX"), ("5", "eur")],
)
def test_what_is_not_an_amount_is_refused_before_anything_is_asked(player, amount, currency):
    with pytest.raises(GatewayRefused) as refused:
        start(player, amount=Decimal(amount), currency=currency)

    assert refused.value.code == "amount_invalid"


def test_a_currency_without_decimals_is_paid_exactly(player):
    external_id = start(player, amount=Decimal(12000), currency="XPF").external_id

    player.pay(external_id)
    snapshot = fetch(player, external_id)

    assert (snapshot.amount_received, snapshot.currency) == (Decimal(12000), "XPF")


def test_refunds_add_up_to_what_was_paid_and_no_further(player):
    external_id = start(player).external_id
    player.pay(external_id)
    payment_id = fetch(player, external_id).payment_id

    first = refund(player, payment_id, "20.50", key="refund-1")
    second = refund(player, payment_id, "100.00", key="refund-2")
    with pytest.raises(GatewayRefused):
        refund(player, payment_id, "0.01", key="refund-3")

    assert (first.state, first.amount) == (RefundState.SUCCEEDED, Decimal("20.50"))
    refunds = {m.external_id: m.amount for m in fetch(player, external_id).movements[2:]}
    assert refunds == {first.external_id: Decimal("20.50"), second.external_id: Decimal("100.00")}


def test_refunding_twice_with_one_key_gives_money_back_once(player):
    external_id = start(player).external_id
    player.pay(external_id)
    payment_id = fetch(player, external_id).payment_id

    first = refund(player, payment_id, "20.50")

    assert refund(player, payment_id, "20.50") == first
    assert moved(fetch(player, external_id))[2:] == [(MovementKind.REFUND, Decimal("20.50"))]


def test_money_that_never_came_cannot_be_given_back(player):
    external_id = start(player).external_id
    player.pay_by_debit(external_id)
    payment_id = fetch(player, external_id).payment_id

    with pytest.raises(GatewayRefused):
        refund(player, payment_id, "1.00")


def test_what_happened_can_be_asked_for(player):
    before = now() - dt.timedelta(seconds=1)
    external_id = start(player).external_id
    player.pay(external_id)

    notices = list(player.gateway.list_changes(player.account, before))

    assert {(notice.kind, notice.reference) for notice in notices} == {
        (NoticeKind.PAYMENT, "att-1")
    }
    found = {fetch(player, notice.external_id).external_id for notice in notices}
    assert found == {external_id}


def test_nothing_happened_since_tomorrow(player):
    player.pay(start(player).external_id)

    tomorrow = now() + dt.timedelta(days=1)

    assert list(player.gateway.list_changes(player.account, tomorrow)) == []


def test_a_webhook_nobody_signed_is_refused(player):
    with pytest.raises(BadSignature):
        player.gateway.parse_webhook(player.account, {}, b'{"object": "event"}')
