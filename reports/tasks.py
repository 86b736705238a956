"""The evening mail on the clock: whose hour has come, and one task for many tenants."""

from __future__ import annotations

from itertools import islice

from celery import shared_task

from reports.digest import queue_digests_of, tenants_waiting
from tenants.clock import now

BATCH = 50  # tenants: seconds of work, and one message to the workers


@shared_task
def tick_digests(**_: object) -> None:
    """Queue the tenants in which somebody's evening hour has come, many to a task."""
    waiting = (tenant.pk for tenant in tenants_waiting(now()))
    while batch := list(islice(waiting, BATCH)):
        digest_tenants.delay(tenant_ids=batch)


@shared_task
def digest_tenants(*, tenant_ids: list[int], **_: object) -> None:
    """The mails of this evening of some tenants; a second task finds nothing left to write."""
    queue_digests_of(tenant_ids=tenant_ids, moment=now())
