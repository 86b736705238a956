"""The rows of lists of invoices, written out: composed by Django they cost more than the reading.

The statements name the tenant like every other query, and row-level security stands behind them.
Each takes its rows by an index first, in the order of the page, and looks up the rest for those.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import F

from core.search import search_key
from invoices.ages import Age
from invoices.models import Invoice, Receivable
from tenants.prepared import fetch_prepared
from tenants.scope import scoped_tenant_id

FILTERS: Final = ("all", "draft", "open", "late", "paid", "cancelled")
DEBTS: Final = frozenset({"open", "late"})
COUNTED: Final = 1000  # counting stops there: "1,000+"

_OPEN_PART = "r.kind = 'INSTALLMENT' AND r.balance > 0"
_OPEN_PARTS = f"""
    SELECT 1 FROM invoices_receivable r
    WHERE r.tenant_id = i.tenant_id AND r.invoice_id = i.id AND {_OPEN_PART}
"""  # noqa: S608 -- our own words
_NARROWED: Final = {
    "all": "",
    "draft": "AND i.state = 'DRAFT'",
    "cancelled": "AND i.state IN ('CANCELLED', 'WRITTEN_OFF')",
    "paid": (f"AND i.state = 'ISSUED' AND i.kind <> 'CREDIT_NOTE' AND NOT EXISTS ({_OPEN_PARTS})"),
    "open": "",
    "late": "AND r.due_on < %(today)s",
}
_DOCUMENTS = """
    FROM invoices_invoice i WHERE i.tenant_id = %(tenant)s
"""
_DEBTS = f"""
    FROM invoices_receivable r WHERE r.tenant_id = %(tenant)s AND {_OPEN_PART}
"""
_ITS_INVOICE = """
    AND EXISTS (SELECT 1 FROM invoices_invoice i WHERE i.tenant_id = r.tenant_id
                AND i.id = r.invoice_id AND i.search_key LIKE %(text)s)
"""
# Due: the first day on which something is still owed; of what is settled, the last one.
_DOCUMENT_ROWS = """
    SELECT i.state, i.kind, i.number, c.name, i.issued_on, i.total_gross, i.currency,
           i.public_id, part.owed, part.due_on, i.public_id
    FROM (SELECT i.* {found} ORDER BY i.id {turn} LIMIT {limit}) i
    JOIN clients_client c ON c.tenant_id = i.tenant_id AND c.id = i.client_id
    LEFT JOIN LATERAL (
        SELECT sum(r.balance) FILTER (WHERE {open_part}) AS owed,
               coalesce(min(r.due_on) FILTER (WHERE {open_part}), max(r.due_on)) AS due_on
        FROM invoices_receivable r
        WHERE r.tenant_id = i.tenant_id AND r.invoice_id = i.id AND r.kind = 'INSTALLMENT'
    ) part ON true
    ORDER BY i.id {turn}
"""
_DEBT_ROWS = """
    SELECT i.state, i.kind, i.number, c.name, i.issued_on, r.amount, r.currency,
           i.public_id, r.balance, r.due_on, r.public_id
    FROM (SELECT r.* {found} ORDER BY r.due_on {turn}, r.id {turn} LIMIT {limit}) r
    JOIN invoices_invoice i ON i.tenant_id = r.tenant_id AND i.id = r.invoice_id
    JOIN clients_client c ON c.tenant_id = r.tenant_id AND c.id = r.client_id
    ORDER BY r.due_on {turn}, r.id {turn}
"""

_BEYOND: Final = {
    True: " AND (r.due_on, r.id) {sign} (%(due_on)s, %(edge_id)s)",
    False: " AND i.id {sign} %(edge_id)s",
}
Edge = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shows.

    `narrow` is one of `FILTERS`; `text` is looked for in number, client and reference; `age`
    narrows what is owed further; `client_id` keeps one client's documents.
    """

    today: dt.date
    narrow: str = "all"
    text: str = ""
    age: Age | None = None
    client_id: int | None = None

    @property
    def is_debts(self) -> bool:
        """Amounts by due date, rather than documents, the newest first."""
        return self.narrow in DEBTS


class Row(NamedTuple):
    """One line. `gross` is the amount of the document or of the debt; `key` finds it again."""

    state: str
    kind: str
    number: str | None
    client_name: str
    issued_on: dt.date | None
    gross: Decimal
    currency: str
    page: UUID
    owed: Decimal | None
    due: dt.date | None
    public_id: UUID


def read_rows(
    wanted: Wanted, *, limit: int, edge: Edge | None = None, is_back: bool = False
) -> list[Row]:
    """So many rows after the one at the edge, or before it: then the nearest comes first."""
    found, values = _found(wanted)
    is_rising = wanted.is_debts != is_back
    if edge is not None:
        found += _BEYOND[wanted.is_debts].format(sign=">" if is_rising else "<")
    rows = (_DEBT_ROWS if wanted.is_debts else _DOCUMENT_ROWS).format(
        found=found,
        turn="ASC" if is_rising else "DESC",
        open_part=_OPEN_PART,
        limit=int(limit),
    )
    return [Row(*row) for row in fetch_prepared(rows, {**values, **(edge or {})})]


def find_edge(wanted: Wanted, public_id: UUID) -> Edge | None:
    """The place in the list of the row of that random id."""
    model: type[Any] = Receivable if wanted.is_debts else Invoice
    found: Edge | None = (
        model.objects.filter(public_id=public_id).values("due_on", edge_id=F("id")).first()
    )
    return found


def count_rows(wanted: Wanted) -> int:
    """How many there are, counted up to `COUNTED` + 1: a big tenant's list stays quick."""
    found, values = _found(wanted)
    counted = f"SELECT count(*) FROM (SELECT 1 {found} LIMIT {COUNTED + 1}) counted"  # noqa: S608
    ((count,),) = fetch_prepared(counted, values)
    return int(count)


def _found(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """FROM and WHERE of what is wanted, with their values."""
    parts = [_DEBTS if wanted.is_debts else _DOCUMENTS, _NARROWED[wanted.narrow]]
    values: dict[str, Any] = {"tenant": scoped_tenant_id(), "today": wanted.today}
    if wanted.age is not None:
        parts.append("AND r.due_on BETWEEN %(first)s AND %(last)s")
        values["first"], values["last"] = wanted.age.due_between(wanted.today)
    if wanted.client_id is not None:
        parts.append(f"AND {'r' if wanted.is_debts else 'i'}.client_id = %(client)s")
        values["client"] = wanted.client_id
    if wanted.text:
        parts.append(_ITS_INVOICE if wanted.is_debts else "AND i.search_key LIKE %(text)s")
        values["text"] = f"%{_as_is(search_key(wanted.text))}%"
    return " ".join(parts), values


def _as_is(text: str) -> str:
    """With what LIKE would read as a pattern made harmless."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
