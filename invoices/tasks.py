"""The printers' tasks (queue pdf)."""

from __future__ import annotations

import gc
import logging
from typing import Any

from celery import current_app, shared_task
from celery.signals import worker_init

from invoices import plan_rendering, rendering
from tenants import clock
from tenants.everyone import all_tenants
from tenants.scope import tenant_atomic

logger = logging.getLogger(__name__)


@worker_init.connect
def warm_up_printer(**_: Any) -> None:
    """Load what printing needs before the worker's processes fork, not with the first document.

    They share it, and the collector need not look at it again for every page.
    """
    if "pdf" not in current_app.amqp.queues.consume_from:
        return
    from invoices.documents.render import warm_up  # noqa: PLC0415 -- takes 0.6 s to import

    warm_up()
    gc.collect()
    gc.freeze()


@shared_task
def render_document(invoice_id: int) -> None:
    """Print one issued document; doing it twice is doing it once."""
    rendering.render_document(invoice_id=invoice_id)


@shared_task
def render_plan(plan_id: int) -> None:
    """Print one instalment plan; doing it twice is doing it once."""
    plan_rendering.render_plan(plan_id=plan_id)


@shared_task
def sweep_documents() -> None:
    """Find what was issued or proposed without its PDF, whatever became of their own task."""
    now = clock.now()
    for _tenant in all_tenants():
        with tenant_atomic():
            waiting = rendering.waiting_documents(now)
            plans = plan_rendering.waiting_plans(now)
        for invoice_id in waiting:
            render_document.delay(invoice_id=invoice_id)
        for plan_id in plans:
            render_plan.delay(plan_id=plan_id)
