"""Several queries as one statement: Today has a dozen questions, and one trip answers them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection, models

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


def read_together(queries: Sequence[Query]) -> list[list[Row]]:
    """The rows of each of these `values()` queries, as each of them would have given them."""
    parts, values, readers = [], [], []
    for query in queries:
        compiler = query.query.get_compiler(connection=connection)
        text, its_values = compiler.as_sql()
        parts.append(f"(SELECT json_agg(row_to_json(found)) FROM ({text}) found)::text")  # noqa: S608
        values += its_values
        readers.append(_readers(compiler.select))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        answers = cursor.fetchone()
    return [_rows(answer, its) for answer, its in zip(answers, readers, strict=True)]


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
