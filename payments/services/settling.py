"""`settle`: what a gateway says about a payment becomes facts in our books, once.

Webhook, return page, poller and sweep all come here. Nothing an event says is believed: the payment
is read again, outside any scope, then applied in one transaction. The state of an attempt is a hint
and only rises; money comes from movements alone, so the order of arrival does not matter.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from invoices.ledger import lock_client
from payments.accounts import credentials_of, gateway_of
from payments.chain import add_movement
from payments.gateways.interface import Movement as Fact
from payments.gateways.interface import MovementKind, PaymentState, Snapshot
from payments.models import Attempt, AttemptTarget, GatewayAccount, Movement, Payment
from payments.services.recording import book_charge
from payments.services.reversing import CannotReverse, reverse
from payments.signals import payment_failed, payment_pending
from tenants.announce import announce
from tenants.scope import assert_no_open_scope, tenant_atomic

RANK: Final = {
    Attempt.State.CREATING: 0,
    Attempt.State.OPEN: 1,
    Attempt.State.PROCESSING: 2,
    Attempt.State.EXPIRED: 3,
    Attempt.State.CANCELED: 3,
    Attempt.State.FAILED: 3,
    Attempt.State.SUCCEEDED: 4,
}
MEANS: Final = {
    "card": Payment.Means.CARD,
    "demo": Payment.Means.CARD,
    "sepa_debit": Payment.Means.DIRECT_DEBIT,
    "bacs_debit": Payment.Means.DIRECT_DEBIT,
}
MONEY_IN = {MovementKind.CHARGE, MovementKind.REFUND_FAILED, MovementKind.CHARGEBACK_REVERSED}
MONEY_OUT = {MovementKind.CHARGE_REVERSED, MovementKind.REFUND, MovementKind.CHARGEBACK}
POLLS: Final = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 60))
LONGEST_ERROR = 300


def settle(*, attempt_id: int, now: dt.datetime, external_id: str = "") -> Attempt:
    """Read a payment at its gateway and book whatever is new; called any number of times.

    `external_id` names the payment when our own row does not know it yet (the gateway's notice came
    before our commit). An attempt that exists nowhere yet is returned as it is.

    Raises:
        GatewayError: the gateway did not answer; nothing is changed.
    """
    assert_no_open_scope()
    with tenant_atomic():
        attempt = Attempt.objects.select_related("account").get(pk=attempt_id)
        credentials = credentials_of(attempt.account)
    wanted = attempt.external_id or external_id
    if not wanted:
        return attempt
    snapshot = gateway_of(attempt.account).fetch(credentials, wanted)
    with tenant_atomic():
        return apply_snapshot(attempt_id=attempt_id, snapshot=snapshot, now=now)


def apply_snapshot(*, attempt_id: int, snapshot: Snapshot, now: dt.datetime) -> Attempt:
    """Book what a snapshot tells, under the client's lock; inside a scope."""
    client_id = Attempt.objects.values_list("link__client_id", flat=True).get(pk=attempt_id)
    lock_client(client_id)
    attempt = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("account", "link")
        .get(pk=attempt_id)
    )
    before = attempt.state
    _rise(attempt, snapshot, now)
    _book(attempt, snapshot, now)
    attempt.save()
    if attempt.state != before:
        _announce(attempt, before)
    return attempt


def close_attempt(attempt: Attempt, state: Attempt.State, *, error: str = "") -> Attempt:
    """End an attempt that brought nothing, and free its debts for another; inside a scope."""
    row = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if RANK[Attempt.State(row.state)] < RANK[state]:
        row.state, row.error, row.next_poll_at = state, error, None
        row.save(update_fields=["state", "error", "next_poll_at"])
        AttemptTarget.objects.filter(attempt=row).update(is_live=False)
    attempt.state, attempt.error = row.state, row.error
    return row


def is_live(attempt: Attempt) -> bool:
    return attempt.state in Attempt.LIVE


def next_poll(attempt: Attempt, now: dt.datetime) -> dt.datetime:
    """One minute, five, thirty, then hourly."""
    return now + POLLS[min(attempt.polls, len(POLLS) - 1)]


