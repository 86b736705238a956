"""Setting money against what is owed, and taking it back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from invoices.ledger import allocate_to, lock_client, open_receivables, release_from
from invoices.models import Receivable
from payments.models import Allocation, Payment
from tenants.audit import record
from tenants.clock import local
from tenants.models import User
from tenants.scope import tenant_atomic

ZERO = Decimal(0)


class CannotAllocate(DomainError):
    """This money cannot settle this debt."""


def client_credit(client_id: int, currency: str = "EUR") -> Decimal:
    """A client's money that settles nothing yet."""
    rows = Payment.objects.filter(client_id=client_id, currency=currency, unallocated__gt=0)
    return rows.aggregate(sum=Sum("unallocated"))["sum"] or ZERO


@tenant_atomic()
def allocate(
    *,
    payment: Payment,
    receivable: Receivable,
    amount: Decimal,
    now: dt.datetime,
    user: User | None,
    effective_on: dt.date | None = None,
) -> Allocation:
    """Set part of a payment against a receivable of the same client and currency.

    It counts from `effective_on`; left out, from the day of `now`, as money that was credit before.

    Raises:
        CannotAllocate: another client or currency, or more than the payment has left.
        BalanceExceeded: more than what is owed.
    """
    lock_client(payment.client_id)
    if receivable.client_id != payment.client_id or receivable.currency != payment.currency:
        raise CannotAllocate(_("This payment is another client’s, or in another currency."))
    locked = Payment.objects.select_for_update().get(pk=payment.pk)
    if not ZERO < amount <= locked.unallocated:
        raise CannotAllocate(
            _("Only %(left)s %(currency)s of this payment is left."),
            left=locked.unallocated,
            currency=locked.currency,
        )
    allocate_to(receivable_id=receivable.pk, amount=amount, on=payment.received_on)
    done = Allocation.objects.create(
        payment=locked,
        receivable=receivable,
        amount=amount,
        effective_on=effective_on or local(now).date(),
    )
    locked.allocated += amount
    locked.save(update_fields=["allocated"])
    payment.refresh_from_db(fields=["allocated", "unallocated"])
    record(act="allocate", subject=payment, user=user, at=now, after={"amount": str(amount)})
    return done


@tenant_atomic()
def allocate_oldest_first(
    *,
    payment: Payment,
    now: dt.datetime,
    user: User | None,
    among: list[int] | None = None,
) -> Decimal:
    """Spread a payment just received over the oldest debts (C. civ. 1342-10); return the rest.

    `among` names the receivables (ids) that come first; what is left stays the client's credit.
    """
    lock_client(payment.client_id)
    rows = open_receivables(payment.client_id).filter(currency=payment.currency)
    wanted = rows.filter(pk__in=among) if among is not None else rows
    for receivable in wanted:
        payment.refresh_from_db(fields=["unallocated"])
        amount = min(payment.unallocated, receivable.balance)
        if amount <= ZERO:
            break
        allocate(
            payment=payment,
            receivable=receivable,
            amount=amount,
            now=now,
            user=user,
            effective_on=payment.received_on,
        )
    payment.refresh_from_db(fields=["unallocated"])
    left: Decimal = payment.unallocated
    return left


@tenant_atomic()
def unallocate(*, allocation: Allocation, now: dt.datetime, user: User | None) -> None:
    """Take an allocation back: the debt is due again, the money is the client's credit.

    Raises:
        CannotAllocate: it was taken back before.
    """
    lock_client(allocation.payment.client_id)
    locked = Allocation.objects.select_for_update().get(pk=allocation.pk)
    if locked.undone_at is not None:
        raise CannotAllocate(_("This was already taken back."))
    release(locked, locked.amount, now=now)
    record(
        act="unallocate",
        subject=allocation.payment,
        user=user,
        at=now,
        before={"amount": str(locked.amount)},
    )


def release(allocation: Allocation, amount: Decimal, *, now: dt.datetime) -> None:
    """Free `amount` of a locked allocation; what remains of it stays as a new row."""
    release_from(receivable_id=allocation.receivable_id, amount=allocation.amount)
    allocation.undone_at = now
    allocation.save(update_fields=["undone_at"])
    payment = Payment.objects.select_for_update().get(pk=allocation.payment_id)
    payment.allocated -= amount
    payment.save(update_fields=["allocated"])
    kept = allocation.amount - amount
    if kept > ZERO:
        allocate_to(receivable_id=allocation.receivable_id, amount=kept, on=payment.received_on)
        Allocation.objects.create(
            payment=payment,
            receivable_id=allocation.receivable_id,
            amount=kept,
            effective_on=local(now).date(),  # until then the row just undone counted for it
        )
