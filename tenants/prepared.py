"""Statements that a connection plans once: for the few that workers send thousands of times.

Planning a statement over a dozen tables behind row-level security takes longer than running it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor  # type: ignore[attr-defined]
from django.db.backends.utils import CursorWrapper

Given = Sequence[Any] | Mapping[str, Any]


def fetch_prepared(statement: str, given: Given) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows; its text must not vary with its values.

    Behind a pooler in transaction mode (`DISABLE_SERVER_SIDE_CURSORS` is set) it is planned each
    time: the next transaction may be on another server connection.
    """
    with _cursor() as cursor:
        cursor.execute(statement, given)
        # not `description`, which takes longer to make than small rows to read
        rows: list[tuple[Any, ...]] = cursor.fetchall() if cursor.pgresult.nfields else []
    return rows


def _cursor() -> CursorWrapper:
    database: Any = connections[DEFAULT_DB_ALIAS]  # `connection` would look it up at every dot
    if database.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        return database.cursor()  # type: ignore[no-any-return]
    database.ensure_connection()
    database.connection.prepare_threshold = 0  # from the first time on; Django's own never are
    cursor = ServerBindingCursor(database.connection)
    wrap = database.make_debug_cursor if database.queries_logged else database.make_cursor
    return wrap(cursor)  # type: ignore[no-any-return]
