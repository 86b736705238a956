"""`settle`: what the gateway says becomes facts, once, in whatever order it is heard."""

import datetime as dt
from decimal import Decimal

import pytest

from payments.attempts import start_attempt
from payments.chain import broken_links
from payments.gateways.errors import GatewayUnavailable
from payments.gateways.interface import MovementKind
from payments.models import Attempt, GatewayAccount, Movement, Payment
from payments.services import client_credit, settle
from payments.services.settling import apply_snapshot
from payments.signals import payment_failed, payment_pending, payment_recorded, payment_reversed
from tenants.scope import OpenScopeError, tenant_atomic
from tests.factories.payments import link_for, make_receivable, pay_by_hand


def now():
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


@pytest.fixture
def attempt(stripe_of_acme):
    with tenant_atomic():
        link = link_for(make_receivable(amount="120.00"), now=now())
    return start_attempt(link=link, now=now())


@pytest.fixture
def heard():
    """The announcements of a test, in order."""
    told = []
    signals = {
        "recorded": payment_recorded,
        "reversed": payment_reversed,
        "pending": payment_pending,
        "failed": payment_failed,
    }
    listeners = []
    for name, signal in signals.items():

        def listen(name=name, **kwargs):
            told.append(name)

        listeners.append((signal, listen))
        signal.connect(listen, weak=False)
    yield told
    for signal, listen in listeners:
        signal.disconnect(listen)


def look(attempt):
    return settle(attempt_id=attempt.pk, now=now())


def balance(attempt):
    with tenant_atomic():
        return attempt.targets.get().receivable.balance


def credit(attempt):
    with tenant_atomic():
        return client_credit(attempt.link.client_id)


def intent(server, attempt):
    world = server.world
    account = world.account_with(attempt.external_id)
    return world.find(account, "checkout.session", attempt.external_id)["payment_intent"]


def kinds():
    with tenant_atomic():
        return list(Movement.objects.order_by("sequence").values_list("kind", flat=True))


def snapshot_of(attempt, server):
    from payments.accounts import credentials_of, gateway_of

    with tenant_atomic():
        account = GatewayAccount.objects.get()
        credentials = credentials_of(account)
    return gateway_of(account).fetch(credentials, attempt.external_id)


def test_a_card_payment_settles_the_debt_and_its_fee_enters_the_ledger(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id)

    settled = look(attempt)

    with tenant_atomic():
        payment = Payment.objects.get()
    assert (settled.state, balance(attempt)) == ("SUCCEEDED", Decimal(0))
    assert (payment.amount, payment.means) == (Decimal("120.00"), "CARD")
    assert kinds() == ["CHARGE", "FEE"]


def test_an_open_page_books_nothing(attempt):
    settled = look(attempt)

    assert (settled.state, kinds(), balance(attempt)) == ("OPEN", [], Decimal("120.00"))


def test_settling_again_changes_nothing(attempt, stripe_of_acme, heard):
    stripe_of_acme.do("pay", session_id=attempt.external_id)

    look(attempt)
    look(attempt)

    assert (kinds(), heard) == (["CHARGE", "FEE"], ["recorded"])


def test_a_debit_is_announced_as_pending_once_and_booked_when_it_succeeds(
    attempt, stripe_of_acme, heard
):
    stripe_of_acme.do("pay", session_id=attempt.external_id, method="sepa_debit")
    look(attempt)
    look(attempt)
    stripe_of_acme.do("confirm_debit", session_id=attempt.external_id)

    settled = look(attempt)

    assert (settled.state, heard) == ("SUCCEEDED", ["pending", "recorded"])
    with tenant_atomic():
        assert Payment.objects.get().means == "DIRECT_DEBIT"


def test_a_refused_debit_is_told_and_brings_nothing(attempt, stripe_of_acme, heard):
    stripe_of_acme.do("pay", session_id=attempt.external_id, method="sepa_debit")
    look(attempt)
    stripe_of_acme.do("fail_debit", session_id=attempt.external_id)

    settled = look(attempt)

    assert (settled.state, kinds(), heard) == ("FAILED", [], ["pending", "failed"])


def test_an_older_reading_applied_late_undoes_nothing(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id, method="sepa_debit")
    old = snapshot_of(attempt, stripe_of_acme)
    stripe_of_acme.do("confirm_debit", session_id=attempt.external_id)
    look(attempt)

    with tenant_atomic():
        applied = apply_snapshot(attempt_id=attempt.pk, snapshot=old, now=now())

    assert (applied.state, balance(attempt)) == ("SUCCEEDED", Decimal(0))


