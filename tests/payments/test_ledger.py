"""Recording, allocating, taking back: the books hold at every step."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.db.utils import DatabaseError

from invoices.ledger import BalanceExceeded, client_balance
from payments.chain import broken_links
from payments.models import Movement, Payment
from payments.services import (
    allocate,
    bounce_payment,
    client_credit,
    refund_payment,
    reverse,
    unallocate,
    undo_payment,
)
from payments.services.allocating import CannotAllocate
from payments.services.recording import CannotRecord
from payments.services.reversing import CannotReverse
from tenants.scope import tenant_atomic
from tests.factories.clients import make_client
from tests.factories.payments import NOW, TODAY, make_receivable, pay_by_hand

pytestmark = pytest.mark.usefixtures("in_acme")


def test_a_payment_settles_the_oldest_debt_first():
    client = make_client()
    young = make_receivable(client, "50.00", due_on=TODAY)
    old = make_receivable(client, "80.00", due_on=TODAY - dt.timedelta(days=40))

    payment = pay_by_hand(client, "100.00")

    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.balance, young.balance) == (Decimal(0), Decimal("30.00"))
    assert old.settled_on == TODAY
    assert payment.unallocated == Decimal(0)


def test_what_settles_nothing_is_the_clients_credit():
    client = make_client()
    make_receivable(client, "60.00")

    pay_by_hand(client, "100.00")

    assert client_credit(client.pk) == Decimal("40.00")
    assert client_balance(client.pk) == Decimal(0)


def test_credit_can_be_set_against_a_later_debt():
    client = make_client()
    payment = pay_by_hand(client, "100.00")
    later = make_receivable(client, "30.00")

    allocate(payment=payment, receivable=later, amount=Decimal("30.00"), now=NOW, user=None)

    later.refresh_from_db()
    assert (later.balance, client_credit(client.pk)) == (Decimal(0), Decimal("70.00"))


def test_more_than_is_left_of_a_payment_cannot_be_allocated():
    client = make_client()
    payment = pay_by_hand(client, "20.00")
    debt = make_receivable(client, "30.00")

    with pytest.raises(CannotAllocate):
        allocate(payment=payment, receivable=debt, amount=Decimal("20.01"), now=NOW, user=None)

    debt.refresh_from_db()
    assert (debt.balance, client_credit(client.pk)) == (Decimal("30.00"), Decimal("20.00"))


def test_more_than_is_owed_cannot_be_allocated():
    client = make_client()
    payment = pay_by_hand(client, "50.00")
    debt = make_receivable(client, "30.00")

    with pytest.raises(BalanceExceeded), tenant_atomic():
        allocate(payment=payment, receivable=debt, amount=Decimal("30.01"), now=NOW, user=None)

    debt.refresh_from_db()
    assert (debt.balance, client_credit(client.pk)) == (Decimal("30.00"), Decimal("50.00"))


def test_another_clients_debt_is_refused():
    payment = pay_by_hand(make_client("Dupont"), "50.00")
    debt = make_receivable(make_client("Martin"), "30.00")

    with pytest.raises(CannotAllocate):
        allocate(payment=payment, receivable=debt, amount=Decimal("30.00"), now=NOW, user=None)

    debt.refresh_from_db()
    assert debt.balance == Decimal("30.00")


def test_undoing_a_payment_restores_what_was_before():
    client = make_client()
    debt = make_receivable(client, "80.00")
    payment = pay_by_hand(client, "100.00")

    undo_payment(payment=payment, now=NOW, user=None)

    debt.refresh_from_db()
    payment.refresh_from_db()
    assert (debt.balance, debt.settled_on) == (Decimal("80.00"), None)
    assert (payment.unallocated, client_credit(client.pk)) == (Decimal(0), Decimal(0))
    assert payment.undone_at == NOW


def test_a_payment_is_undone_once():
    payment = undo_payment(payment=pay_by_hand(make_client(), "10.00"), now=NOW, user=None)

    with pytest.raises(CannotReverse):
        undo_payment(payment=payment, now=NOW, user=None)

    assert Movement.objects.filter(kind="UNDONE").count() == 1


def test_a_bounced_cheque_makes_its_debts_due_again():
    client = make_client()
    debt = make_receivable(client, "80.00")
    payment = pay_by_hand(client, "80.00", means="CHEQUE")

    bounce_payment(payment=payment, now=NOW, user=None)

    debt.refresh_from_db()
    assert debt.balance == Decimal("80.00")


def test_taking_an_allocation_back_leaves_the_money_as_credit():
    client = make_client()
    debt = make_receivable(client, "80.00")
    payment = pay_by_hand(client, "80.00")

    unallocate(allocation=payment.allocations.get(), now=NOW, user=None)

    debt.refresh_from_db()
    assert (debt.balance, client_credit(client.pk)) == (Decimal("80.00"), Decimal("80.00"))


def test_a_refund_takes_the_credit_first_and_then_the_latest_debt():
    client = make_client()
    old = make_receivable(client, "40.00", due_on=TODAY - dt.timedelta(days=9))
    young = make_receivable(client, "40.00")
    payment = pay_by_hand(client, "100.00")

    refund_payment(payment=payment, amount=Decimal("50.00"), now=NOW, user=None)

    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.balance, young.balance) == (Decimal(0), Decimal("30.00"))
    assert client_credit(client.pk) == Decimal(0)


def test_a_refund_of_more_than_is_left_is_refused():
    payment = pay_by_hand(make_client(), "50.00")
    refund_payment(payment=payment, amount=Decimal("30.00"), now=NOW, user=None)

    with pytest.raises(CannotReverse):
        refund_payment(payment=payment, amount=Decimal("20.01"), now=NOW, user=None)

    payment.refresh_from_db()
    assert payment.unallocated == Decimal("20.00")
    assert Movement.objects.filter(kind="REFUND").count() == 1


def test_the_same_fact_is_booked_once():
    payment = pay_by_hand(make_client(), "50.00")
    fact = {
        "payment": payment,
        "amount": Decimal("50.00"),
        "kind": "REFUND",
        "source": "gateway",
        "external_id": "re_1",
        "occurred_at": NOW,
        "now": NOW,
    }

    reverse(**fact)

    assert reverse(**fact) is None
    assert Movement.objects.filter(external_id="re_1").count() == 1


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1000000000000"])
def test_an_absurd_amount_is_refused_and_nothing_is_recorded(amount):
    with pytest.raises(CannotRecord):
        pay_by_hand(make_client(), amount)

    assert Payment.objects.count() == 0


def test_a_day_that_has_not_come_is_refused():
    with pytest.raises(CannotRecord):
        pay_by_hand(make_client(), "1.00", received_on=TODAY + dt.timedelta(days=1))

    assert Payment.objects.count() == 0


def test_movements_are_chained_and_the_chain_holds():
    client = make_client()
    make_receivable(client, "10.00")
    pay_by_hand(client, "10.00")
    undo_payment(payment=pay_by_hand(client, "10.00"), now=NOW, user=None)

    assert [m.sequence for m in Movement.objects.order_by("sequence")] == [1, 2, 3]
    assert broken_links() == []


@pytest.mark.parametrize(
    "sql", ["UPDATE payments_movement SET amount = 1", "DELETE FROM payments_movement"]
)
def test_the_database_refuses_to_change_or_delete_a_movement(sql):
    pay_by_hand(make_client(), "10.00")

    with pytest.raises(DatabaseError), tenant_atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert Movement.objects.get().amount == Decimal("10.00")
