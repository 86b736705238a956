"""What is owed, by how late it is: one pass over the open receivables."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, Sum, Value
from django.utils.translation import gettext_lazy as _

from invoices.models import Receivable

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ZERO = Decimal(0)
HOUSE_CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A class of lateness in days, both ends included; `None` is open-ended."""

    key: str
    label: StrOrPromise
    css: str
    least: int | None
    most: int | None


BUCKETS = (
    Bucket("not_due", _("Not due"), "f-notdue", None, 0),
    Bucket("1_30", _("1 to 30 days"), "f-30", 1, 30),
    Bucket("31_60", _("31 to 60 days"), "f-60", 31, 60),
    Bucket("61_90", _("61 to 90 days"), "f-90", 61, 90),
    Bucket("90_more", _("More than 90 days"), "f-91", 91, None),
)


@dataclass(frozen=True, slots=True)
class AgeRow:
    bucket: Bucket
    invoices: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Ageing:
    """The open receivables of one currency on a day. Amounts in that currency."""

    currency: str
    rows: tuple[AgeRow, ...]
    total: Decimal
    late: Decimal
    invoices: int
    late_invoices: int
    clients: int
    days_late: int

    @property
    def late_share(self) -> Decimal:
        """Percent of what is owed that is late, to the unit."""
        return (self.late * 100 / self.total).quantize(Decimal(1)) if self.total else ZERO


def read_ageing(today: dt.date) -> list[Ageing]:
    """One per currency, the euro first, then by amount; always at least one."""
    rows = list(
        Receivable.objects.filter(balance__gt=0)
        .values("currency")
        .annotate(
            total=Sum("balance"),
            late=Sum("balance", filter=Q(due_on__lt=today)),
            clients=Count("client_id", distinct=True),
            open_invoices=Count("invoice_id", distinct=True),
            late_invoices=Count("invoice_id", distinct=True, filter=Q(due_on__lt=today)),
            days_late=Avg(_days_late(today), filter=Q(due_on__lt=today)),
            **_sums(today),
        )
    )
    ages = [_ageing(row) for row in rows] or [_ageing({"currency": HOUSE_CURRENCY})]
    return sorted(ages, key=lambda age: (age.currency != HOUSE_CURRENCY, -age.total))


def _sums(today: dt.date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for bucket in BUCKETS:
        is_in = _within(bucket, today)
        found[f"sum_{bucket.key}"] = Sum("balance", filter=is_in)
        found[f"count_{bucket.key}"] = Count("invoice_id", distinct=True, filter=is_in)
    return found


def _within(bucket: Bucket, today: dt.date) -> Q:
    is_in = Q()
    if bucket.least is not None:
        is_in &= Q(due_on__lte=today - dt.timedelta(days=bucket.least))
    if bucket.most is not None:
        is_in &= Q(due_on__gte=today - dt.timedelta(days=bucket.most))
    return is_in


def _days_late(today: dt.date) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(Value(today) - F("due_on"), output_field=DurationField())


def _ageing(row: dict[str, Any]) -> Ageing:
    average = row.get("days_late")
    return Ageing(
        currency=row["currency"],
        rows=tuple(
            AgeRow(
                bucket,
                row.get(f"count_{bucket.key}") or 0,
                row.get(f"sum_{bucket.key}") or ZERO,
            )
            for bucket in BUCKETS
        ),
        total=row.get("total") or ZERO,
        late=row.get("late") or ZERO,
        invoices=row.get("open_invoices") or 0,
        late_invoices=row.get("late_invoices") or 0,
        clients=row.get("clients") or 0,
        days_late=average.days if average else 0,
    )
