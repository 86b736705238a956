"""The only code that moves the balance of a receivable.

Everything here runs inside a tenant's scope. Locks are taken in one order everywhere: the client,
then documents, then receivables. The balance itself is kept by PostgreSQL and can never go below
zero; a move that would is refused with a sentence.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.errors import DomainError
from invoices.models import Credit, InstallmentPlan, Invoice, Receivable, WriteOff
from invoices.signals import (
    credit_needs_room,
    receivable_changed,
    receivable_reopened,
    receivable_settled,
)
from tenants.announce import announce

ZERO = Decimal(0)


class BalanceExceeded(DomainError):
    """More would be taken off a receivable than it still owes."""


def lock_client(client_id: int) -> None:
    """Hold everything about a client's money until the transaction ends. Always the first lock."""
    Client.objects.select_for_update(no_key=True).only("pk").get(pk=client_id)


def open_receivables(client_id: int) -> QuerySet[Receivable]:
    """What a client still owes, the oldest due date first."""
    return Receivable.objects.filter(client_id=client_id, balance__gt=0).order_by("due_on", "id")


def client_balance(client_id: int, currency: str = "EUR") -> Decimal:
    """The sum of a client's open receivables in one currency, before any credit of theirs."""
    rows = open_receivables(client_id).filter(currency=currency)
    return rows.aggregate(total=Sum("balance"))["total"] or ZERO


def allocate_to(*, receivable_id: int, amount: Decimal, on: dt.date) -> Receivable:
    """Set money against a receivable.

    Raises:
        BalanceExceeded: the amount is more than what is owed.
    """
    receivable = _locked(receivable_id)
    _check(receivable, amount)
    receivable.allocated += amount
    return _moved(receivable, "allocated", on=on, by="MONEY")


def release_from(*, receivable_id: int, amount: Decimal) -> Receivable:
    """Take money off a receivable again: undone, refunded, bounced, or making way for a credit."""
    receivable = _locked(receivable_id)
    if not ZERO < amount <= receivable.allocated:
        raise BalanceExceeded(_("Less than this was paid."))
    receivable.allocated -= amount
    return _moved(receivable, "allocated", on=None, by="MONEY")


def credit_to(
    *, receivable_id: int, amount: Decimal, credit_note: Invoice, on: dt.date
) -> Receivable:
    """Set part of a credit note against a receivable; money already there makes way for it."""
    receivable = _locked(receivable_id)
    missing_room = amount - receivable.balance
    if missing_room > ZERO:
        announce(
            credit_needs_room, sender=Receivable, receivable_id=receivable_id, amount=missing_room
        )
        receivable = _locked(receivable_id)
    _check(receivable, amount)
    Credit.objects.create(credit_note=credit_note, receivable=receivable, amount=amount)
    receivable.credited += amount
    return _moved(receivable, "credited", on=on, by="CREDIT")


def write_off_from(*, receivable_id: int, amount: Decimal, reason: str, on: dt.date) -> Receivable:
    """Give up part of a receivable, for a reason that is kept."""
    receivable = _locked(receivable_id)
    _check(receivable, amount)
    receivable.written_off += amount
    receivable.written_off_reason = reason
    WriteOff.objects.create(receivable=receivable, amount=amount, written_off_on=on, reason=reason)
    return _moved(receivable, "written_off", "written_off_reason", on=on, by="WRITE_OFF")


def replace_in(*, receivable_id: int, amount: Decimal, plan: InstallmentPlan | None) -> Receivable:
    """Take off what an instalment plan asks for in its own receivables; nothing is paid by it.

    Without a plan it is a part of one that was undone, and what it split is owed as before.
    """
    receivable = _locked(receivable_id)
    _check(receivable, amount)
    receivable.replaced += amount
    receivable.replaced_by = plan
    return _moved(receivable, "replaced", "replaced_by", on=None, by="PLAN")


def restore_to(*, receivable_id: int, amount: Decimal) -> Receivable:
    """Put back what a plan had taken off: the plan is undone."""
    receivable = _locked(receivable_id)
    if not ZERO < amount <= receivable.replaced:
        raise BalanceExceeded(_("Less than this is in the plan."))
    receivable.replaced -= amount
    if not receivable.replaced:
        receivable.replaced_by = None
    return _moved(receivable, "replaced", "replaced_by", on=None, by="PLAN")


def _locked(receivable_id: int) -> Receivable:
    return Receivable.objects.select_for_update().get(pk=receivable_id)


def _check(receivable: Receivable, amount: Decimal) -> None:
    if amount <= ZERO:
        raise BalanceExceeded(_("The amount must be more than zero."))
    if amount > receivable.balance:
        raise BalanceExceeded(
            _("Only %(balance)s %(currency)s is still owed."),
            balance=receivable.balance,
            currency=receivable.currency,
        )


def _moved(receivable: Receivable, *fields: str, on: dt.date | None, by: str) -> Receivable:
    """Save, and tell the apps above; the transaction is theirs too."""
    was_settled = receivable.balance == ZERO  # as it was read; what a plan replaced has no day
    taken = receivable.allocated + receivable.credited + receivable.written_off
    owed = receivable.amount - taken - receivable.replaced
    receivable.settled_on = (receivable.settled_on or on) if owed == ZERO else None
    receivable.save(update_fields=[*fields, "settled_on"])
    receivable.refresh_from_db(fields=["balance"])
    if owed == ZERO:
        announce(receivable_settled, sender=Receivable, receivable_id=receivable.pk, by=by)
    elif was_settled:
        announce(receivable_reopened, sender=Receivable, receivable_id=receivable.pk, by=by)
    else:
        announce(receivable_changed, sender=Receivable, receivable_id=receivable.pk, by=by)
    return receivable
