"""What a file says again of an invoice that an instalment plan has split meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q

from invoices.models import InstallmentPlan, Receivable


def in_force() -> Q:
    """Receivables of no plan, or of one that stands: parts of one that was undone are history."""
    return Q(plan=None) | Q(plan__state=InstallmentPlan.State.AGREED)


def follow_plan(
    parts: Iterable[Receivable], remaining: Decimal, *, paid_on: dt.date
) -> list[Receivable]:
    """Lower the parts to what the file says remains of all, the first due first; not saved.

    The file knows nothing of the plan: its due date counts no more, and a sum that is higher than
    what is owed here, because it does not know of our payments, changes nothing. Returns the parts
    that moved.
    """
    left, moved = remaining, []
    for part in sorted(parts, key=lambda each: (each.due_on, each.pk), reverse=True):
        owed = min(part.balance, left)
        left -= owed
        if owed < part.balance:
            part.amount -= part.balance - owed
            part.settled_on = None if owed else paid_on
            moved.append(part)
    return moved
