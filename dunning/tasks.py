"""Dunning on the clock: who is due now, and one task per tenant."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from celery import shared_task

from core.calendar import is_business_day, region_named
from dunning.engine import run_dunning
from dunning.healing import heal
from dunning.notices import prepare_notices
from dunning.planning import LAST_HOUR
from tenants.clock import now, today
from tenants.models import Tenant
from tenants.scope import current_tenant, use_tenant


@shared_task
def tick(**_: object) -> None:
    """Queue a run for each tenant whose send hour has come on a business day, once a day.

    A missed hour is caught up the same day; a missed day the next one, by the dates of the cases.
    """
    moment = now()
    for tenant in Tenant.objects.filter(stopped_at=None).order_by("pk").iterator(chunk_size=500):
        if is_time(tenant, moment):
            with use_tenant(tenant):
                dun_tenant.delay()


@shared_task
def dun_tenant(**_: object) -> None:
    """Run the current tenant's day; also woken by an approval, so that a yes leaves the same day.

    Two of them at once share the work (clients are claimed with SKIP LOCKED), and a second one
    finds nothing left. The day is marked as run at its end only: a killed run is taken up again.
    """
    tenant, moment = current_tenant(), now()
    if not is_open(tenant, moment):
        return
    day = today()
    heal(today=day, now=moment)
    run_dunning(today=day)
    prepare_notices(today=day, now=moment)
    Tenant.objects.filter(pk=tenant.pk).update(last_run_on=day)


def is_time(tenant: Tenant, moment: dt.datetime) -> bool:
    """Whether the tenant's send hour has come and today's run has not been finished."""
    day = moment.astimezone(ZoneInfo(tenant.time_zone)).date()
    return is_open(tenant, moment) and (tenant.last_run_on is None or tenant.last_run_on < day)


def is_open(tenant: Tenant, moment: dt.datetime) -> bool:
    """Whether clients may be written to now: a business day, between send hour and evening."""
    local = moment.astimezone(ZoneInfo(tenant.time_zone))
    region = region_named(tenant.region)
    return tenant.send_hour <= local.hour < LAST_HOUR and is_business_day(local.date(), region)