def test_money_wins_over_a_page_we_had_given_up(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    with tenant_atomic():
        Attempt.objects.filter(pk=attempt.pk).update(state="EXPIRED")

    settled = look(attempt)

    assert (settled.state, balance(attempt)) == ("SUCCEEDED", Decimal(0))


def test_a_transfer_that_came_meanwhile_makes_the_card_the_clients_credit(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    with tenant_atomic():
        pay_by_hand(attempt.link.client, "120.00", now=now())

    look(attempt)

    assert (balance(attempt), credit(attempt)) == (Decimal(0), Decimal("120.00"))


def test_what_a_gateway_received_is_booked_not_what_we_asked_for(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    with tenant_atomic():
        Attempt.objects.filter(pk=attempt.pk).update(amount=Decimal("119.00"))

    settled = look(attempt)

    with tenant_atomic():
        assert Payment.objects.get().amount == Decimal("120.00")
    assert settled.quarantined_at is not None


def test_money_in_another_currency_is_kept_and_shown_and_settles_nothing(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    with tenant_atomic():
        Attempt.objects.filter(pk=attempt.pk).update(currency="CHF")

    settled = look(attempt)

    assert (kinds(), balance(attempt)) == (["CHARGE", "FEE"], Decimal("120.00"))
    assert settled.quarantined_at is not None
    with tenant_atomic():
        assert Payment.objects.count() == 0


def test_every_refund_made_at_the_gateway_is_booked(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    look(attempt)
    payment = intent(stripe_of_acme, attempt)
    stripe_of_acme.do("refund_in_dashboard", payment_intent=payment, amount=2000)
    stripe_of_acme.do("refund_in_dashboard", payment_intent=payment, amount=3000)

    look(attempt)

    assert balance(attempt) == Decimal("50.00")
    assert kinds().count("REFUND") == 2


def test_a_refund_that_fails_brings_the_money_back(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    look(attempt)
    refund = stripe_of_acme.do(
        "refund_in_dashboard", payment_intent=intent(stripe_of_acme, attempt)
    )
    look(attempt)
    assert balance(attempt) == Decimal("120.00")
    stripe_of_acme.do("fail_refund", refund_id=refund["id"])

    look(attempt)

    assert balance(attempt) == Decimal(0)
    assert kinds().count("REFUND_FAILED") == 1


def test_a_dispute_reopens_the_debt_and_winning_it_settles_it_again(attempt, stripe_of_acme, heard):
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    look(attempt)
    dispute = stripe_of_acme.do("dispute", payment_intent=intent(stripe_of_acme, attempt))
    look(attempt)
    assert balance(attempt) == Decimal("120.00")
    stripe_of_acme.do("win_dispute", dispute_id=dispute["id"])

    look(attempt)

    assert balance(attempt) == Decimal(0)
    assert heard == ["recorded", "reversed", "recorded"]


def test_an_inquiry_takes_no_money(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    look(attempt)
    stripe_of_acme.do("dispute", payment_intent=intent(stripe_of_acme, attempt), inquiry=True)

    look(attempt)

    assert (balance(attempt), kinds()) == (Decimal(0), ["CHARGE", "FEE"])


def test_refunded_and_charged_back_is_kept_and_shown(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    look(attempt)
    payment = intent(stripe_of_acme, attempt)
    stripe_of_acme.do("refund_in_dashboard", payment_intent=payment)
    stripe_of_acme.do("dispute", payment_intent=payment)

    settled = look(attempt)

    assert settled.quarantined_at is not None
    assert (kinds().count("REFUND"), kinds().count("CHARGEBACK")) == (1, 1)
    with tenant_atomic():
        assert (broken_links(), Payment.objects.get().reversed_amount) == ([], Decimal("120.00"))


def test_a_debit_that_fails_after_it_succeeded_makes_the_debt_due_again(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id, method="sepa_debit")
    stripe_of_acme.do("confirm_debit", session_id=attempt.external_id)
    look(attempt)
    stripe_of_acme.do("reverse_charge", session_id=attempt.external_id)

    look(attempt)

    assert (balance(attempt), credit(attempt)) == (Decimal("120.00"), Decimal(0))


def test_a_fee_that_comes_late_is_added(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id, late_fee=True)
    look(attempt)
    stripe_of_acme.do("tell_fee", session_id=attempt.external_id)

    look(attempt)

    assert kinds() == ["CHARGE", "FEE"]


def test_a_gateway_that_does_not_answer_changes_nothing(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    stripe_of_acme.do("fault", fault="500", times=5)

    with pytest.raises(GatewayUnavailable):
        look(attempt)

    assert (kinds(), balance(attempt)) == ([], Decimal("120.00"))


def test_another_attempts_payment_is_not_taken_for_ours(attempt, stripe_of_acme):
    stripe_of_acme.do("pay", session_id=attempt.external_id)
    snapshot = snapshot_of(attempt, stripe_of_acme)
    with tenant_atomic():
        link = link_for(make_receivable(amount="10.00"), now=now())
    other = start_attempt(link=link, now=now())

    with tenant_atomic():
        applied = apply_snapshot(attempt_id=other.pk, snapshot=snapshot, now=now())

    assert (kinds(), applied.quarantined_at is not None) == ([], True)


def test_the_gateway_is_never_asked_while_a_scope_is_open(attempt):
    with tenant_atomic(), pytest.raises(OpenScopeError):
        look(attempt)


def test_the_ledger_knows_every_kind_of_movement_a_gateway_may_tell():
    assert {kind.value for kind in MovementKind} - set(Movement.Kind.values) == set()
