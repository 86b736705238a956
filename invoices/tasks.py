"""The printers' tasks (queue pdf)."""

from __future__ import annotations

import logging

from celery import shared_task

from invoices import rendering
from tenants import clock
from tenants.everyone import all_tenants
from tenants.scope import tenant_atomic

logger = logging.getLogger(__name__)


@shared_task
def render_document(invoice_id: int) -> None:
    """Print one issued document; doing it twice is doing it once."""
    rendering.render_document(invoice_id=invoice_id)


@shared_task
def sweep_documents() -> None:
    """Find issued documents without their PDF, whatever became of their own task."""
    now = clock.now()
    for _tenant in all_tenants():
        with tenant_atomic():
            waiting = rendering.waiting_documents(now)
        for invoice_id in waiting:
            render_document.delay(invoice_id=invoice_id)
