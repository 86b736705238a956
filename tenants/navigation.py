"""Figures beside the entries of the menu: each app registers its own in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable

_counts: dict[str, Callable[[], int]] = {}


def register_nav_count(entry: str, count: Callable[[], int]) -> None:
    """`count` costs at most one query and is called inside the tenant's scope."""
    _counts[entry] = count


def nav_counts() -> dict[str, int]:
    return {entry: count() for entry, count in _counts.items()}
