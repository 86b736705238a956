"""Balances: what moves them, what is refused, who hears of it."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from invoices.ledger import (
    BalanceExceeded,
    allocate_to,
    client_balance,
    open_receivables,
    release_from,
    write_off_from,
)
from invoices.models import Receivable
from invoices.signals import receivable_changed, receivable_reopened, receivable_settled
from tests.factories.invoices import TODAY, make_buyer, make_issued, make_line

SIGNALS = {
    "settled": receivable_settled,
    "changed": receivable_changed,
    "reopened": receivable_reopened,
}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def owed(in_acme):
    return Receivable.objects.get(invoice=make_issued())


@pytest.fixture
def heard():
    """The names of the signals, in the order in which they came."""
    said = []
    listeners = {}
    for name, signal in SIGNALS.items():

        def listen(sender, name=name, **kwargs):
            said.append((name, kwargs.get("by")))

        listeners[name] = listen
        signal.connect(listen, weak=False)
    yield said
    for name, signal in SIGNALS.items():
        signal.disconnect(listeners[name])


def allocate(receivable, amount):
    return allocate_to(receivable_id=receivable.pk, amount=Decimal(amount), on=TODAY)


def release(receivable, amount):
    return release_from(receivable_id=receivable.pk, amount=Decimal(amount))


def test_part_of_it_leaves_a_balance(owed, heard):
    done = allocate(owed, "500")

    assert (done.allocated, done.balance, done.settled_on) == (500, 700, None)
    assert heard == [("changed", "MONEY")]


def test_the_whole_settles_it_on_the_day_of_the_money(owed, heard):
    done = allocate(owed, "1200.00")

    assert (done.balance, done.settled_on) == (0, TODAY)
    assert heard == [("settled", "MONEY")]


def test_money_taken_away_opens_it_again(owed, heard):
    allocate(owed, "1200")

    done = release(owed, "200")

    assert (done.balance, done.settled_on) == (200, None)
    assert heard == [("settled", "MONEY"), ("reopened", "MONEY")]


def test_a_loss_settles_it_as_a_loss(owed, heard):
    write_off_from(receivable_id=owed.pk, amount=Decimal(1200), reason="Faillite", on=TODAY)

    assert heard == [("settled", "WRITE_OFF")]


@pytest.mark.parametrize(
    ("act", "amount", "sentence"),
    [
        (allocate, "1200.01", "Only 1200.00 EUR is still owed."),
        (allocate, "0", "The amount must be more than zero."),
        (allocate, "-5", "The amount must be more than zero."),
        (release, "0.01", "Less than this was paid."),
        (release, "0", "Less than this was paid."),
    ],
)
def test_a_move_that_does_not_fit_is_refused(owed, act, amount, sentence):
    with pytest.raises(BalanceExceeded) as refusal:
        act(owed, amount)

    assert str(refusal.value) == sentence


def test_the_database_keeps_the_balance_above_zero(owed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Receivable.objects.filter(pk=owed.pk).update(allocated=Decimal("1200.01"))


def test_what_a_client_owes_is_the_oldest_first_and_summed_by_currency(in_acme):
    client = make_buyer()
    later = make_issued(client, terms="NET_45")
    sooner = make_issued(client, terms="NET_15", lines=[make_line(price="100")])
    make_issued(client, currency="USD")

    due = [row.invoice for row in open_receivables(client.pk).filter(currency="EUR")]

    assert due == [sooner, later]
    assert client_balance(client.pk) == Decimal("1320.00")
    assert client_balance(client.pk, "USD") == Decimal("1200.00")
    assert client_balance(client.pk, "GBP") == Decimal(0)
