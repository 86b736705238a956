"""The clock, read at the edge only (views, tasks, commands) and passed on as arguments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from django.utils import timezone

from tenants.scope import current_tenant

_as_of: ContextVar[dt.datetime | None] = ContextVar("as_of", default=None)


def now() -> dt.datetime:
    return _as_of.get() or timezone.now()


@contextmanager
def as_of(moment: dt.datetime) -> Iterator[None]:
    """Let the edges read another moment: `--on DATE` of the commands, and the demo's past."""
    token = _as_of.set(moment)
    try:
        yield
    finally:
        _as_of.reset(token)


def at_hour(day: dt.date, hour: int) -> dt.datetime:
    """That hour of a day in the current tenant's time zone."""
    return dt.datetime.combine(day, dt.time(hour), tzinfo=ZoneInfo(current_tenant().time_zone))


def local(moment: dt.datetime) -> dt.datetime:
    """`moment` in the current tenant's time zone."""
    return moment.astimezone(ZoneInfo(current_tenant().time_zone))


def today() -> dt.date:
    """The current tenant's day."""
    return local(now()).date()
