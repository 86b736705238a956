"""The webhook: verified, stored once, understood later."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from payments.accounts import register_webhook, webhook_url
from payments.attempts import start_attempt
from payments.inbox import process_events, read_changes
from payments.models import Attempt, GatewayAccount, GatewayEvent, Payment
from tenants.scope import tenant_atomic
from tests.factories.payments import KEY, connect_fake_stripe, link_for, make_receivable
from tests.payments.gateways.harness import WebhookReceiver


def now():
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def receiver():
    with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture
def shop(as_acme, stripe_server, settings, receiver):
    """An account of acme whose webhooks are caught, to be posted by the test when it likes."""
    settings.STRIPE_API_BASE = stripe_server.url
    account = connect_fake_stripe()
    registered = stripe_server.do("register_webhook", url=receiver.url, secret_key=KEY)
    keep_secret(account, registered["secret"])
    return stripe_server


def keep_secret(account, *secrets):
    import json

    from tenants.seal import seal

    with tenant_atomic():
        GatewayAccount.objects.filter(pk=account.pk).update(
            webhook_secrets_sealed=seal(json.dumps(secrets))
        )


@pytest.fixture
def attempt(shop):
    with tenant_atomic():
        link = link_for(make_receivable(amount="100.00"), now=now())
    return start_attempt(link=link, now=now())


def account():
    with tenant_atomic():
        return GatewayAccount.objects.get(disabled_at=None)


def post(client, call, **changes):
    headers, body = call
    signature = changes.pop("signature", headers.get("Stripe-Signature"))
    public_id = changes.pop("account", None) or account().public_id
    url = reverse("hooks:stripe", args=[public_id])
    return client.post(
        url, changes.pop("body", body), "application/json", headers={"stripe-signature": signature}
    )


def deliver(client, receiver):
    answers = [post(client, call).status_code for call in receiver.calls]
    process_events(now=now())
    return answers


def paid():
    with tenant_atomic():
        return list(Payment.objects.values_list("amount", flat=True))


def test_a_webhook_settles_the_payment(client, shop, attempt, receiver):
    shop.do("pay", session_id=attempt.external_id)

    answers = deliver(client, receiver)

    assert set(answers) == {200}
    assert paid() == [Decimal("100.00")]
    assert account().last_webhook_at is not None


def test_trap_1_a_delivery_repeated_is_one_event_and_one_payment(client, shop, attempt, receiver):
    shop.do("pay", session_id=attempt.external_id)
    deliver(client, receiver)
    stored = GatewayEvent.objects.count()

    deliver(client, receiver)

    assert (GatewayEvent.objects.count(), paid()) == (stored, [Decimal("100.00")])


def test_trap_3_events_in_reverse_order_book_the_same(client, shop, attempt, receiver):
    shop.do("pay", session_id=attempt.external_id, method="sepa_debit")
    shop.do("confirm_debit", session_id=attempt.external_id)
    receiver.calls.reverse()

    deliver(client, receiver)

    with tenant_atomic():
        assert Attempt.objects.get().state == "SUCCEEDED"
    assert paid() == [Decimal("100.00")]


@pytest.mark.parametrize("signature", ["", "t=1,v1=00", "é", "t=x,v1="])
def test_trap_4_a_forged_webhook_is_refused_and_nothing_is_stored(
    client, shop, attempt, receiver, signature
):
    shop.do("pay", session_id=attempt.external_id)

    answer = post(client, receiver.calls[0], signature=signature)

    assert (answer.status_code, GatewayEvent.objects.count()) == (400, 0)


def test_trap_4_a_body_that_is_no_text_is_refused(client, shop, attempt, receiver):
    shop.do("pay", session_id=attempt.external_id)

    answer = post(client, receiver.calls[0], body=b"\xff\xfe")

    assert (answer.status_code, GatewayEvent.objects.count()) == (400, 0)


def test_trap_5_another_programs_payment_on_the_account_is_kept_as_not_ours(client, shop, receiver):
    shop.do("foreign_payment", secret_key=KEY)

    answers = deliver(client, receiver)

    assert (set(answers), paid()) == ({200}, [])
    assert set(GatewayEvent.objects.values_list("outcome", flat=True)) == {"not ours"}


def test_trap_6_an_event_that_comes_before_our_commit_finds_the_attempt(
    client, shop, attempt, receiver
):
    shop.do("pay", session_id=attempt.external_id)
    with tenant_atomic():
        Attempt.objects.filter(pk=attempt.pk).update(
            state="CREATING", external_id="", redirect_url=""
        )

    deliver(client, receiver)

    with tenant_atomic():
        row = Attempt.objects.get()
    assert (row.state, row.external_id) == ("SUCCEEDED", attempt.external_id)
    assert paid() == [Decimal("100.00")]


def test_trap_23_what_lost_webhooks_would_have_told_is_read(shop, attempt):
    shop.do("pay", session_id=attempt.external_id)

    read_changes(account=account(), now=now())
    process_events(now=now())

    assert paid() == [Decimal("100.00")]


def test_trap_24_an_event_that_fails_is_answered_200_and_tried_again(
    client, shop, attempt, receiver
):
    shop.do("pay", session_id=attempt.external_id)
    shop.do("fault", fault="500", times=200)

    answers = deliver(client, receiver)
    assert (set(answers), paid()) == ({200}, [])
    shop.do("clear_faults")

    process_events(now=now() + dt.timedelta(hours=1))

    assert paid() == [Decimal("100.00")]


def test_trap_27_two_secrets_are_valid_while_one_replaces_the_other(
    client, shop, attempt, receiver
):
    from payments.accounts import webhook_secrets

    keep_secret(account(), "whsec_new", *webhook_secrets(account()))
    shop.do("pay", session_id=attempt.external_id)

    assert post(client, receiver.calls[0]).status_code == 200


def test_trap_30_a_disconnected_account_still_hears_of_its_payments(
    client, shop, attempt, receiver
):
    from payments.accounts import disconnect

    shop.do("pay", session_id=attempt.external_id)
    public_id = account().public_id
    with tenant_atomic():
        disconnect(account=GatewayAccount.objects.get(), user=None, now=now())

    answer = post(client, receiver.calls[0], account=public_id)
    process_events(now=now())

    assert (answer.status_code, paid()) == (200, [Decimal("100.00")])


def test_a_body_over_one_megabyte_is_refused_before_it_is_read(client, shop, attempt, receiver):
    shop.do("pay", session_id=attempt.external_id)

    answer = post(client, receiver.calls[0], body=b"x" * 1_000_001)

    assert (answer.status_code, GatewayEvent.objects.count()) == (413, 0)


def test_an_unknown_account_is_not_found(client, shop, attempt, receiver):
    shop.do("pay", session_id=attempt.external_id)

    answer = post(client, receiver.calls[0], account="00000000-0000-4000-8000-000000000000")

    assert answer.status_code == 404


def test_only_post_is_answered(client, shop):
    assert client.get(reverse("hooks:stripe", args=[account().public_id])).status_code == 405


def test_registering_keeps_the_previous_secret_and_tells_stripe_our_address(shop):
    first = account()

    done = register_webhook(account_id=first.pk, now=now())

    from payments.accounts import webhook_secrets

    assert len(webhook_secrets(done)) == 2
    assert webhook_url(done).endswith(f"/hooks/stripe/{done.public_id}/")
    assert "NO_WEBHOOK_SECRET" not in done.health["warnings"]
