"""Reads about what clients owe."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from django.db.models import Sum

from invoices.models import Receivable

# Amounts of invoices that are overdue, to be counted.
LATE_ROWS: Final = """
    SELECT 1 FROM invoices_receivable
    WHERE tenant_id = %(tenant)s AND kind = 'INSTALLMENT' AND balance > 0 AND due_on < %(today)s
"""


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
