"""The evening mail on the clock: whose hour has come, and one task per tenant."""

from __future__ import annotations

from celery import shared_task

from reports.digest import queue_digests, tenants_waiting
from tenants.clock import now
from tenants.scope import current_tenant, use_tenant


@shared_task
def tick_digests(**_: object) -> None:
    """Queue a task for each tenant in which somebody's evening hour has come."""
    for tenant in tenants_waiting(now()):
        with use_tenant(tenant):
            digest_tenant.delay()


@shared_task
def digest_tenant(**_: object) -> None:
    """The current tenant's mails of this evening; a second one finds nothing left to write."""
    queue_digests(tenant=current_tenant(), moment=now())
