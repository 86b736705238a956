"""What stands beside each business where somebody chooses among several.

The app that knows registers it in `AppConfig.ready`; each business is read under its own identity.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from tenants.clock import today
from tenants.models import Membership
from tenants.scope import tenant_atomic, use_tenant


@dataclass(frozen=True, slots=True)
class Figures:
    """One business at a glance: amounts already formatted, empty where there is nothing."""

    to_collect: str = ""
    late: str = ""
    last_export: dt.date | None = None


Reader = Callable[[dt.date], Figures]
_readers: list[Reader] = []


def register_figures(reader: Reader) -> None:
    """`reader(today)` is called in the scope of each business; a fixed number of queries."""
    _readers[:] = [reader]


def figures_of(membership: Membership) -> Figures:
    """The figures of that business, on its own day."""
    with use_tenant(membership.tenant), tenant_atomic():
        return _readers[0](today()) if _readers else Figures()
