"""Claims: a worker takes a few messages, and the others can see whether it still lives.

A claim is alive as long as its worker holds a session lock of PostgreSQL: a killed process loses
it at once. Behind a pooler in transaction mode sessions are shared and such locks mean nothing;
there (`DISABLE_SERVER_SIDE_CURSORS` is set) a claim is dead once its lease has run out.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from clients.models import Message, Person
from clients.queries import contacts_of
from tenants.clock import local
from tenants.scope import current_tenant, tenant_atomic

CLAIM_SIZE = 25
LEASE = dt.timedelta(minutes=15)  # longer than a task may take
State = Message.State


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker has taken, with what the whole batch was read for.

    `contact` is whom to write to at the client's, should the message name nobody.
    """

    message: Message
    contact: Person | None

    @property
    def pk(self) -> int:
        return self.message.pk

    @property
    def client_id(self) -> int | None:
        return self.message.client_id


@dataclass(frozen=True, slots=True)
class Claim:
    """Messages taken by this worker, in the order in which they leave."""

    id: uuid.UUID
    messages: tuple[Claimed, ...]


@contextmanager
def claimed(*, now: dt.datetime, after: int) -> Iterator[Claim]:
    """Take the next waiting messages with an id above `after`; give back what was not touched."""
    claim_id = uuid.uuid4()
    _try_lock(claim_id)
    try:
        with tenant_atomic():
            messages = _take(claim_id, now, after)
        yield Claim(id=claim_id, messages=messages)
    finally:
        try:
            give_back(claim_id)
        finally:
            _unlock(claim_id)


def waiting(now: dt.datetime) -> Q:
    """Messages that may leave now, if nothing else holds them.

    While everything is stopped, only mail to the tenant itself leaves.
    """
    if current_tenant().stopped_at:
        may_leave = Q(client=None)
    else:
        may_leave = Q(client=None) | Q(client__stopped_at=None)
    return (
        Q(state=State.QUEUED, channel=Message.Channel.EMAIL)
        & (Q(next_try_at=None) | Q(next_try_at__lte=now))
        & (Q(send_on=None) | Q(send_on__lte=local(now).date()))
        & may_leave
    )


def has_work(now: dt.datetime) -> bool:
    """Whether a worker should look at this tenant: something waits, or a claim is open."""
    is_open = Q(state__in=[State.CLAIMED, State.SENDING])
    return Message.objects.filter(is_open | waiting(now)).exists()


def dead_claims(now: dt.datetime) -> Iterator[uuid.UUID]:
    """Claims whose worker is gone, each held while the caller repairs it."""
    with tenant_atomic():
        open_claims = list(
            Message.objects.filter(state__in=[State.CLAIMED, State.SENDING])
            .order_by("claim_id")
            .distinct("claim_id")
            .values_list("claim_id", "claimed_at")
        )
    for claim_id, claimed_at in open_claims:
        if claim_id is None:
            continue
        if _is_pooled():
            if claimed_at is None or claimed_at + LEASE < now:
                yield claim_id
        elif _try_lock(claim_id):
            try:
                yield claim_id
            finally:
                _unlock(claim_id)


def give_back(claim_id: uuid.UUID) -> None:
    """What its worker did not come to waits again. One that is leaving stays as it is."""
    with tenant_atomic():
        Message.objects.filter(claim_id=claim_id, state=State.CLAIMED).update(
            state=State.QUEUED, claim_id=None
        )


def _take(claim_id: uuid.UUID, now: dt.datetime, after: int) -> tuple[Claimed, ...]:
    rows = (
        Message.objects.filter(waiting(now), pk__gt=after)
        .select_for_update(of=("self",), skip_locked=True, no_key=True)
        .select_related("client", "person")
        .order_by("pk")[:CLAIM_SIZE]
    )
    taken = list(rows)
    Message.objects.filter(pk__in=[message.pk for message in taken]).update(
        state=State.CLAIMED, claim_id=claim_id, claimed_at=now
    )
    contacts = contacts_of({message.client_id for message in taken if message.client_id})
    return tuple(Claimed(message, contacts.get(message.client_id or 0)) for message in taken)


def _is_pooled() -> bool:
    return bool(connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"))


def _try_lock(claim_id: uuid.UUID) -> bool:
    if _is_pooled():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_key(claim_id)])
        return bool(cursor.fetchone()[0])


def _unlock(claim_id: uuid.UUID) -> None:
    if _is_pooled():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_key(claim_id)])


def _key(claim_id: uuid.UUID) -> int:
    return int.from_bytes(claim_id.bytes[:8], "big", signed=True)
