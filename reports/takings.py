"""What came in: this month against last month to date, and the last payments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, Sum

from core.calendar import add_months
from payments.models import Payment
from reports.together import Query, Row

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


def takings_query(today: dt.date) -> Query:
    """One row per currency that came in this month, or last month up to the same day."""
    before = add_months(today, -1)
    this_month = Q(received_on__gte=today.replace(day=1))
    net = F("amount") - F("reversed_amount")
    return (
        Payment.objects.filter(received_on__gte=before.replace(day=1), received_on__lte=today)
        .values("currency")
        .annotate(
            this=Sum(net, filter=this_month),
            count=Count("id", filter=this_month & Q(undone_at=None)),
            last=Sum(net, filter=Q(received_on__lte=before)),
        )
    )


def takings_in(currency: str, rows: Sequence[Row]) -> Takings:
    for row in rows:
        if row["currency"] == currency:
            return Takings(row["this"] or ZERO, row["count"], row["last"] or ZERO)
    return Takings(ZERO, 0, ZERO)


def last_payments() -> Query:
    """The newest payments that were not undone."""
    return (
        Payment.objects.filter(undone_at=None)
        .order_by("-received_on", "-id")
        .values(
            "public_id", "client__name", "amount", "currency", "means", "received_on",
            "unallocated",
        )[:LAST]
    )  # fmt: skip
