"""Who may call us, what is believed of it, and what is asked for when nobody calls."""

import datetime as dt
import json
import time
from dataclasses import fields, replace

import pytest
import stripe

from payments.gateways.errors import BadSignature, GatewayRefused, UnknownObject
from payments.gateways.interface import Notice, NoticeKind, PaymentState
from payments.gateways.stripe import StripeGateway
from payments.gateways.stripe_events import ACCOUNT_EVENTS, CONNECT_EVENTS, MAX_BODY_BYTES
from tests.payments.gateways.harness import KEY, now, payment_request

SECRET = "whsec_current"
gateway = StripeGateway()


def signed(body, *, secret=SECRET, at=None):
    return {"Stripe-Signature": stripe.WebhookSignature.generate_signature_header(body, secret, at)}


def event_body(**changes):
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "payment_intent.succeeded",
        "created": 1_700_000_000,
        "livemode": False,
        "data": {"object": {"id": "pi_1", "object": "payment_intent", "amount": 1}},
    }
    return json.dumps({**event, **changes})


@pytest.fixture
def hooked(account):
    return replace(account, webhook_secrets=(SECRET,))


def parse(account, body, headers=None):
    raw = body if isinstance(body, bytes) else body.encode()
    return gateway.parse_webhook(account, signed(body) if headers is None else headers, raw)


def test_a_registered_webhook_is_called_and_believed(stripe_server, account, receiver):
    registration = gateway.register_webhook(account, receiver.url)
    hooked = replace(account, webhook_secrets=(registration.secret,))
    started = gateway.start(account, payment_request())

    stripe_server.do("pay", session_id=started.external_id)

    notices = [
        notice
        for headers, body in receiver.calls
        for notice in gateway.parse_webhook(hooked, headers, body)
    ]
    assert [notice.event_type for notice in notices] == [
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    for notice in notices:
        assert gateway.fetch(account, notice.external_id).external_id == started.external_id
        assert notice.reference == "att-1"


def test_a_notice_carries_no_amount_and_no_state_to_be_believed():
    assert {field.name for field in fields(Notice)} == {
        "event_id",
        "kind",
        "event_type",
        "external_id",
        "reference",
        "account_id",
        "livemode",
        "occurred_at",
    }


def test_the_name_of_the_header_may_be_written_in_any_case(hooked):
    body = event_body()
    lower = {"stripe-signature": signed(body)["Stripe-Signature"]}

    assert [notice.external_id for notice in parse(hooked, body, lower)] == ["pi_1"]


@pytest.mark.parametrize("secret", ["whsec_old", "whsec_new"])
def test_both_secrets_are_accepted_while_one_replaces_the_other(account, secret):
    hooked = replace(account, webhook_secrets=("whsec_old", "whsec_new"))
    body = event_body()

    assert len(parse(hooked, body, signed(body, secret=secret))) == 1


@pytest.mark.parametrize("secrets", [(), ("",), ("whsec_other",)])
def test_without_the_right_secret_nothing_is_believed(account, secrets):
    with pytest.raises(BadSignature):
        parse(replace(account, webhook_secrets=secrets), event_body())


def test_a_changed_body_is_refused(hooked):
    headers = signed(event_body())

    with pytest.raises(BadSignature):
        parse(hooked, event_body(id="evt_2"), headers)


def test_a_call_recorded_six_minutes_ago_is_refused(hooked):
    body = event_body()

    with pytest.raises(BadSignature):
        parse(hooked, body, signed(body, at=int(time.time()) - 360))


def test_a_body_larger_than_any_event_is_refused_unread(hooked):
    body = " " * (MAX_BODY_BYTES + 1)

    with pytest.raises(BadSignature, match="too large"):
        parse(hooked, body)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "t=1"},
        {"Stripe-Signature": "t=1,v1=é"},
        {"Stripe-Signature": "nonsense"},
    ],
)
def test_any_signature_a_stranger_can_send_is_only_a_bad_signature(hooked, headers):
    with pytest.raises(BadSignature):
        parse(hooked, event_body(), headers)


def test_bytes_that_are_no_text_are_only_a_bad_signature(hooked):
    with pytest.raises(BadSignature):
        parse(hooked, b"\xff\xfe", {"Stripe-Signature": "t=1,v1=00"})


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "[]",
        "null",
        '"text"',
        "{}",
        event_body(object="v2.core.event"),
        event_body(data=None),
        event_body(data={"object": None}),
        event_body(data={"object": "pi_1"}),
        event_body(created="yesterday"),
        event_body(created=10**30),
    ],
)
def test_a_signed_body_that_is_no_event_is_only_a_bad_signature(hooked, body):
    with pytest.raises(BadSignature):
        parse(hooked, body)


def test_an_event_nobody_asked_for_is_kept_as_other(hooked):
    body = event_body(type="customer.created", data={"object": {"id": "cus_1"}})

    (notice,) = parse(hooked, body)

    assert (notice.kind, notice.external_id) == (NoticeKind.OTHER, None)


def test_a_payout_names_itself(hooked):
    body = event_body(type="payout.paid", data={"object": {"id": "po_1", "object": "payout"}})

    (notice,) = parse(hooked, body)

    assert (notice.kind, notice.external_id) == (NoticeKind.PAYOUT, "po_1")


def test_an_event_of_the_other_mode_is_left_out(hooked):
    assert parse(hooked, event_body(livemode=True)) == []


