"""The aged balance: what each client owed at the end of a day, by how late it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from invoices.ages import AGES
from reports.books.dated import PAID_BY, UNKNOWN_THEN, AsOf
from reports.books.rows import fetch, stream
from tenants.scope import scoped_tenant_id

ZERO = Decimal(0)
_SUMS: Final = ", ".join(
    f"coalesce(sum(owed) FILTER (WHERE due_on BETWEEN %(from_{age.key})s AND %(to_{age.key})s), 0)"
    f" AS age_{age.key}"
    for age in AGES
)
_KEYS: Final = ", ".join(f"coalesce(aged.age_{age.key}, 0) AS age_{age.key}" for age in AGES)
_TOTALS: Final = ", ".join(f"coalesce(sum(age_{age.key}), 0)" for age in AGES)
_CLIENTS: Final = """
    WITH debts AS ({debts}), credit AS ({credit}), aged AS (
        SELECT client_id, sum(owed) AS owed, {sums} FROM debts GROUP BY client_id
    ), found AS (
        SELECT coalesce(aged.client_id, credit.client_id) AS client_id,
               coalesce(aged.owed, 0) AS owed, coalesce(credit.credit, 0) AS credit, {keys}
        FROM aged FULL JOIN credit ON credit.client_id = aged.client_id
    ), clients AS (
        SELECT c.public_id, c.name, c.number, found.*
        FROM found JOIN clients_client c ON c.tenant_id = %(tenant)s AND c.id = found.client_id
        WHERE found.owed > 0 OR found.credit > 0
    )
"""
_COLUMNS: Final = "public_id, name, number, owed, credit, " + ", ".join(
    f"age_{age.key}" for age in AGES
)
_DOCUMENTS: Final = """
    WITH debts AS ({debts})
    SELECT d.public_id, d.id, d.kind, d.due_on, d.amount, d.paid, d.credited, d.lost, d.owed,
           i.public_id, i.number, i.issued_on, i.origin
    FROM debts d JOIN invoices_invoice i ON i.tenant_id = %(tenant)s AND i.id = d.invoice_id
    WHERE d.client_id = %(client)s {beyond}
    ORDER BY d.due_on {turn}, d.id {turn} LIMIT {limit}
