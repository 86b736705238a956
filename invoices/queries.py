"""Reads about invoices: lists by key, open debts, what a client owes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum

from core.search import search_key
from invoices.models import Invoice, Receivable

FILTERS: Final = ("all", "draft", "open", "late", "paid", "cancelled")
DEBTS: Final = frozenset({"open", "late"})
COUNTED: Final = 1000  # counting stops there: "1,000+"
MAIN: Final = Q(kind=Receivable.Kind.INSTALLMENT)

# What a row of the list holds, whichever table it comes from.
DOCUMENT_COLUMNS: Final = {
    "state": F("state"),
    "kind": F("kind"),
    "number": F("number"),
    "client_name": F("client__name"),
    "issued_on": F("issued_on"),
    "gross": F("total_gross"),
    "currency": F("currency"),
    "page": F("public_id"),
}
DEBT_COLUMNS: Final = {
    "state": F("invoice__state"),
    "kind": F("invoice__kind"),
    "number": F("invoice__number"),
    "client_name": F("client__name"),
    "issued_on": F("invoice__issued_on"),
    "gross": F("amount"),
    "currency": F("currency"),
    "page": F("invoice__public_id"),
}
COLUMNS: Final = (
    "row_state", "row_kind", "row_number", "row_client_name", "row_issued_on", "row_gross",
    "row_currency", "row_page", "owed", "due", "public_id",
)  # fmt: skip


def documents(narrow: str, text: str) -> QuerySet[Invoice]:
    """Invoices and credit notes, to be ordered by their id; `narrow` is all but open and late."""
    found = Invoice.objects.all()
    if narrow == "draft":
        found = found.filter(state=Invoice.State.DRAFT)
    elif narrow == "cancelled":
        found = found.filter(state__in=[Invoice.State.CANCELLED, Invoice.State.WRITTEN_OFF])
    elif narrow == "paid":
        is_owed = Receivable.objects.filter(MAIN, invoice=OuterRef("pk"), balance__gt=0)
        found = found.filter(~Exists(is_owed), state=Invoice.State.ISSUED).exclude(
            kind=Invoice.Kind.CREDIT_NOTE
        )
    return found.filter(search_key__contains=search_key(text)) if text else found


def debts(narrow: str, text: str, today: dt.date) -> QuerySet[Receivable]:
    """Open amounts of invoices, to be ordered by due date; `narrow` is open or late."""
    found = Receivable.objects.filter(MAIN, balance__gt=0)
    if narrow == "late":
        found = found.filter(due_on__lt=today)
    return found.filter(invoice__search_key__contains=search_key(text)) if text else found


def document_rows(found: QuerySet[Invoice]) -> QuerySet[Any, Any]:
    """The rows of a page: one query, however many receivables an invoice has."""
    mine = Receivable.objects.filter(MAIN, invoice=OuterRef("pk"), balance__gt=0).values("invoice")
    return found.annotate(
        **{f"row_{name}": column for name, column in DOCUMENT_COLUMNS.items()},
        owed=Subquery(mine.annotate(sum=Sum("balance")).values("sum")),
        due=Subquery(mine.annotate(first=Min("due_on")).values("first")),
    ).values_list(*COLUMNS, named=True)


def debt_rows(found: QuerySet[Receivable]) -> QuerySet[Any, Any]:
    return found.annotate(
        **{f"row_{name}": column for name, column in DEBT_COLUMNS.items()},
        owed=F("balance"),
        due=F("due_on"),
    ).values_list(*COLUMNS, named=True)


def capped_count(found: QuerySet[Any, Any]) -> int:
    """How many there are, counted up to `COUNTED` + 1: a big tenant's list stays quick."""
    return found.order_by()[: COUNTED + 1].count()


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


def late_count(today: dt.date) -> int:
    """How many amounts are overdue, counted up to `COUNTED` + 1."""
    return capped_count(debts("late", "", today))
