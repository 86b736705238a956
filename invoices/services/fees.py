"""Late fees and the recovery indemnity as receivables of their own; giving up a debt."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from invoices.ledger import lock_client, write_off_from
from invoices.models import Invoice, Receivable
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic

ZERO = Decimal(0)
CLAIMS = (Receivable.Kind.LATE_FEE, Receivable.Kind.RECOVERY_INDEMNITY)


class CannotClaim(DomainError):
    """The law gives no such claim here."""


@tenant_atomic()
def claim_late_fees(
    *,
    receivable: Receivable,
    interest: Decimal,
    indemnity: Decimal,
    today: dt.date,
    user: User | None,
    withdrawn: Collection[int] = (),
) -> list[Receivable]:
    """Ask for interest and the fixed indemnity of a late receivable (C. com. L441-10, D441-5).

    They are no part of the invoice nor of its series, and bear no VAT. Interest already claimed
    is deducted, so asking again claims the increase only; the indemnity is claimed once. Claims
    in `withdrawn` (ids) were made in a letter that never left: only what was paid of them counts.

    Raises:
        CannotClaim: the client is a consumer, the receivable is itself a claim, is not late, or
            its invoice is cancelled.
    """
    lock_client(receivable.client_id)
    _check_claimable(receivable, today)
    claimed = _claimed(receivable, withdrawn)
    wanted = {
        Receivable.Kind.LATE_FEE: interest - claimed[Receivable.Kind.LATE_FEE],
        Receivable.Kind.RECOVERY_INDEMNITY: (
            indemnity - claimed[Receivable.Kind.RECOVERY_INDEMNITY]
        ),
    }
    return [
        Receivable.objects.create(
            client_id=receivable.client_id,
            invoice_id=receivable.invoice_id,
            about=receivable,
            kind=kind,
            currency=receivable.currency,
            due_on=today,
            amount=amount,
            reference=receivable.reference,
        )
        for kind, amount in wanted.items()
        if amount > ZERO
    ]


@tenant_atomic()
def waive(
    *, receivable: Receivable, reason: str, today: dt.date, now: dt.datetime, user: User | None
) -> Receivable:
    """Give up a claimed fee, with a reason that is kept.

    Raises:
        CannotClaim: it is not a fee: an invoice is written off, or credited.
    """
    if receivable.kind not in CLAIMS:
        raise CannotClaim(_("Only interest and the indemnity can be waived."))
    return write_off(receivable=receivable, reason=reason, today=today, now=now, user=user)


@tenant_atomic()
def write_off(
    *, receivable: Receivable, reason: str, today: dt.date, now: dt.datetime, user: User | None
) -> Receivable:
    """Pass what is left of a receivable to losses, with a reason that is kept.

    Raises:
        DomainError: no reason, or nothing is owed.
    """
    if not reason.strip():
        raise DomainError(_("Say why this is given up."))
    lock_client(receivable.client_id)
    current = Receivable.objects.get(pk=receivable.pk)
    if not current.balance:
        raise DomainError(_("Nothing is owed on this any more."))
    done = write_off_from(receivable_id=current.pk, amount=current.balance, reason=reason, on=today)
    record(
        act="write_off",
        subject=done,
        user=user,
        at=now,
        before={"balance": str(current.balance)},
        after={"reason": reason},
    )
    _mark_written_off(done)
    return done


def _mark_written_off(receivable: Receivable) -> None:
    """The invoice is written off when nothing of it is owed and money did not settle it all."""
    if receivable.kind != Receivable.Kind.INSTALLMENT:
        return
    still_owed = Receivable.objects.filter(
        invoice_id=receivable.invoice_id, kind=Receivable.Kind.INSTALLMENT, balance__gt=0
    )
    if not still_owed.exists():
        Invoice.objects.filter(pk=receivable.invoice_id, state=Invoice.State.ISSUED).update(
            state=Invoice.State.WRITTEN_OFF
        )


def _claimed(receivable: Receivable, withdrawn: Collection[int]) -> dict[str, Decimal]:
    """What was asked for before, by kind; what a plan replaced is asked for in its parts."""
    claimed: dict[str, Decimal] = defaultdict(Decimal)
    claims = Receivable.objects.filter(about=receivable, kind__in=CLAIMS)
    rows = claims.values_list("pk", "kind", "amount", "written_off", "replaced")
    for pk, kind, amount, lost, replaced in rows:
        claimed[kind] += amount - replaced - (lost if pk in withdrawn else ZERO)
    return claimed


def _check_claimable(receivable: Receivable, today: dt.date) -> None:
    if receivable.kind != Receivable.Kind.INSTALLMENT:
        raise CannotClaim(_("Interest bears no interest."))
    if receivable.replaced and not receivable.balance:
        raise CannotClaim(_("A payment plan asks for this: interest runs on what is missed of it."))
    if receivable.client.kind == receivable.client.Kind.CONSUMER:
        raise CannotClaim(_("Consumers owe neither this interest nor the recovery indemnity."))
    if today <= receivable.due_on:
        raise CannotClaim(_("This is not late yet: nothing can be claimed."))
    if receivable.invoice.state == Invoice.State.CANCELLED:
        raise CannotClaim(_("The invoice is cancelled: nothing can be claimed on it."))
