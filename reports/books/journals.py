"""The sales journal and the receipts journal of a period: rows, and their totals.

Sales are the documents of our own series, credit notes below zero; imported invoices are another
program's sales. Receipts are all money that came in or left again, also for imported invoices.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from reports.books.dated import OUT
from reports.books.rows import fetch, stream
from tenants.scope import current_tenant, scoped_tenant_id

_SALES: Final = """
    SELECT i.public_id, i.id, i.issued_on,
           greatest(i.issued_on, (i.issued_at AT TIME ZONE %(zone)s)::date) AS valid_on,
           i.kind, i.number, i.currency, i.operation, i.mentions @> '[{"key": "DEBITS"}]',
           i.total_net, i.total_vat, i.total_gross, i.vat_breakdown,
           c.public_id, c.name, c.number
    FROM invoices_invoice i
    JOIN clients_client c ON c.tenant_id = i.tenant_id AND c.id = i.client_id
    WHERE i.tenant_id = %(tenant)s AND i.origin = 'OWN' AND i.state <> 'DRAFT'
    AND i.issued_on BETWEEN %(first)s AND %(last)s
"""
# What a gateway told and no payment could hold bears `related_id`: a human looks at it first.
_RECEIPTS: Final = """
    SELECT * FROM (
        SELECT m.public_id, m.sequence,
               CASE WHEN m.kind = ANY(%(out)s)
                    THEN (m.occurred_at AT TIME ZONE %(zone)s)::date
                    ELSE p.received_on END AS received_on,
               (m.recorded_at AT TIME ZONE %(zone)s)::date AS recorded_on,
               m.kind, p.means, p.attempt_id IS NOT NULL AS is_online, m.currency,
               CASE WHEN m.kind = ANY(%(out)s) THEN -m.amount ELSE m.amount END AS amount,
               p.public_id AS payment, c.public_id AS client, c.name, c.number
        FROM payments_movement m
        JOIN payments_payment p ON p.tenant_id = m.tenant_id AND p.id = m.payment_id
        JOIN clients_client c ON c.tenant_id = p.tenant_id AND c.id = p.client_id
        WHERE m.tenant_id = %(tenant)s AND m.kind = ANY(%(money)s)
        AND NOT m.facts ? 'related_id'
    ) dated WHERE received_on BETWEEN %(first)s AND %(last)s
"""
_BY_RATE: Final = """
    SELECT i.currency, part ->> 'category', (part ->> 'rate')::numeric AS rate,
           sum((part ->> 'base')::numeric * CASE i.kind WHEN 'CREDIT_NOTE' THEN -1 ELSE 1 END),
           sum((part ->> 'vat')::numeric * CASE i.kind WHEN 'CREDIT_NOTE' THEN -1 ELSE 1 END)
    FROM invoices_invoice i CROSS JOIN jsonb_array_elements(i.vat_breakdown) part
    WHERE i.tenant_id = %(tenant)s AND i.origin = 'OWN' AND i.state <> 'DRAFT'
    AND i.issued_on BETWEEN %(first)s AND %(last)s
    GROUP BY 1, 2, 3 ORDER BY i.currency <> 'EUR', 1, 3 DESC, 2
"""
_BY_MEANS: Final = f"""
    SELECT currency, means, count(*), sum(amount) FROM ({_RECEIPTS}) found
    GROUP BY 1, 2 ORDER BY currency <> 'EUR', 1, 4 DESC
"""  # noqa: S608 -- our own words
IN: Final = ["CHARGE", "REFUND_FAILED", "CHARGEBACK_REVERSED"]


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both ends included."""

    first: dt.date
    last: dt.date

    def values(self, **more: Any) -> dict[str, Any]:
        """What the statements ask for."""
        return {
            "tenant": scoped_tenant_id(),
            "zone": current_tenant().time_zone,
            "first": self.first,
            "last": self.last,
            "out": OUT,
            "money": IN + OUT,
            **more,
        }


class Part(NamedTuple):
    """What a document has of one VAT rate, below zero on a credit note."""

    category: str
    rate: Decimal
    net: Decimal
    vat: Decimal


