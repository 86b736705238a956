"""Figures beside the entries of the menu: each app registers its own in `AppConfig.ready`."""

from __future__ import annotations

from typing import Final

from tenants.clock import today
from tenants.prepared import fetch_prepared
from tenants.scope import scoped_tenant_id

COUNTED: Final = 999  # counting stops there: "999+"

_counts: dict[str, str] = {}


def register_nav_count(entry: str, rows: str) -> None:
    """The figure of an entry is how many rows a statement gives, written out: every page asks.

    It may speak of `%(tenant)s`, which it has to, and of `%(today)s`.
    """
    _counts[entry] = f"(SELECT count(*) FROM ({rows} LIMIT {COUNTED + 1}) counted)"  # noqa: S608


def nav_counts() -> dict[str, str]:
    """The figures, read by one statement inside the tenant's scope; nothing for none."""
    if not _counts:
        return {}
    (found,) = fetch_prepared(
        f"SELECT {', '.join(_counts.values())}",
        {"tenant": scoped_tenant_id(), "today": today()},
    )
    return {entry: _shown(count) for entry, count in zip(_counts, found, strict=True)}


def _shown(count: int) -> str:
    if count > COUNTED:
        return f"{COUNTED}+"
    return str(count) if count else ""
