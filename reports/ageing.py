"""What is owed on invoices, by how late it is: one pass over the open receivables.

Claims of lateness are summed apart: the table then agrees with the lists of invoices behind it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Avg, Count, F, Func, Q, Sum, Value

from invoices.ages import AGES, Age
from invoices.models import Receivable
from reports.together import Query, Row

ZERO = Decimal(0)
HOUSE_CURRENCY = "EUR"


CSS = {
    "not_due": "f-notdue",
    "1_30": "f-30",
    "31_60": "f-60",
    "61_90": "f-90",
    "90_more": "f-91",
}


@dataclass(frozen=True, slots=True)
class AgeRow:
    """What is owed in one class of lateness."""

    age: Age
    invoices: int
    amount: Decimal

    @property
    def css(self) -> str:
        return CSS[self.age.key]


@dataclass(frozen=True, slots=True)
class Ageing:
    """The open receivables of one currency on a day. Amounts in that currency.

    `claims` is what is owed besides, late or not: late fees, indemnities, fees of plans. All
    other figures are of the invoices alone.
    """

    currency: str
    rows: tuple[AgeRow, ...]
    total: Decimal
    late: Decimal
    invoices: int
    late_invoices: int
    clients: int
    days_late: int
    claims: Decimal

    @property
    def everything(self) -> Decimal:
        """All that is owed: the invoices and the claims."""
        return self.total + self.claims

    @property
    def late_share(self) -> Decimal:
        """Percent of what is owed that is late, to the unit."""
        return (self.late * 100 / self.total).quantize(Decimal(1)) if self.total else ZERO


def owed_query(today: dt.date) -> Query:
    """One row per currency in which something is owed."""
    is_invoiced = Q(kind=Receivable.Kind.INSTALLMENT)
    is_late = is_invoiced & Q(due_on__lt=today)
    return (
        Receivable.objects.filter(balance__gt=0)
        .values("currency")
        .annotate(
            total=Sum("balance", filter=is_invoiced),
            claims=Sum("balance", filter=~is_invoiced),
            late=Sum("balance", filter=is_late),
            clients=Count("client_id", distinct=True, filter=is_invoiced),
            open_invoices=Count("invoice_id", distinct=True, filter=is_invoiced),
            late_invoices=Count("invoice_id", distinct=True, filter=is_late),
            days_late=Avg(_days_late(today), filter=is_late),
            **_sums(today, is_invoiced),
        )
    )


def ageings(rows: Sequence[Row]) -> list[Ageing]:
    """One per currency, the euro first, then by amount; always at least one."""
    ages = [_ageing(row) for row in rows] or [_ageing({"currency": HOUSE_CURRENCY})]
    return sorted(ages, key=lambda age: (age.currency != HOUSE_CURRENCY, -age.everything))


def _sums(today: dt.date, is_invoiced: Q) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for age in AGES:
        is_in = is_invoiced & Q(due_on__range=age.due_between(today))
        found[f"sum_{age.key}"] = Sum("balance", filter=is_in)
        found[f"count_{age.key}"] = Count("invoice_id", distinct=True, filter=is_in)
    return found


def _days_late(today: dt.date) -> Func:
    """Two dates of PostgreSQL differ by a whole number of days."""
    days: models.Field[int, int] = models.IntegerField()
    return Func(
        Value(today), F("due_on"), arg_joiner=" - ", template="(%(expressions)s)", output_field=days
    )


def _ageing(row: dict[str, Any]) -> Ageing:
    return Ageing(
        currency=row["currency"],
        rows=tuple(
            AgeRow(age, row.get(f"count_{age.key}") or 0, row.get(f"sum_{age.key}") or ZERO)
            for age in AGES
        ),
        total=row.get("total") or ZERO,
        late=row.get("late") or ZERO,
        invoices=row.get("open_invoices") or 0,
        late_invoices=row.get("late_invoices") or 0,
        clients=row.get("clients") or 0,
        days_late=int(row.get("days_late") or 0),
        claims=row.get("claims") or ZERO,
    )
