"""What heals by itself."""

import datetime as dt
from decimal import Decimal

import pytest

from payments.attempts import start_attempt
from payments.models import Attempt, Payment
from payments.sweeping import sweep_tenant
from payments.tasks import sweep_attempts
from tenants.scope import tenant_atomic
from tests.factories.payments import link_for, make_receivable


def now():
    return dt.datetime.now(dt.UTC)


def minutes(count):
    return now() + dt.timedelta(minutes=count)


@pytest.fixture
def attempt(stripe_of_acme):
    with tenant_atomic():
        link = link_for(make_receivable(amount="100.00"), now=now())
    return start_attempt(link=link, now=now())


def row():
    with tenant_atomic():
        return Attempt.objects.get()


def test_a_payment_of_which_no_webhook_told_is_found(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id)

    sweep_tenant(now=minutes(2))

    with tenant_atomic():
        assert Payment.objects.get().amount == Decimal("100.00")


def test_an_open_page_is_asked_about_less_and_less_often(attempt):
    waits = []
    moment = minutes(2)
    for _ in range(4):
        sweep_tenant(now=moment)
        waits.append(round((row().next_poll_at - moment).total_seconds() / 60))
        moment = row().next_poll_at

    assert waits == [1, 5, 30, 60]


def test_an_abandoned_page_ends(attempt, stripe_of_acme):
    stripe_of_acme.do("advance", seconds=2 * 3600)

    sweep_tenant(now=minutes(121))

    assert row().state == "EXPIRED"


def test_sweeping_twice_changes_nothing(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    sweep_tenant(now=minutes(2))

    sweep_tenant(now=minutes(4))

    with tenant_atomic():
        assert Payment.objects.count() == 1


def test_a_gateway_that_is_away_is_asked_again_later(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    stripe_of_acme.do("fault", fault="500", times=100)
    sweep_tenant(now=minutes(2))
    assert row().state == "OPEN"
    stripe_of_acme.do("clear_faults")

    sweep_tenant(now=minutes(200))

    assert row().state == "SUCCEEDED"


def test_the_beat_entry_works_under_each_tenants_identity(attempt, stripe_of_acme, globex):
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    with tenant_atomic():
        Attempt.objects.update(next_poll_at=now())

    sweep_attempts()

    assert row().state == "SUCCEEDED"
