"""What workers do for payments; each task finds its work in the database."""

from __future__ import annotations

import logging

from celery import shared_task

from payments import accounts, attempts, inbox, sweeping
from payments.gateways.errors import GatewayError
from payments.services import settle
from tenants.clock import now
from tenants.everyone import all_tenants

logger = logging.getLogger(__name__)


@shared_task
def settle_attempt(*, attempt_id: int) -> None:
    settle(attempt_id=attempt_id, now=now())


@shared_task
def process_events() -> None:
    inbox.process_events(now=now())


@shared_task
def expire_open(*, receivable_id: int) -> None:
    """A balance moved: pages that ask for the old one are closed."""
    attempts.expire_open(receivable_ids=[receivable_id], now=now())


@shared_task
def check_account(*, account_id: int) -> None:
    accounts.check_account(account_id=account_id, now=now())


@shared_task
def register_webhook(*, account_id: int) -> None:
    try:
        accounts.register_webhook(account_id=account_id, now=now())
    except GatewayError as error:
        logger.warning("The webhook could not be registered: %s", error)
        accounts.note_error(account_id=account_id, error=str(error))


@shared_task
def sweep_attempts() -> None:
    """Every minute, for everybody: live attempts without news, events not yet applied."""
    for tenant in all_tenants():
        try:
            sweeping.sweep_tenant(now=now())
        except Exception:
            logger.exception("The sweep of %s failed", tenant.slug)
