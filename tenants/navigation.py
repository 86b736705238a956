"""Figures beside the entries of the menu: each app registers its own in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

COUNTED: Final = 999  # counting stops there: "999+"

Rows = Callable[[], QuerySet[Any]]
_counts: dict[str, Rows] = {}


def register_nav_count(entry: str, rows: Rows) -> None:
    """The figure of an entry is how many `rows()` there are; called inside the tenant's scope."""
    _counts[entry] = rows


def nav_counts() -> dict[str, str]:
    """The figures, read by one statement; nothing where there is nothing."""
    if not _counts:
        return {}
    parts: list[str] = []
    values: list[Any] = []
    for rows in _counts.values():
        text, its_values = rows().order_by().values("pk")[: COUNTED + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({text}) counted)")  # noqa: S608 -- compiled by Django
        values += its_values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        found = cursor.fetchone()
    return {entry: _shown(count) for entry, count in zip(_counts, found, strict=True)}


def _shown(count: int) -> str:
    if count > COUNTED:
        return f"{COUNTED}+"
    return str(count) if count else ""