class Sale(NamedTuple):
    """A document of our series; `is_on_debits` says that its VAT is due though it is services."""

    public_id: UUID
    id: int
    issued_on: dt.date
    valid_on: dt.date
    kind: str
    number: str
    currency: str
    operation: str
    is_on_debits: bool
    net: Decimal
    vat: Decimal
    gross: Decimal
    parts: tuple[Part, ...]
    client: UUID
    client_name: str
    client_number: str

    @property
    def is_credit(self) -> bool:
        return self.kind == "CREDIT_NOTE"


class Receipt(NamedTuple):
    """Money that came in, or left again (below zero); `sequence` is its place in the ledger."""

    public_id: UUID
    sequence: int
    received_on: dt.date
    recorded_on: dt.date
    kind: str
    means: str
    is_online: bool
    currency: str
    amount: Decimal
    payment: UUID
    client: UUID
    client_name: str
    client_number: str


class RateTotal(NamedTuple):
    """Sales of the period at one VAT rate, credit notes taken off."""

    currency: str
    category: str
    rate: Decimal
    net: Decimal
    vat: Decimal


class MeansTotal(NamedTuple):
    """Receipts of the period by one means, less what left again."""

    currency: str
    means: str
    movements: int
    amount: Decimal


def read_sales(
    period: Period, *, limit: int, edge: UUID | None = None, is_back: bool = False
) -> list[Sale]:
    """So many documents from the edge on, by date; before it, the nearest first."""
    place = "SELECT e.issued_on, e.id FROM invoices_invoice e"
    statement = _cut(_SALES, ("i.issued_on", "i.id"), place, edge, is_back=is_back, limit=limit)
    return [_sale(row) for row in fetch(statement, period.values(edge=edge))]


def read_receipts(
    period: Period, *, limit: int, edge: UUID | None = None, is_back: bool = False
) -> list[Receipt]:
    """So many movements from the edge on, by date; before it, the nearest first."""
    place = f"SELECT e.received_on, e.sequence FROM ({_RECEIPTS}) e"  # noqa: S608 -- ours
    order = ("received_on", "sequence")
    statement = _cut(_RECEIPTS, order, place, edge, is_back=is_back, limit=limit)
    return [Receipt(*row) for row in fetch(statement, period.values(edge=edge))]


def stream_sales(period: Period, order: str = "i.issued_on, i.id") -> Generator[Sale, None, None]:
    """All of them, for a file."""
    with closing(stream(f"{_SALES} ORDER BY {order}", period.values())) as rows:
        yield from (_sale(row) for row in rows)


def stream_receipts(
    period: Period, order: str = "received_on, sequence"
) -> Generator[Receipt, None, None]:
    """All of them, for a file."""
    with closing(stream(f"{_RECEIPTS} ORDER BY {order}", period.values())) as rows:
        yield from (Receipt(*row) for row in rows)


def sales_by_rate(period: Period) -> list[RateTotal]:
    return [RateTotal(*row) for row in fetch(_BY_RATE, period.values())]


def receipts_by_means(period: Period) -> list[MeansTotal]:
    return [MeansTotal(*row) for row in fetch(_BY_MEANS, period.values())]


def _cut(
    rows: str, order: tuple[str, str], place: str, edge: UUID | None, *, is_back: bool, limit: int
) -> str:
    """That part of the rows which a page shows."""
    turn, sign = ("DESC", "<") if is_back else ("ASC", ">")
    beyond = ""
    if edge is not None:
        is_it = "WHERE e.public_id = %(edge)s" + (
            " AND e.tenant_id = %(tenant)s" if "invoices_invoice e" in place else ""
        )
        beyond = f"AND ({', '.join(order)}) {sign} ({place} {is_it})"
    by = ", ".join(f"{column} {turn}" for column in order)
    return f"{rows} {beyond} ORDER BY {by} LIMIT {int(limit)}"


def _sale(row: tuple[Any, ...]) -> Sale:
    facts, (net, vat, gross, parts, *whose) = row[:9], row[9:]
    sign = -1 if facts[4] == "CREDIT_NOTE" else 1
    its_parts = tuple(
        Part(
            part["category"],
            Decimal(part["rate"]),
            sign * Decimal(part["base"]),
            sign * Decimal(part["vat"]),
        )
        for part in json.loads(parts)  # as text: Django reads JSON for its own fields only
    )
    return Sale._make([*facts, sign * net, sign * vat, sign * gross, its_parts, *whose])
