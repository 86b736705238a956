"""Several queries as one statement: Today has a dozen questions, and one trip answers them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, models

from tenants.ownership import TenantId
from tenants.prepared import fetch_prepared
from tenants.scope import scoped_tenant_id

Row = dict[str, Any]
Query = models.QuerySet[Any, Any]
Reader = Callable[[Any], Any]

# How a column comes out of JSON, by its field; the first that fits. The others stay as they are.
_READERS: Final[tuple[tuple[type[models.Field[Any, Any]], Reader], ...]] = (
    (models.DateTimeField, dt.datetime.fromisoformat),
    (models.DateField, dt.date.fromisoformat),
    (models.DecimalField, Decimal),
    (models.UUIDField, UUID),
)


class Given(models.Value):
    """A value that a kept statement is told each time it runs, by its name."""

    def __init__(self, name: str, field: models.Field[Any, Any]) -> None:
        super().__init__(None, output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return f"%s::{self.output_field.db_type(connection)}", [self]


Day = dt.date | Given


class _Statement(NamedTuple):
    text: str
    values: list[Any]
    readers: list[dict[str, Reader]]


def read_together(queries: Sequence[Query]) -> list[list[Row]]:
    """The rows of each of these `values()` queries, as each of them would have given them."""
    statement = _compose(queries)
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.values)
        answers = cursor.fetchone()
    return _answers(answers, statement)


def read_kept(ask: Callable[[], Sequence[Query]], given: Mapping[str, Any]) -> list[list[Row]]:
    """The same for queries that are composed once per process and planned once per connection.

    What varies in them is the tenant and each `Given`, and nothing else.
    """
    statement = _kept(ask)
    tenant = scoped_tenant_id()
    values = [
        given[value.name]
        if isinstance(value, Given)
        else tenant
        if isinstance(value, TenantId)
        else value
        for value in statement.values
    ]
    (answers,) = fetch_prepared(statement.text, values)
    return _answers(answers, statement)


@cache
def _kept(ask: Callable[[], Sequence[Query]]) -> _Statement:
    return _compose(ask())


def _compose(queries: Sequence[Query]) -> _Statement:
    parts, values, readers = [], [], []
    for query in queries:
        compiler = query.query.get_compiler(connection=connection)
        text, its_values = compiler.as_sql()
        parts.append(f"(SELECT json_agg(row_to_json(found)) FROM ({text}) found)::text")  # noqa: S608
        values += its_values
        readers.append(_readers(compiler.select))
    return _Statement(f"SELECT {', '.join(parts)}", values, readers)


def _answers(answers: Sequence[str | None], statement: _Statement) -> list[list[Row]]:
    return [_rows(answer, its) for answer, its in zip(answers, statement.readers, strict=True)]


def _readers(select: Sequence[Any]) -> dict[str, Reader]:
    found = {}
    for expression, _sql, alias in select:
        for kind, read in _READERS:
            if isinstance(expression.output_field, kind):
                found[alias] = read
                break
    return found


def _rows(answer: str | None, readers: dict[str, Reader]) -> list[Row]:
    rows: list[Row] = json.loads(answer, parse_float=Decimal) if answer else []
    for row in rows:
        for name, read in readers.items():
            if row[name] is not None:
                row[name] = read(row[name])
    return rows
