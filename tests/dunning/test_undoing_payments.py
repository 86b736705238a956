"""Payments taken back: a whole bulk of transfers at once, and the debts stand where they stood."""

import datetime as dt
import threading
import uuid
from decimal import Decimal

import pytest
from django.db import connection

from clients.models import Message
from dunning.models import Case, Promise
from dunning.next_run import leaving_on
from dunning.services import record_promise, record_transfers, undo_transfers
from dunning.services.transfers import Transfer
from invoices.models import Receivable
from payments.models import Movement, Payment
from payments.services import bounce_payment, record_payment, undo_payment
from tenants import clock
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant
from tests.factories.dunning import FIRST_DAY, debtor, late_case, taken

EVENING = dt.date(2026, 3, 5)
NOW = dt.datetime(2026, 3, 5, 17, 30, tzinfo=dt.UTC)
SOON = NOW + dt.timedelta(minutes=2)
KEY = uuid.UUID("5f2c6c0e-6a0f-4b8e-9f51-0c4b8a7d2f10")


@pytest.fixture
def evening(in_acme):
    """The evening before two first reminders leave."""
    with clock.as_of(NOW):
        yield in_acme


def two_debts():
    late = late_case()
    other = late_case(debtor("Cabinet Audrain", email="compta@audrain.example"), net="500")
    return late, other


def paid(*, key=KEY):
    lines = leaving_on(FIRST_DAY)
    return record_transfers(
        transfers=[Transfer(line, line.amount) for line in lines],
        received_on=EVENING,
        key=key,
        user=None,
        today=EVENING,
        now=NOW,
    )


def took_back(found):
    return (
        sorted(client.name for client in found.clients),
        sorted((each.client.name, each.why) for each in found.standing),
    )


def undo(*, now=SOON):
    return took_back(undo_transfers(key=KEY, user=None, now=now))


def owed():
    rows = Receivable.objects.filter(balance__gt=0).order_by("-balance")
    return list(rows.values_list("balance", flat=True))


# transfers ---------------------------------------------------------------------------------------


def test_a_bulk_of_transfers_is_taken_back_at_once(evening):
    two_debts()
    paid()
    assert owed() == []

    assert undo() == (["Cabinet Audrain", "Garage Morvan"], [])

    assert owed() == [Decimal("1200.00"), Decimal("600.00")]
    assert [line.amount for line in leaving_on(FIRST_DAY)] == owed()


def test_taking_back_twice_is_taking_back_once(evening):
    two_debts()
    paid()
    undo()

    assert undo() == ([], [])

    assert Movement.objects.filter(kind=Movement.Kind.UNDONE).count() == 2


def test_a_payment_that_bounced_since_stands_and_says_why(evening):
    two_debts()
    (bounced,) = [each for each in paid() if each.client.name == "Garage Morvan"]
    bounce_payment(payment=bounced, now=SOON, user=None)

    taken_back, standing = undo()

    assert taken_back == ["Cabinet Audrain"]
    assert standing == [("Garage Morvan", "part of the money has gone back already")]


def test_a_payment_whose_thanks_have_left_stands_and_says_why(evening):
    late, _other = two_debts()
    paid()
    thanked(late)

    taken_back, standing = undo()

    assert taken_back == ["Cabinet Audrain"]
    assert standing == [("Garage Morvan", "the thank-you has left")]


def test_what_another_gesture_recorded_stays(evening):
    two_debts()
    paid(key=uuid.uuid4())

    assert undo() == ([], [])

    assert owed() == []


@pytest.mark.django_db(transaction=True)
def test_eight_undos_at_once_take_each_payment_back_once():
    tenant = make_tenant("atelier", last_run_on=EVENING)
    with use_tenant(tenant), tenant_atomic(), clock.as_of(NOW):
        two_debts()
        paid()
    gate, raised, answers = threading.Barrier(8), [], []

    def click():
        try:
            gate.wait()
            with use_tenant(tenant), clock.as_of(SOON):
                answers.append(undo())
        except Exception as error:  # noqa: BLE001 -- the test looks at it
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with use_tenant(tenant), tenant_atomic():
        assert raised == []
        names = [name for gone, _standing in answers for name in gone]
        assert sorted(names) == ["Cabinet Audrain", "Garage Morvan"]
        assert Movement.objects.filter(kind=Movement.Kind.UNDONE).count() == 2
        assert Payment.objects.filter(undone_at=None).count() == 0
        assert owed() == [Decimal("1200.00"), Decimal("600.00")]


# what a payment had closed -----------------------------------------------------------------------


def test_a_payment_undone_leaves_the_debt_where_it_stood(evening):
    case = late_case()
    taken(case, "PRE_DUE", dt.date(2026, 3, 3))
    promise = record_promise(
        case=case,
        amount=case.receivable.balance,
        promised_for=EVENING + dt.timedelta(days=5),
        made_by="Anne Morvan",
        channel="CALL",
        user=None,
        today=EVENING,
        now=NOW,
    )
    payment = _pay(case)

    undo_payment(payment=payment, now=SOON, user=None)

    case.refresh_from_db()
    promise.refresh_from_db()
    assert (case.state, case.cycle, case.silence) == (Case.State.OPEN, 1, "PROMISED")
    assert promise.state == Promise.State.OPEN


def test_a_cheque_that_bounced_begins_the_ladder_anew(evening):
    case = late_case()
    payment = _pay(case)

    bounce_payment(payment=payment, now=SOON, user=None)

    case.refresh_from_db()
    assert (case.state, case.cycle) == (Case.State.OPEN, 2)


def test_a_payment_undone_after_the_thanks_begins_the_ladder_anew(evening):
    case = late_case()
    payment = _pay(case)
    thanked(case)

    undo_payment(payment=payment, now=SOON, user=None)

    case.refresh_from_db()
    assert case.cycle == 2


def test_a_part_payment_undone_changes_no_cycle(evening):
    case = late_case()
    bounce_payment(payment=_pay(case), now=SOON, user=None)
    part = _pay(case, "100.00")

    undo_payment(payment=part, now=SOON + dt.timedelta(minutes=1), user=None)

    case.refresh_from_db()
    assert case.cycle == 2


def thanked(case):
    Message.objects.create(
        client=case.client,
        kind="THANK_YOU",
        state="SENT",
        frozen_at=NOW,
        facts={"cases": [case.pk]},
    )


def _pay(case, amount=None):
    case.receivable.refresh_from_db()
    return record_payment(
        client=case.client,
        amount=Decimal(amount) if amount else case.receivable.balance,
        means="TRANSFER",
        received_on=EVENING,
        now=NOW,
        user=None,
    )
