"""Rows of statements written out: at once for a page, by a cursor of the server for a file."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Final

from django.db import connection

Values = Mapping[str, Any]
CHUNK: Final = 2000  # rows held in memory at a time, however long the file


def fetch(statement: str, values: Values) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def stream(statement: str, values: Values) -> Generator[tuple[Any, ...], None, None]:
    """The same rows a few at a time, in constant memory; only inside a scope.

    Whoever stops before the end closes it, before the transaction is rolled back.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while found := cursor.fetchmany(CHUNK):
            yield from found
