"""The inbox of webhooks: stored first, understood later, applied by `settle`."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction

from payments.accounts import credentials_of, disconnect, gateway_of
from payments.gateways.errors import GatewayError, GatewayUnavailable, UnknownObject
from payments.gateways.interface import Notice, NoticeKind
from payments.models import Attempt, GatewayAccount, GatewayEvent
from payments.services.settling import apply_snapshot, settle
from tenants.scope import current_tenant, tenant_atomic
from tenants.wake import wake

logger = logging.getLogger(__name__)
BATCH = 100
MOST_TRIES = 15
FIRST_WAIT = dt.timedelta(minutes=1)
LONGEST_WAIT = dt.timedelta(hours=12)
LONGEST_OUTCOME = 300
NOT_OURS = "not ours"


def receive(*, account_id: UUID, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> int:
    """Verify a webhook and store what it announces; return how many events are new.

    Under the identity of the account's tenant. A disconnected account still hears: disputes come
    for 13 months.

    Raises:
        BadSignature: nobody we know signed this; nothing is stored.
    """
    with tenant_atomic():
        account = GatewayAccount.objects.get(public_id=account_id)
        credentials = credentials_of(account)
    notices = gateway_of(account).parse_webhook(credentials, headers, body)
    events = [_event(account, notice, body.decode(), now) for notice in notices]
    stored = _store(events or [_unheard(account, body.decode(), now)])
    with tenant_atomic():
        GatewayAccount.objects.filter(pk=account.pk).update(last_webhook_at=now)
    wake("payments.tasks.process_events")
    return stored


def read_changes(*, account: GatewayAccount, now: dt.datetime) -> int:
    """Ask what happened since the last look, as lost webhooks would have told; no open scope."""
    since = account.changes_read_until or account.created_at
    with tenant_atomic():
        credentials = credentials_of(account)
    overlap = dt.timedelta(minutes=5)
    notices = gateway_of(account).list_changes(credentials, since - overlap)
    stored = _store(_event(account, notice, "", now) for notice in notices)
    with tenant_atomic():
        GatewayAccount.objects.filter(pk=account.pk).update(changes_read_until=now)
    return stored


def process_events(*, now: dt.datetime) -> int:
    """Apply what waits in the tenant's inbox, one by one; return how many are done."""
    done = 0
    for _turn in range(BATCH):
        event = _claim(now)
        if event is None:
            break
        done += _process(event, now)
    return done


def _process(event: GatewayEvent, now: dt.datetime) -> bool:
    """Apply one event; what fails waits for its next turn and blocks nobody."""
    try:
        outcome = _apply(event, now)
    except GatewayUnavailable as error:
        return _finish(event, str(error), is_done=False, now=now)
    except GatewayError as error:
        return _finish(event, str(error), is_done=True, now=now)
    except Exception as error:
        logger.exception("Event %s failed", event.event_id)
        is_done = event.tries >= MOST_TRIES
        return _finish(event, f"{type(error).__name__}: {error}", is_done=is_done, now=now)
    return _finish(event, outcome, is_done=True, now=now)


def _apply(event: GatewayEvent, now: dt.datetime) -> str:
    notice = event.notice
    with tenant_atomic():
        account = GatewayAccount.objects.get(public_id=event.account)
        if notice["kind"] == NoticeKind.ACCOUNT_LOST:
            disconnect(account=account, user=None, now=now)
            return "disconnected"
        if notice["kind"] != NoticeKind.PAYMENT:
            return "kept"
        attempt = _attempt_for(account, notice["external_id"], notice["reference"])
    if attempt is not None:
        return settle(attempt_id=attempt.pk, external_id=notice["external_id"] or "", now=now).state
    return _settle_unnamed(account, notice["external_id"], now)


def _settle_unnamed(account: GatewayAccount, external_id: str, now: dt.datetime) -> str:
    """A payment that no row of ours names: look whose it is; other programs use the account too."""
    with tenant_atomic():
        credentials = credentials_of(account)
    try:
        snapshot = gateway_of(account).fetch(credentials, external_id)
    except UnknownObject:
        return NOT_OURS
    with tenant_atomic():
        attempt = _attempt_for(account, snapshot.external_id, snapshot.reference)
        if attempt is None:
            return NOT_OURS
        return apply_snapshot(attempt_id=attempt.pk, snapshot=snapshot, now=now).state


def _attempt_for(
    account: GatewayAccount, external_id: str | None, reference: str | None
) -> Attempt | None:
    """By the gateway's id, else by our own: the event may come before we know the gateway's."""
    rows = Attempt.objects.filter(account=account)
    found = rows.filter(external_id=external_id).first() if external_id else None
    return found or (rows.filter(public_id=own).first() if (own := _uuid(reference)) else None)


def _claim(now: dt.datetime) -> GatewayEvent | None:
    """Take the oldest due event for a while; if we die, its next turn comes by itself."""
    with transaction.atomic():
        event = (
            GatewayEvent.objects.select_for_update(skip_locked=True)
            .filter(tenant=current_tenant(), processed_at=None, next_try_at__lte=now)
            .order_by("next_try_at", "id")
            .first()
        )
        if event is not None:
            event.tries += 1
            wait = min(FIRST_WAIT * 2 ** min(event.tries, 12), LONGEST_WAIT)
            event.next_try_at = now + wait
            event.save(update_fields=["tries", "next_try_at"])
    return event


def _finish(event: GatewayEvent, outcome: str, *, is_done: bool, now: dt.datetime) -> bool:
    event.outcome = outcome[:LONGEST_OUTCOME]
    event.processed_at = now if is_done else None
    event.save(update_fields=["outcome", "processed_at"])
    return is_done


def _store(events: Iterable[GatewayEvent]) -> int:
    """ON CONFLICT DO NOTHING: a delivery repeated is one event."""
    rows = list(events)
    with transaction.atomic():
        before = GatewayEvent.objects.filter(
            account__in={row.account for row in rows}, event_id__in=[row.event_id for row in rows]
        ).count()
        GatewayEvent.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows) - before


def _event(account: GatewayAccount, notice: Notice, body: str, now: dt.datetime) -> GatewayEvent:
    facts: dict[str, Any] = {**asdict(notice), "occurred_at": notice.occurred_at.isoformat()}
    return GatewayEvent(
        tenant=current_tenant(),
        account=account.public_id,
        event_id=notice.event_id,
        body=body,
        notice=facts,
        received_at=now,
        next_try_at=now,
    )


def _unheard(account: GatewayAccount, body: str, now: dt.datetime) -> GatewayEvent:
    """Genuine, but of another account or of the other mode: kept, and nothing is done."""
    return GatewayEvent(
        tenant=current_tenant(),
        account=account.public_id,
        event_id=str(json.loads(body)["id"]),
        body=body,
        received_at=now,
        processed_at=now,
        outcome=NOT_OURS,
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
