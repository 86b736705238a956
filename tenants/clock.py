"""The clock, read at the edge only (views, tasks, commands) and passed on as arguments."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from tenants.scope import current_tenant


def now() -> dt.datetime:
    return timezone.now()


def local(moment: dt.datetime) -> dt.datetime:
    """`moment` in the current tenant's time zone."""
    return moment.astimezone(ZoneInfo(current_tenant().time_zone))


def today() -> dt.date:
    """The current tenant's day."""
    return local(now()).date()
