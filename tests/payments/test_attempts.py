"""One hosted page per debt, against a fake Stripe over HTTP."""

import datetime as dt
from decimal import Decimal

import pytest

from payments.attempts import (
    NoOnlinePayment,
    NothingToPay,
    PaymentInFlight,
    expire_open,
    replay,
    start_attempt,
)
from payments.links import revoke_links
from payments.models import Attempt, AttemptTarget, Payment
from payments.services import settle
from payments.sweeping import sweep_tenant
from tenants.scope import OpenScopeError, tenant_atomic
from tests.factories.clients import make_client
from tests.factories.payments import link_for, make_receivable, pay_by_hand


def now():
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def start(link):
    return start_attempt(link=link, now=now())


@pytest.fixture
def link(stripe_of_acme):
    with tenant_atomic():
        return link_for(make_receivable(amount="120.50"), now=now())


def posts(server):
    return [r for r in server.requests if r["method"] == "POST" and "expire" not in r["path"]]


def test_a_page_is_opened_for_the_balance_of_this_moment(link, stripe_of_acme):
    attempt = start(link)

    assert (attempt.state, attempt.amount) == ("OPEN", Decimal("120.50"))
    assert attempt.redirect_url.startswith(stripe_of_acme.url)


def test_a_second_click_gives_the_same_page(link, stripe_of_acme):
    first, second = start(link), start(link)

    assert first.redirect_url == second.redirect_url
    with tenant_atomic():
        assert Attempt.objects.count() == 1


def test_another_link_to_the_same_debt_gives_the_same_page(link):
    first = start(link)
    with tenant_atomic():
        other = link_for(first.targets.get().receivable, now=now())

    assert start(other).redirect_url == first.redirect_url


def test_a_changed_balance_closes_the_page_and_opens_another(link):
    first = start(link)
    with tenant_atomic():
        pay_by_hand(link.client, "20.50", now=now())

    second = start(link)

    with tenant_atomic():
        first.refresh_from_db()
        assert (first.state, second.state, second.amount) == ("EXPIRED", "OPEN", Decimal("100.00"))
        assert [t.attempt_id for t in AttemptTarget.objects.filter(is_live=True)] == [second.pk]


def test_a_page_near_its_end_is_replaced(link):
    first = start(link)

    second = start_attempt(link=link, now=first.expires_at - dt.timedelta(minutes=5))

    assert second.pk != first.pk


def test_a_transfer_that_settles_the_debt_closes_the_open_page(link):
    first = start(link)
    with tenant_atomic():
        pay_by_hand(link.client, "120.50", now=now())
        ids = list(first.targets.values_list("receivable_id", flat=True))

    closed = expire_open(receivable_ids=ids, now=now())

    with tenant_atomic():
        first.refresh_from_db()
    assert (closed, first.state) == (1, "EXPIRED")


def test_an_unchanged_balance_closes_nothing(link):
    first = start(link)
    with tenant_atomic():
        ids = list(first.targets.values_list("receivable_id", flat=True))

    assert expire_open(receivable_ids=ids, now=now()) == 0


def test_a_page_that_was_just_paid_is_settled_instead_of_closed(link, stripe_of_acme):
    first = start(link)
    stripe_of_acme.do("pay", session_id=first.external_id)
    with tenant_atomic():
        pay_by_hand(link.client, "20.50", now=now())

    with pytest.raises(NothingToPay):
        start(link)

    with tenant_atomic():
        first.refresh_from_db()
        assert first.state == "SUCCEEDED"
        assert sorted(p.unallocated for p in Payment.objects.all()) == [0, Decimal("20.50")]


def test_a_debit_in_flight_blocks_a_second_payment(link, stripe_of_acme):
    first = start(link)
    stripe_of_acme.do("pay", session_id=first.external_id, method="sepa_debit")
    settle(attempt_id=first.pk, now=now())

    with pytest.raises(PaymentInFlight):
        start(link)

    with tenant_atomic():
        assert Attempt.objects.count() == 1


