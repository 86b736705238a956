"""Dunning on the clock: who is due now, and one task per tenant."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from celery import shared_task
from django.db.models import Q

from core.calendar import Region, is_business_day
from dunning.engine import run_dunning
from dunning.healing import heal
from tenants.clock import now, today
from tenants.models import Tenant
from tenants.scope import current_tenant, tenant_atomic, use_tenant

LAST_HOUR = 19  # nobody is written to in the evening (law-fr R2)


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
    """Run the current tenant's day; whoever comes second on the same day does nothing."""
    day = today()
    tenant = current_tenant()
    if not _take_the_day(tenant, day):
        return
    with tenant_atomic():
        heal(today=day, now=now())
    run_dunning(today=day)


def is_time(tenant: Tenant, moment: dt.datetime) -> bool:
    local = moment.astimezone(ZoneInfo(tenant.time_zone))
    region = Region(tenant.region) if tenant.region else Region.METROPOLE
    return (
        tenant.send_hour <= local.hour < LAST_HOUR
        and (tenant.last_run_on is None or tenant.last_run_on < local.date())
        and is_business_day(local.date(), region)
    )


def _take_the_day(tenant: Tenant, day: dt.date) -> bool:
    """A conditional UPDATE: of two workers, one gets the day.

    If it dies in the middle, the cases it did not reach are still due and the next day takes
    them; those it reached are committed batch by batch.
    """
    never = Q(last_run_on=None) | Q(last_run_on__lt=day)
    return Tenant.objects.filter(never, pk=tenant.pk).update(last_run_on=day) == 1
