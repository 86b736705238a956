"""Reads about what clients owe."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import QuerySet, Sum

from invoices.models import Receivable


def owed_by(client_ids: Sequence[int]) -> dict[int, list[tuple[str, Decimal]]]:
    """What these clients still owe, per currency; those who owe nothing are left out."""
    rows = (
        Receivable.objects.filter(client_id__in=client_ids, balance__gt=0)
        .values_list("client_id", "currency")
        .annotate(sum=Sum("balance"))
        .order_by("client_id", "currency")
    )
    owed: dict[int, list[tuple[str, Decimal]]] = {}
    for client_id, currency, total in rows:
        owed.setdefault(client_id, []).append((currency, total))
    return owed


def late_parts(today: dt.date) -> QuerySet[Receivable]:
    """Amounts of invoices that are overdue."""
    return Receivable.objects.filter(
        kind=Receivable.Kind.INSTALLMENT, balance__gt=0, due_on__lt=today
    )