def test_a_failed_debit_frees_the_debt_for_another_payment(link, stripe_of_acme):
    first = start(link)
    stripe_of_acme.do("pay", session_id=first.external_id, method="sepa_debit")
    settle(attempt_id=first.pk, now=now())
    stripe_of_acme.do("fail_debit", session_id=first.external_id)
    settle(attempt_id=first.pk, now=now())

    assert start(link).state == "OPEN"


def test_the_row_is_there_before_the_gateway_is_asked_and_a_lost_answer_is_replayed(
    link, stripe_of_acme
):
    stripe_of_acme.do("fault", fault="drop_after", times=5, path="/v1/checkout/sessions")
    with pytest.raises(NoOnlinePayment):
        start(link)
    with tenant_atomic():
        attempt = Attempt.objects.get()
        assert attempt.state == "CREATING"
    stripe_of_acme.do("clear_faults")

    opened = replay(attempt, now=now())

    assert opened.state == "OPEN"
    world = stripe_of_acme.world
    assert len(world.all(world.account_with(opened.external_id), "checkout.session")) == 1


def test_the_sweep_finishes_what_a_crash_interrupted(link, stripe_of_acme):
    stripe_of_acme.do("fault", fault="drop_before", times=5, path="/v1/checkout/sessions")
    with pytest.raises(NoOnlinePayment):
        start(link)
    stripe_of_acme.do("clear_faults")

    sweep_tenant(now=now() + dt.timedelta(minutes=3))

    with tenant_atomic():
        assert Attempt.objects.get().state == "OPEN"


def test_a_failure_kept_under_the_key_is_given_up_and_a_new_key_is_used(link, stripe_of_acme):
    stripe_of_acme.do("fault", fault="500_stored", times=1, path="/v1/checkout/sessions")
    with pytest.raises(NoOnlinePayment):
        start(link)

    second = start(link)

    with tenant_atomic():
        states = list(Attempt.objects.order_by("id").values_list("state", flat=True))
    assert (states, second.state) == (["FAILED", "OPEN"], "OPEN")


def test_what_was_never_opened_within_a_day_is_given_up(link, stripe_of_acme):
    stripe_of_acme.do("fault", fault="drop_before", times=5, path="/v1/checkout/sessions")
    with pytest.raises(NoOnlinePayment):
        start(link)
    with tenant_atomic():
        attempt = Attempt.objects.get()

    replay(attempt, now=now() + dt.timedelta(hours=25))

    with tenant_atomic():
        attempt.refresh_from_db()
    assert attempt.state == "FAILED"


def test_below_fifty_cents_there_is_nothing_to_pay_by_card(stripe_of_acme):
    with tenant_atomic():
        link = link_for(make_receivable(amount="0.49"), now=now())

    with pytest.raises(NothingToPay):
        start(link)

    with tenant_atomic():
        assert Attempt.objects.count() == 0


def test_without_a_gateway_a_transfer_is_proposed(as_acme):
    with tenant_atomic():
        link = link_for(make_receivable(), now=now())

    with pytest.raises(NoOnlinePayment):
        start(link)


def test_no_page_is_opened_while_a_scope_is_open(link):
    with tenant_atomic(), pytest.raises(OpenScopeError):
        start(link)


def test_a_link_covers_several_debts_with_one_page(stripe_of_acme):
    with tenant_atomic():
        client = make_client()
        debts = [make_receivable(client, "10.00"), make_receivable(client, "15.00")]
        link = link_for(*debts, now=now())

    attempt = start(link)
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    settle(attempt_id=attempt.pk, now=now())

    with tenant_atomic():
        for debt in debts:
            debt.refresh_from_db()
    assert [debt.balance for debt in debts] == [0, 0]


def test_a_revoked_link_leaves_its_money_alone(link, stripe_of_acme):
    attempt = start(link)
    with tenant_atomic():
        revoke_links(links=[link], now=now())
    stripe_of_acme.do("pay", session_id=attempt.external_id)

    assert settle(attempt_id=attempt.pk, now=now()).state == "SUCCEEDED"


def test_the_request_names_no_client(link, stripe_of_acme):
    start(link)

    sent = next(r for r in posts(stripe_of_acme) if r["path"] == "/v1/checkout/sessions")
    assert "Dupont" not in str(sent["form"])
