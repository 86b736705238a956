"""What came in: this month against last month to date, and the last payments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from core.calendar import add_months
from payments.models import Payment

ZERO = Decimal(0)
LAST = 6


@dataclass(frozen=True, slots=True)
class Takings:
    """Money received less what left again, in one currency."""

    amount: Decimal
    count: int
    before: Decimal

    @property
    def change(self) -> Decimal | None:
        """Percent against the same days of last month; None when nothing came in then."""
        if not self.before:
            return None
        return ((self.amount - self.before) * 100 / self.before).quantize(Decimal(1))


def read_takings(today: dt.date, currency: str) -> Takings:
    first = today.replace(day=1)
    before = add_months(today, -1)
    this_month = Q(received_on__gte=first)
    last_month = Q(received_on__lte=before)
    net = F("amount") - F("reversed_amount")
    found: dict[str, Any] = Payment.objects.filter(
        currency=currency, received_on__gte=before.replace(day=1), received_on__lte=today
    ).aggregate(
        this=Sum(net, filter=this_month),
        count=Count("id", filter=this_month & Q(undone_at=None)),
        last=Sum(net, filter=last_month),
    )
    return Takings(found["this"] or ZERO, found["count"], found["last"] or ZERO)


def last_payments() -> Sequence[Mapping[str, Any]]:
    """The newest payments that were not undone."""
    rows = Payment.objects.filter(undone_at=None).order_by("-received_on", "-id")
    return list(
        rows.values(
            "public_id", "client__name", "amount", "currency", "means", "received_on",
            "unallocated",
        )[:LAST]
    )  # fmt: skip
