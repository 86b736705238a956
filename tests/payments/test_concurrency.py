"""Real commits, real threads: the database decides, once."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import connection

from payments.attempts import start_attempt
from payments.models import Attempt, Movement, Payment
from payments.services import client_credit, settle
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant
from tests.factories.clients import make_client
from tests.factories.payments import connect_fake_stripe, link_for, make_receivable, pay_by_hand

pytestmark = pytest.mark.django_db(transaction=True)


def now():
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


@pytest.fixture
def tenant(transactional_db, stripe_server, settings):
    settings.STRIPE_API_BASE = stripe_server.url
    tenant = make_tenant("acme")
    with use_tenant(tenant):
        connect_fake_stripe()
    return tenant


def at_once(tenant, count, act):
    """Run `act` in so many threads that start together; give back what each raised, if anything."""
    gate = threading.Barrier(count)
    raised = []

    def run():
        with use_tenant(tenant):
            gate.wait()
            try:
                act()
            except Exception as error:  # noqa: BLE001 -- the test looks at it
                raised.append(error)
            finally:
                connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def opened(tenant, amount="100.00"):
    with use_tenant(tenant):
        with tenant_atomic():
            link = link_for(make_receivable(amount=amount), now=now())
        return start_attempt(link=link, now=now())


def test_twelve_settles_at_once_book_one_payment(tenant, stripe_server):
    attempt = opened(tenant)
    stripe_server.do("pay", session_id=attempt.external_id)

    raised = at_once(tenant, 12, lambda: settle(attempt_id=attempt.pk, now=now()))

    with use_tenant(tenant), tenant_atomic():
        assert raised == []
        assert Payment.objects.count() == 1
        assert Movement.objects.filter(kind="CHARGE").count() == 1
        assert attempt.targets.get().receivable.balance == 0


def test_five_payments_of_100_at_once_on_100_settle_it_once(tenant):
    with use_tenant(tenant), tenant_atomic():
        client = make_client()
        debt = make_receivable(client, "100.00")

    def act():
        with tenant_atomic():
            pay_by_hand(client, "100.00", now=now())

    raised = at_once(tenant, 5, act)

    with use_tenant(tenant), tenant_atomic():
        debt.refresh_from_db()
        assert raised == []
        assert (debt.allocated, debt.balance) == (Decimal("100.00"), Decimal(0))
        assert client_credit(client.pk) == Decimal("400.00")


def test_eight_clicks_at_once_open_one_page(tenant, stripe_server):
    with use_tenant(tenant), tenant_atomic():
        link = link_for(make_receivable(), now=now())

    at_once(tenant, 8, lambda: start_attempt(link=link, now=now()))

    with use_tenant(tenant), tenant_atomic():
        assert Attempt.objects.count() == 1
        account = stripe_server.world.account_with(Attempt.objects.get().external_id)
    assert len(stripe_server.world.all(account, "checkout.session")) == 1
