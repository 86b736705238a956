"""The mail workers' tasks: one per tenant, never one per message."""

from __future__ import annotations

from celery import shared_task

from clients.claims import has_work
from clients.delivery import deliver_tenant as deliver
from tenants import clock
from tenants.everyone import all_tenants
from tenants.scope import tenant_atomic

SECONDS = 150  # well below the time limit of a task


@shared_task
def deliver_tenant() -> None:
    """What waits for one tenant; a long queue is continued by the next task."""
    if deliver(now=clock.now(), seconds=SECONDS).is_unfinished:
        deliver_tenant.delay()


@shared_task
def sweep_outbox() -> None:
    """Find the tenants whose messages wait, whatever became of the ring at commit."""
    now = clock.now()
    for _tenant in all_tenants():
        with tenant_atomic():
            is_needed = has_work(now)
        if is_needed:
            deliver_tenant.delay()