def _rise(attempt: Attempt, snapshot: Snapshot, now: dt.datetime) -> None:
    """Take over a state of higher rank; what was read earlier cannot undo what came later."""
    told = Attempt.State(snapshot.state.value)
    known_nowhere = not attempt.external_id
    attempt.external_id = attempt.external_id or snapshot.external_id
    attempt.method = snapshot.method or attempt.method
    if known_nowhere or RANK[told] > RANK[Attempt.State(attempt.state)]:
        attempt.state = told
        if told == Attempt.State.OPEN:
            attempt.redirect_url = snapshot.redirect_url or ""
    if attempt.state == Attempt.State.PROCESSING:
        attempt.processing_since = attempt.processing_since or now
    if is_live(attempt):
        attempt.next_poll_at = next_poll(attempt, now)
        attempt.polls = min(attempt.polls + 1, 1000)
        return
    attempt.next_poll_at = None
    # before any money is booked: a page that is over is nobody's concern any more
    AttemptTarget.objects.filter(attempt=attempt, is_live=True).update(is_live=False)


def _book(attempt: Attempt, snapshot: Snapshot, now: dt.datetime) -> None:
    belongs = snapshot.reference == str(attempt.public_id)
    if not belongs or snapshot.livemode != attempt.account.livemode:
        _quarantine(attempt, "The gateway’s payment is another one, or of the other mode.", now)
        return
    for fact in snapshot.movements:
        _book_fact(attempt, fact, now)
    if snapshot.state is PaymentState.SUCCEEDED and snapshot.amount_expected != attempt.amount:
        _quarantine(
            attempt, f"Asked {attempt.amount}, the gateway says {snapshot.amount_expected}.", now
        )


def _book_fact(attempt: Attempt, fact: Fact, now: dt.datetime) -> None:
    if _is_known(attempt.account, fact):
        return
    if fact.kind in MONEY_IN and fact.currency == attempt.currency:
        book_charge(
            attempt=attempt,
            source=str(attempt.account.public_id),
            kind=fact.kind.value,
            external_id=fact.external_id,
            amount=fact.amount,
            currency=fact.currency,
            occurred_at=fact.occurred_at,
            means=MEANS.get(attempt.method, Payment.Means.OTHER),
            now=now,
        )
        return
    payment = _payment_of(attempt, fact)
    if fact.kind in MONEY_OUT and payment and fact.currency == attempt.currency:
        _take_out(attempt, payment, fact, now)
        return
    _keep(attempt, fact, payment, now)
    if fact.kind in MONEY_IN | MONEY_OUT:
        _quarantine(attempt, f"{fact.kind} of {fact.amount} {fact.currency} fits nothing.", now)


def _take_out(attempt: Attempt, payment: Payment, fact: Fact, now: dt.datetime) -> None:
    """Money left: a refund, a chargeback, a debit that failed late."""
    try:
        reverse(
            payment=payment,
            amount=fact.amount,
            kind=fact.kind.value,
            source=str(attempt.account.public_id),
            external_id=fact.external_id,
            occurred_at=fact.occurred_at,
            now=now,
        )
    except CannotReverse:
        # refunded and charged back: the money left twice, the payment can only be undone once
        _keep(attempt, fact, payment, now)
        _quarantine(attempt, f"{fact.kind} of {fact.amount}: more left than had come in.", now)


def _keep(attempt: Attempt, fact: Fact, payment: Payment | None, now: dt.datetime) -> None:
    """Into the ledger alone: a fee, or what fits no payment."""
    add_movement(
        source=str(attempt.account.public_id),
        kind=fact.kind.value,
        external_id=fact.external_id,
        amount=fact.amount,
        currency=fact.currency,
        occurred_at=fact.occurred_at,
        now=now,
        payment=payment,
        facts={"related_id": fact.related_id or ""},
    )


def _is_known(account: GatewayAccount, fact: Fact) -> bool:
    return Movement.objects.filter(
        source=str(account.public_id), kind=fact.kind.value, external_id=fact.external_id
    ).exists()


def _payment_of(attempt: Attempt, fact: Fact) -> Payment | None:
    """The payment a fact is about: by its charge when the fact names it, else the latest."""
    payments = Payment.objects.filter(attempt=attempt)
    by_charge = payments.filter(
        movements__kind=Movement.Kind.CHARGE,
        movements__external_id__in=[fact.related_id or "", fact.external_id],
    ).first()
    return by_charge or payments.order_by("-id").first()


def _quarantine(attempt: Attempt, error: str, now: dt.datetime) -> None:
    if attempt.error != error:
        attempt.error = error[:LONGEST_ERROR]
        attempt.quarantined_at = now


def _announce(attempt: Attempt, before: str) -> None:
    if attempt.state == Attempt.State.PROCESSING:
        announce(payment_pending, sender=Attempt, attempt_id=attempt.pk)
    elif before == Attempt.State.PROCESSING and attempt.state != Attempt.State.SUCCEEDED:
        announce(payment_failed, sender=Attempt, attempt_id=attempt.pk)