def test_an_event_of_another_connected_account_is_left_out(hooked):
    own = replace(hooked, account_id="acct_own")

    assert parse(own, event_body(account="acct_other")) == []
    assert parse(own, event_body()) == []
    assert [notice.account_id for notice in parse(own, event_body(account="acct_own"))] == [
        "acct_own"
    ]


def test_a_platform_hears_of_its_accounts_and_of_one_that_leaves(stripe_server, account, receiver):
    connected = replace(account, account_id="acct_atelier")
    registration = gateway.register_webhook(connected, receiver.url)
    hooked = replace(connected, webhook_secrets=(registration.secret,))
    started = gateway.start(connected, payment_request())
    stripe_server.do("pay", session_id=started.external_id)
    stripe_server.do("deauthorize", account_id="acct_atelier")

    notices = [
        notice
        for headers, body in receiver.calls
        for notice in gateway.parse_webhook(hooked, headers, body)
    ]

    assert [notice.kind for notice in notices] == [
        NoticeKind.PAYMENT,
        NoticeKind.PAYMENT,
        NoticeKind.ACCOUNT_LOST,
    ]
    assert {notice.account_id for notice in notices} == {"acct_atelier"}
    with pytest.raises(GatewayRefused):
        gateway.fetch(connected, started.external_id)


def test_the_list_of_events_holds_no_more_types_than_stripe_filters():
    assert len(ACCOUNT_EVENTS) == 20
    assert set(CONNECT_EVENTS) - set(ACCOUNT_EVENTS) == {"account.application.deauthorized"}


def test_a_payment_of_another_program_on_the_account_is_not_ours(stripe_server, account):
    stripe_server.do("foreign_payment", secret_key=KEY)

    (notice,) = gateway.list_changes(account, now() - dt.timedelta(minutes=1))

    assert notice.reference is None
    with pytest.raises(UnknownObject):
        gateway.fetch(account, notice.external_id)


def test_an_event_that_overtakes_our_own_commit_still_names_the_attempt(
    stripe_server, account, receiver
):
    registration = gateway.register_webhook(account, receiver.url)
    hooked = replace(account, webhook_secrets=(registration.secret,))
    stripe_server.do("fault", fault="drop_after", times=3)
    with pytest.raises(Exception, match="Unexpected error communicating"):
        gateway.start(account, payment_request())
    (session,) = stripe_server.world.all(
        stripe_server.world.accounts["acct_shop"], "checkout.session"
    )

    stripe_server.do("pay", session_id=session["id"])

    headers, body = receiver.calls[-1]
    (notice,) = gateway.parse_webhook(hooked, headers, body)
    assert (notice.reference, notice.external_id) == ("att-1", session["id"])


def test_the_order_of_events_changes_nothing_to_what_is_read(stripe_server, account, receiver):
    registration = gateway.register_webhook(account, receiver.url)
    hooked = replace(account, webhook_secrets=(registration.secret,))
    started = gateway.start(account, payment_request())
    stripe_server.do("hold")
    stripe_server.do("pay", session_id=started.external_id, method="sepa_debit")
    stripe_server.do("confirm_debit", session_id=started.external_id)
    assert receiver.calls == []

    stripe_server.do("release", order="reversed")

    states, types = [], []
    for headers, body in receiver.calls:
        (notice,) = gateway.parse_webhook(hooked, headers, body)
        types.append(notice.event_type)
        states.append(gateway.fetch(account, notice.external_id).state)
    assert types[0] == "checkout.session.async_payment_succeeded"
    assert types[-1] == "payment_intent.processing"
    assert states == [PaymentState.SUCCEEDED] * 4


def test_an_event_delivered_twice_bears_the_same_id(stripe_server, account, receiver):
    registration = gateway.register_webhook(account, receiver.url)
    hooked = replace(account, webhook_secrets=(registration.secret,))
    started = gateway.start(account, payment_request())
    stripe_server.do("pay", session_id=started.external_id)

    stripe_server.do("redeliver", event_type="checkout.session.completed")

    ids = [
        gateway.parse_webhook(hooked, headers, body)[0].event_id
        for headers, body in receiver.calls[-2:]
    ]
    assert ids[0] == ids[1]


def test_what_lost_webhooks_would_have_said_can_be_read_oldest_first(
    stripe_server, account, receiver
):
    since = now() - dt.timedelta(minutes=1)
    gateway.register_webhook(account, receiver.url)
    stripe_server.do("hold")
    for number in range(60):
        started = gateway.start(account, payment_request(key=f"a{number}", reference=f"a{number}"))
        stripe_server.do("pay", session_id=started.external_id)
    stripe_server.do("forget_held")

    notices = list(gateway.list_changes(account, since))

    assert receiver.calls == []
    assert len(notices) == 120
    assert [n.reference for n in notices[::2]] == [f"a{number}" for number in range(60)]


def test_the_events_of_a_connected_account_are_its_own(stripe_server, account):
    connected = replace(account, account_id="acct_atelier")
    stripe_server.do("pay", session_id=gateway.start(connected, payment_request()).external_id)
    since = now() - dt.timedelta(minutes=1)

    assert {n.account_id for n in gateway.list_changes(connected, since)} == {"acct_atelier"}
    assert list(gateway.list_changes(replace(account, account_id="acct_other"), since)) == []
