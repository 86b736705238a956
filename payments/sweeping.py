"""What heals by itself: attempts without news, lost webhooks, crashes between two steps."""

from __future__ import annotations

import datetime as dt
import logging

from django.db.models import Q

from core.errors import DomainError
from payments.attempts import replay
from payments.gateways.errors import GatewayError
from payments.inbox import process_events, read_changes
from payments.limits import is_too_often
from payments.models import Attempt, GatewayAccount
from payments.services.settling import next_poll, settle
from tenants.scope import tenant_atomic

logger = logging.getLogger(__name__)
BATCH = 50
CATCH_UP = dt.timedelta(minutes=15)
CREATING_GRACE = dt.timedelta(minutes=1)


def sweep_tenant(*, now: dt.datetime) -> None:
    """One round for the current tenant; running it twice changes nothing."""
    for attempt in _due_attempts(now):
        poll(attempt, now=now)
    for account in _accounts_to_read(now):
        try:
            read_changes(account=account, now=now)
        except GatewayError as error:
            logger.warning("The changes of a gateway account could not be read: %s", error)
    process_events(now=now)


def poll(attempt: Attempt, *, now: dt.datetime) -> None:
    """Look at one live attempt; a gateway that is away is asked again later."""
    _postpone(attempt, now)
    try:
        if attempt.external_id:
            settle(attempt_id=attempt.pk, now=now)
        elif now - attempt.created_at >= CREATING_GRACE:
            replay(attempt, now=now)
    except (GatewayError, DomainError) as error:
        logger.warning("Attempt %s could not be polled: %s", attempt.public_id, error)
    except Exception:
        logger.exception("Attempt %s could not be polled", attempt.public_id)


def _due_attempts(now: dt.datetime) -> list[Attempt]:
    with tenant_atomic():
        return list(
            Attempt.objects.filter(state__in=Attempt.LIVE, next_poll_at__lte=now).order_by(
                "next_poll_at"
            )[:BATCH]
        )


def _postpone(attempt: Attempt, now: dt.datetime) -> None:
    """Written before the look, so that an attempt that kills its worker does not come at once."""
    with tenant_atomic():
        Attempt.objects.filter(pk=attempt.pk).update(next_poll_at=next_poll(attempt, now))


def _accounts_to_read(now: dt.datetime) -> list[GatewayAccount]:
    due = Q(changes_read_until=None) | Q(changes_read_until__lte=now - CATCH_UP)
    with tenant_atomic():
        accounts = list(GatewayAccount.objects.filter(due, disabled_at=None))
    # a gateway that is away is not asked again every minute
    return [
        each
        for each in accounts
        if not is_too_often(f"changes:{each.public_id}", most=1, seconds=600)
    ]