"""


class ClientRow(NamedTuple):
    """What one client owes, in all and in each class of `invoices.ages.AGES`.

    `credit` is their money that settles nothing yet. Amounts are in the currency asked for.
    """

    public_id: UUID
    name: str
    number: str
    owed: Decimal
    credit: Decimal
    ages: tuple[Decimal, ...]

    @property
    def net(self) -> Decimal:
        """Their account with us (411): what they owe less what they have paid too much."""
        return self.owed - self.credit


class Totals(NamedTuple):
    """Of all clients, with how many there are."""

    clients: int
    owed: Decimal
    credit: Decimal
    ages: tuple[Decimal, ...]

    @property
    def net(self) -> Decimal:
        return self.owed - self.credit


class DocumentRow(NamedTuple):
    """A debt of a client that was open: its amount, what had lowered it, what was left."""

    public_id: UUID
    id: int
    kind: str
    due_on: dt.date
    amount: Decimal
    paid: Decimal
    credited: Decimal
    lost: Decimal
    owed: Decimal
    invoice: UUID
    number: str
    issued_on: dt.date
    origin: str


class PaidBy(NamedTuple):
    """What one payment had settled of a debt."""

    debt_id: int
    payment: UUID
    received_on: dt.date
    means: str
    amount: Decimal


def read_totals(as_of: AsOf) -> Totals:
    """The last line of the table; it agrees with the sum of all open receivables."""
    statement = (
        f"{_clients(as_of)} SELECT count(*), coalesce(sum(owed), 0), coalesce(sum(credit), 0),"  # noqa: S608
        f" {_TOTALS} FROM clients"
    )
    ((clients, owed, credit, *ages),) = fetch(statement, _values(as_of))
    return Totals(clients, owed, credit, tuple(ages))


def read_clients(
    as_of: AsOf, *, limit: int, edge: tuple[Decimal, int] | None = None, is_back: bool = False
) -> list[ClientRow]:
    """So many clients, who owes most first; from the edge on, or before it, the nearest first."""
    turn = "ASC" if is_back else "DESC"
    beyond, values = "", _values(as_of)
    if edge is not None:
        beyond = f"WHERE (owed, client_id) {'>' if is_back else '<'} (%(owed)s, %(client)s)"
        values["owed"], values["client"] = edge
    statement = (
        f"{_clients(as_of)} SELECT {_COLUMNS} FROM clients {beyond}"  # noqa: S608 -- ours
        f" ORDER BY owed {turn}, client_id {turn} LIMIT {int(limit)}"
    )
    return [_client(row) for row in fetch(statement, values)]


def find_client(as_of: AsOf, public_id: UUID) -> tuple[Decimal, int] | None:
    """The place of a client in the table."""
    where = "WHERE public_id = %(edge)s"
    statement = f"{_clients(as_of)} SELECT owed, client_id FROM clients {where}"  # noqa: S608 -- ours
    found = fetch(statement, {**_values(as_of), "edge": public_id})
    return (found[0][0], found[0][1]) if found else None


def stream_clients(as_of: AsOf) -> Iterator[ClientRow]:
    """All of them, for a file."""
    statement = (
        f"{_clients(as_of)} SELECT {_COLUMNS} FROM clients"  # noqa: S608 -- ours
        " ORDER BY owed DESC, client_id DESC"
    )
    return (_client(row) for row in stream(statement, _values(as_of)))


def read_documents(
    as_of: AsOf, client_id: int, *, limit: int, edge: UUID | None = None, is_back: bool = False
) -> list[DocumentRow]:
    """What a client owed, the oldest due date first."""
    beyond = ""
    if edge is not None:
        beyond = (
            f"AND (d.due_on, d.id) {'<' if is_back else '>'}"  # noqa: S608 -- ours
            " (SELECT r.due_on, r.id FROM invoices_receivable r"
            " WHERE r.tenant_id = %(tenant)s AND r.public_id = %(edge)s)"
        )
    statement = _DOCUMENTS.format(
        debts=as_of.debts, beyond=beyond, turn="DESC" if is_back else "ASC", limit=int(limit)
    )
    values = as_of.values(client=client_id, edge=edge)
    return [DocumentRow(*row) for row in fetch(statement, values)]


def read_payments(as_of: AsOf, debts: list[int]) -> list[PaidBy]:
    """What had been paid on these debts, the earliest first."""
    return [PaidBy(*row) for row in fetch(PAID_BY, as_of.values(debts=debts))] if debts else []


def read_unknown(as_of: AsOf) -> tuple[int, Decimal]:
    """How many imported debts are left out of a past day, and what is owed on them today."""
    if not as_of.is_past:
        return 0, ZERO
    ((count, owed),) = fetch(UNKNOWN_THEN, as_of.values())
    return count, owed


def currencies() -> list[str]:
    """Those in which anything was ever owed, the euro first."""
    statement = "SELECT DISTINCT currency FROM invoices_receivable WHERE tenant_id = %(tenant)s"
    found = {code for (code,) in fetch(statement, {"tenant": scoped_tenant_id()})}
    return sorted(found | {"EUR"}, key=lambda code: (code != "EUR", code))


def _clients(as_of: AsOf) -> str:
    return _CLIENTS.format(debts=as_of.debts, credit=as_of.credit, sums=_SUMS, keys=_KEYS)


def _values(as_of: AsOf) -> dict[str, Any]:
    values = as_of.values()
    for age in AGES:
        values[f"from_{age.key}"], values[f"to_{age.key}"] = age.due_between(as_of.day)
    return values


def _client(row: tuple[Any, ...]) -> ClientRow:
    public_id, name, number, owed, credit, *ages = row
    return ClientRow(public_id, name, number, owed, credit, tuple(ages))
