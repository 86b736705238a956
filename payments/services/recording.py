"""Money that came in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.errors import DomainError
from core.money import AMOUNT_LIMIT
from core.money import currency as currency_of
from invoices.ledger import lock_client
from invoices.models import Receivable
from invoices.plan_reading import with_their_parts
from payments.chain import MANUAL, add_movement
from payments.models import Attempt, Movement, Payment
from payments.services.allocating import allocate, allocate_oldest_first
from payments.signals import payment_recorded
from tenants.announce import announce
from tenants.audit import record
from tenants.models import User
from tenants.scope import current_tenant, tenant_atomic


class CannotRecord(DomainError):
    """This payment cannot be right."""


@tenant_atomic()
def record_payment(
    *,
    client: Client,
    amount: Decimal,
    means: str,
    received_on: dt.date,
    now: dt.datetime,
    user: User | None,
    currency: str = "EUR",
    allocations: Mapping[Receivable, Decimal] | None = None,
    note: str = "",
    public_id: uuid.UUID | None = None,
    recorded_with: uuid.UUID | None = None,
) -> Payment:
    """Note a payment received by hand (transfer, cheque, cash) and set it against debts.

    `amount` is in major units; `allocations` None means the oldest due date first. What settles
    nothing is the client's credit. `public_id` is else a new one: a form that may be sent twice
    names it, and looks for it first. `recorded_with` is shared by payments of one gesture.

    Raises:
        CannotRecord: no amount, too many decimals, or a day that has not come.
        CannotAllocate, BalanceExceeded: an allocation does not fit; nothing is recorded.
    """
    check_amount(amount, currency)
    check_day(received_on, now)
    lock_client(client.pk)
    payment = Payment.objects.create(
        client=client,
        means=means,
        amount=amount,
        currency=currency,
        received_on=received_on,
        note=note,
        created_by=user,
        public_id=public_id or uuid.uuid4(),
        recorded_with=recorded_with,
    )
    add_movement(
        source=MANUAL,
        kind=Movement.Kind.CHARGE,
        external_id=str(payment.public_id),
        payment=payment,
        amount=amount,
        currency=currency,
        occurred_at=midday(received_on),
        now=now,
        facts={"means": means, "note": note, "received_on": received_on.isoformat()},
    )
    record(act="record_payment", subject=payment, user=user, at=now, after={"amount": str(amount)})
    spread(payment, allocations, now=now, user=user)
    announce(payment_recorded, sender=Payment, payment_id=payment.pk)
    return payment


@tenant_atomic()
def book_charge(
    *,
    attempt: Attempt,
    source: str,
    external_id: str,
    amount: Decimal,
    currency: str,
    occurred_at: dt.datetime,
    means: str,
    now: dt.datetime,
    kind: str = Movement.Kind.CHARGE,
) -> Payment | None:
    """Book what a gateway received for an attempt; None when it is known already.

    `kind` is CHARGE, or what brought money back: REFUND_FAILED, CHARGEBACK_REVERSED.

    The debts of the attempt's link come first; money always wins: what they no longer need is
    the client's credit, also when the invoice was cancelled meanwhile.
    """
    lock_client(attempt.link.client_id)
    known = Movement.objects.filter(source=source, kind=kind, external_id=external_id)
    if known.exists():
        return None
    payment = Payment.objects.create(
        client_id=attempt.link.client_id,
        attempt=attempt,
        means=means,
        amount=amount,
        currency=currency,
        received_on=occurred_at.astimezone(ZoneInfo(current_tenant().time_zone)).date(),
    )
    add_movement(
        source=source,
        kind=kind,
        external_id=external_id,
        payment=payment,
        amount=amount,
        currency=currency,
        occurred_at=occurred_at,
        now=now,
    )
    targets = list(attempt.targets.values_list("receivable_id", flat=True))
    # a plan agreed to meanwhile asks for them in parts
    asked = with_their_parts(targets)
    allocate_oldest_first(payment=payment, among=asked, now=now, user=None)
    announce(payment_recorded, sender=Payment, payment_id=payment.pk)
    return payment


def spread(
    payment: Payment,
    allocations: Mapping[Receivable, Decimal] | None,
    *,
    now: dt.datetime,
    user: User | None,
) -> None:
    if allocations is None:
        allocate_oldest_first(payment=payment, now=now, user=user)
        return
    for receivable in sorted(allocations, key=lambda each: each.pk):
        amount = allocations[receivable]
        allocate(
            payment=payment,
            receivable=receivable,
            amount=amount,
            now=now,
            user=user,
            effective_on=payment.received_on,
        )


def midday(day: dt.date) -> dt.datetime:
    """A moment of that day in the tenant's time zone, far from its edges."""
    return dt.datetime.combine(day, dt.time(12), tzinfo=ZoneInfo(current_tenant().time_zone))


def check_amount(amount: Decimal, code: str) -> None:
    """Refuse what no payment can be.

    Raises:
        CannotRecord: nothing, less than nothing, too many decimals, or absurdly much.
    """
    if amount <= 0:
        raise CannotRecord(_("The amount must be more than zero."))
    if amount >= AMOUNT_LIMIT:
        raise CannotRecord(_("This amount is too large to be true."))
    if amount != amount.quantize(currency_of(code).unit):
        raise CannotRecord(_("This amount has more decimals than its currency."))


def check_day(received_on: dt.date, now: dt.datetime) -> None:
    """Refuse a day that has not come, in the tenant's time zone.

    Raises:
        CannotRecord: it has not come.
    """
    if received_on > now.astimezone(ZoneInfo(current_tenant().time_zone)).date():
        raise CannotRecord(_("A payment cannot be received on a day that has not come."))
