"""“They have paid by transfer”: the evening round's one click, for one client or for many."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from dunning.case_facts import read_cases
from dunning.next_run import OwedLine
from invoices.ledger import lock_client
from invoices.models import Receivable
from payments.models import Payment
from payments.services import record_payment
from tenants.models import User
from tenants.scope import tenant_atomic

ZERO = Decimal(0)


class LineChanged(DomainError):
    """What a client owes is no longer what the owner was shown."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """A line, and the sum that the owner saw beside it, in the line's currency."""

    line: OwedLine
    amount: Decimal


@tenant_atomic()
def record_transfers(
    *,
    transfers: Sequence[Transfer],
    received_on: dt.date,
    key: uuid.UUID,
    user: User | None,
    today: dt.date,
    now: dt.datetime,
) -> list[Payment]:
    """Record one payment per line, of all that it asks for: all of them, or none.

    `key` is the form's own random id: the same form sent twice, or twice at once, is recorded
    once, and the second answer names the payments of the first. A client's credit stays credit.
    `undo_transfers` takes back all that were recorded with that key.

    Raises:
        LineChanged: a debt was paid, or another added, since the sum was shown.
        CannotRecord: a day that has not come.
    """
    # clients are locked in one order, so that two people doing the same wait and do not collide
    ordered = sorted(transfers, key=lambda each: (each.line.client.pk, each.line.currency))
    return [
        _record(transfer, received_on=received_on, key=key, user=user, today=today, now=now)
        for transfer in ordered
    ]


def _record(
    transfer: Transfer,
    *,
    received_on: dt.date,
    key: uuid.UUID,
    user: User | None,
    today: dt.date,
    now: dt.datetime,
) -> Payment:
    line = transfer.line
    lock_client(line.client.pk)
    public_id = uuid.uuid5(key, f"{line.client.public_id} {line.currency}")
    done = Payment.objects.filter(public_id=public_id).first()
    if done is not None and done.undone_at is None:
        return done
    asked = _asked(line, today)
    if done is not None or not asked or sum(asked.values(), ZERO) != transfer.amount:
        raise LineChanged(
            _("What %(client)s owes has changed since you were shown it. Nothing is recorded."),
            client=line.client.name,
        )
    receivables = Receivable.objects.in_bulk(asked)
    return record_payment(
        client=line.client,
        amount=transfer.amount,
        means=Payment.Means.TRANSFER,
        currency=line.currency,
        received_on=received_on,
        allocations={receivables[pk]: amount for pk, amount in asked.items()},
        public_id=public_id,
        recorded_with=key,
        user=user,
        now=now,
    )


def _asked(line: OwedLine, today: dt.date) -> dict[int, Decimal]:
    """What each debt (receivable id) asks for at this moment, under the client's lock."""
    cases = read_cases([case.pk for case in line.cases], today=today)
    return {
        case.receivable_id: case.facts.to_ask for case in cases.values() if case.facts.to_ask > 0
    }
