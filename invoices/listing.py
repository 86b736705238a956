"""The rows of lists of invoices, written out: composed by Django they cost more than the reading.

The statements name the tenant like every other query, and row-level security stands behind them.
Each takes its rows by an index first, in the order of the page, and looks up the rest for those.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
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
_NARROWED: Final = {
    "draft": "AND i.state = 'DRAFT'",
    "cancelled": "AND i.state IN ('CANCELLED', 'WRITTEN_OFF')",
    "late": "AND r.due_on < %(today)s",
}
_DOCUMENTS = """
    FROM invoices_invoice i WHERE i.tenant_id = %(tenant)s
"""
_DEBTS = f"""
    FROM invoices_receivable r WHERE r.tenant_id = %(tenant)s AND {_OPEN_PART}
"""
# What is paid is found by its last settled part: who is paid nothing is not made to wait until
# everything that is open has been looked at.
_SETTLED = """
    FROM invoices_receivable p
    JOIN invoices_invoice i ON i.tenant_id = p.tenant_id AND i.id = p.invoice_id
    WHERE p.tenant_id = %(tenant)s AND p.kind = 'INSTALLMENT' AND p.balance = 0
    AND i.state = 'ISSUED' AND i.kind <> 'CREDIT_NOTE' AND NOT EXISTS (
        SELECT 1 FROM invoices_receivable r
        WHERE r.tenant_id = p.tenant_id AND r.invoice_id = p.invoice_id
        AND r.kind = 'INSTALLMENT' AND (r.balance > 0 OR r.id > p.id)
    )
"""
_FREE = """
    FROM invoices_invoice i WHERE i.tenant_id = %(tenant)s
    AND i.state = 'ISSUED' AND i.kind <> 'CREDIT_NOTE' AND i.total_gross <= 0 AND NOT EXISTS (
        SELECT 1 FROM invoices_receivable r
        WHERE r.tenant_id = i.tenant_id AND r.invoice_id = i.id AND r.kind = 'INSTALLMENT'
    )
"""
_ITS_INVOICE = """
    AND EXISTS (SELECT 1 FROM invoices_invoice i WHERE i.tenant_id = r.tenant_id
                AND i.id = r.invoice_id AND i.search_key LIKE %(text)s)
"""
# Due: the first day on which something is still owed; of what is settled, the last one.
_DOCUMENT_ROWS = """
    SELECT i.state, i.kind, i.number, c.name, i.issued_on, i.total_gross, i.currency,
           i.public_id, part.owed, part.due_on, i.public_id
    FROM ({found}) i
    JOIN clients_client c ON c.tenant_id = i.tenant_id AND c.id = i.client_id
    LEFT JOIN LATERAL (
        SELECT sum(r.balance) FILTER (WHERE {open_part}) AS owed,
               coalesce(min(r.due_on) FILTER (WHERE {open_part}),
                        max(r.due_on) FILTER (WHERE r.replaced < r.amount)) AS due_on
        FROM invoices_receivable r
        WHERE r.tenant_id = i.tenant_id AND r.invoice_id = i.id AND r.kind = 'INSTALLMENT'
    ) part ON true
    ORDER BY i.id {turn} LIMIT {limit}
"""
_DEBT_ROWS = """
    SELECT i.state, i.kind, i.number, c.name, i.issued_on, r.amount - r.replaced, r.currency,
           i.public_id, r.balance, r.due_on, r.public_id
    FROM ({found}) r
    JOIN invoices_invoice i ON i.tenant_id = r.tenant_id AND i.id = r.invoice_id
    JOIN clients_client c ON c.tenant_id = r.tenant_id AND c.id = r.client_id
    ORDER BY r.due_on {turn}, r.id {turn}
"""
Edge = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Source:
    """FROM and WHERE, what comes of them, and the columns by which an index puts it in order."""

    rows: str
    name: str = "i"
    order: tuple[str, ...] = ("i.id",)
    edge: tuple[str, ...] = ("%(edge_id)s",)

    def nearest(self, *, has_edge: bool, is_rising: bool, limit: int) -> str:
        """So many in the order of the list, those beyond the edge."""
        beyond = ""
        if has_edge:
            sign = ">" if is_rising else "<"
            beyond = f"AND ({', '.join(self.order)}) {sign} ({', '.join(self.edge)})"
        turn = _turn(is_rising)
        order = ", ".join(f"{column} {turn}" for column in self.order)
        return f"SELECT {self.name}.* {self.rows} {beyond} ORDER BY {order} LIMIT {limit}"


_DOCUMENT_SOURCES: Final = (_Source(_DOCUMENTS),)
_DEBT_SOURCES: Final = (_Source(_DEBTS, "r", ("r.due_on", "r.id"), ("%(due_on)s", "%(edge_id)s")),)
_SOURCES: Final = {
    "open": _DEBT_SOURCES,
    "late": _DEBT_SOURCES,
    "paid": (_Source(_SETTLED, order=("p.invoice_id",)), _Source(_FREE)),
}


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
    sources, values = _found(wanted)
    is_rising = wanted.is_debts != is_back
    nearest = [
        f"({source.nearest(has_edge=edge is not None, is_rising=is_rising, limit=int(limit))})"
        for source in sources
    ]
    rows = (_DEBT_ROWS if wanted.is_debts else _DOCUMENT_ROWS).format(
        found=" UNION ALL ".join(nearest),
        turn=_turn(is_rising),
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
    sources, values = _found(wanted)
    rows = " UNION ALL ".join(f"(SELECT 1 {source.rows} LIMIT {COUNTED + 1})" for source in sources)
    ((count,),) = fetch_prepared(f"SELECT count(*) FROM ({rows}) counted", values)  # noqa: S608
    return int(count)


def _found(wanted: Wanted) -> tuple[list[_Source], dict[str, Any]]:
    """Where what is wanted is found, with the values of the statement."""
    parts = [_NARROWED.get(wanted.narrow, "")]
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
    narrowing = " ".join(parts)
    sources = _SOURCES.get(wanted.narrow, _DOCUMENT_SOURCES)
    return [replace(each, rows=f"{each.rows} {narrowing}") for each in sources], values


def _turn(is_rising: bool) -> str:
    return "ASC" if is_rising else "DESC"


def _as_is(text: str) -> str:
    """With what LIKE would read as a pattern made harmless."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
