"""Money that left again: undone, bounced, refunded, charged back. New facts, nothing erased."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from invoices.ledger import lock_client
from payments.chain import MANUAL, add_movement
from payments.models import Allocation, Movement, Payment
from payments.services.allocating import release
from payments.signals import payment_reversed
from tenants.announce import announce
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic

ZERO = Decimal(0)


class CannotReverse(DomainError):
    """There is not that much left of this payment."""


@tenant_atomic()
def undo_payment(*, payment: Payment, now: dt.datetime, user: User | None) -> Payment:
    """Take back a payment recorded by mistake: its debts are due again.

    Raises:
        CannotReverse: a gateway recorded it, or it is undone already.
    """
    if payment.attempt_id is not None:
        raise CannotReverse(_("This payment came through a gateway: refund it there."))
    if payment.undone_at is not None:
        raise CannotReverse(_("This payment is already undone."))
    done = _by_hand(payment, Movement.Kind.UNDONE, now=now, user=user)
    done.undone_at = now
    done.save(update_fields=["undone_at"])
    return done


@tenant_atomic()
def bounce_payment(*, payment: Payment, now: dt.datetime, user: User | None) -> Payment:
    """A cheque came back unpaid, or a transfer was recalled: its debts are due again.

    Raises:
        CannotReverse: nothing of it is left.
    """
    if payment.attempt_id is not None:
        raise CannotReverse(_("This payment came through a gateway, which tells when it fails."))
    return _by_hand(payment, Movement.Kind.BOUNCED, now=now, user=user)


@tenant_atomic()
def refund_payment(
    *, payment: Payment, amount: Decimal, now: dt.datetime, user: User | None
) -> Payment:
    """Note money given back by hand; the client's credit goes first, then debts are due again.

    What came through a gateway is refunded at the gateway, whose refund is read and booked.

    Raises:
        CannotReverse: it came through a gateway, or less than this is left of it.
    """
    if payment.attempt_id is not None:
        raise CannotReverse(_("This payment came through a gateway: refund it there."))
    done = reverse(
        payment=payment,
        amount=amount,
        kind=Movement.Kind.REFUND,
        source=MANUAL,
        external_id=str(uuid.uuid4()),
        occurred_at=now,
        now=now,
        user=user,
    )
    return done or payment


@tenant_atomic()
def reverse(
    *,
    payment: Payment,
    amount: Decimal,
    kind: str,
    source: str,
    external_id: str,
    occurred_at: dt.datetime,
    now: dt.datetime,
    user: User | None = None,
) -> Payment | None:
    """Book money that left again; None when the fact is known already.

    The client's credit goes first, then the latest allocations are freed.

    Raises:
        CannotReverse: more than what is left of the payment.
    """
    lock_client(payment.client_id)
    locked = Payment.objects.select_for_update().get(pk=payment.pk)
    movement = add_movement(
        source=source,
        kind=kind,
        external_id=external_id,
        payment=locked,
        amount=amount,
        currency=locked.currency,
        occurred_at=occurred_at,
        now=now,
    )
    if movement is None:
        return None
    if not ZERO < amount <= locked.amount - locked.reversed_amount:
        raise CannotReverse(_("Less than this is left of the payment."))
    _free(locked, amount - locked.unallocated, now=now)
    locked.refresh_from_db()
    locked.reversed_amount += amount
    locked.save(update_fields=["reversed_amount"])
    record(act="reverse", subject=locked, user=user, at=now, after={"kind": kind})
    announce(payment_reversed, sender=Payment, payment_id=locked.pk)
    return locked


def make_room(*, receivable_id: int, amount: Decimal, now: dt.datetime) -> None:
    """Free money set against a receivable, because a credit note takes its place."""
    rows = Allocation.objects.select_for_update().filter(
        receivable_id=receivable_id, undone_at=None
    )
    _release_latest(list(rows.order_by("-id")), amount, now=now)


def _by_hand(payment: Payment, kind: str, *, now: dt.datetime, user: User | None) -> Payment:
    left = payment.amount - payment.reversed_amount
    done = reverse(
        payment=payment,
        amount=left,
        kind=kind,
        source=MANUAL,
        external_id=str(payment.public_id),
        occurred_at=now,
        now=now,
        user=user,
    )
    if done is None:
        raise CannotReverse(_("This payment is already undone."))
    return done


def _free(payment: Payment, amount: Decimal, *, now: dt.datetime) -> None:
    rows = Allocation.objects.select_for_update().filter(payment=payment, undone_at=None)
    _release_latest(list(rows.order_by("-id")), amount, now=now)


def _release_latest(allocations: list[Allocation], amount: Decimal, *, now: dt.datetime) -> None:
    for allocation in allocations:
        if amount <= ZERO:
            return
        freed = min(allocation.amount, amount)
        release(allocation, freed, now=now)
        amount -= freed
