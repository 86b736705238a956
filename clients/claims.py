"""Claims: a worker takes a few messages, and the others can see whether it still lives.

A claim is alive as long as its worker holds a session lock of PostgreSQL: a killed process loses
it at once. Behind a pooler in transaction mode sessions are shared and such locks mean nothing;
there (`DISABLE_SERVER_SIDE_CURSORS` is set) a claim is dead once its lease has run out.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db import connection, models

from clients.models import Client, Message, Person
from clients.queries import contacts_of
from tenants.clock import local
from tenants.prepared import fetch_prepared
from tenants.rows import read_rows
from tenants.scope import current_tenant, scoped_tenant_id, tenant_atomic

CLAIM_SIZE = 25
LEASE = dt.timedelta(minutes=15)  # longer than a task may take
M = TypeVar("M", bound=models.Model)

# May leave now, if nothing else holds it; while all is stopped, only mail to the tenant itself.
_WAITS: Final = """
    m.state = 'QUEUED' AND m.channel = 'EMAIL'
    AND (m.next_try_at IS NULL OR m.next_try_at <= %(now)s)
    AND (m.send_on IS NULL OR m.send_on <= %(today)s)
    AND (m.client_id IS NULL OR NOT %(is_stopped)s AND NOT EXISTS (
        SELECT FROM clients_client k
        WHERE k.tenant_id = m.tenant_id AND k.id = m.client_id AND k.stopped_at IS NOT NULL))
"""
_HAS_WORK: Final = f"""
    SELECT 1 FROM clients_message m
    WHERE m.tenant_id = %(tenant)s::bigint AND (m.state IN ('CLAIMED', 'SENDING') OR {_WAITS})
    LIMIT 1
"""  # noqa: S608 -- our own words
_TAKE: Final = f"""
    WITH taken AS MATERIALIZED (
        SELECT m.id FROM clients_message m
        WHERE m.tenant_id = %(tenant)s::bigint AND m.id > %(after)s::bigint AND {_WAITS}
        ORDER BY m.id LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE clients_message m
    SET state = 'CLAIMED', claim_id = %(claim)s, claimed_at = %(now)s
    FROM taken WHERE m.tenant_id = %(tenant)s::bigint AND m.id = taken.id
    RETURNING m.id
"""  # noqa: S608 -- our own words
_GIVE_BACK: Final = """
    UPDATE clients_message SET state = 'QUEUED', claim_id = NULL
    WHERE tenant_id = %s::bigint AND claim_id = %s AND state = 'CLAIMED'
"""
_OPEN_CLAIMS: Final = """
    SELECT DISTINCT ON (claim_id) claim_id, claimed_at FROM clients_message
    WHERE tenant_id = %s::bigint AND state IN ('CLAIMED', 'SENDING') ORDER BY claim_id
"""


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
    messages: tuple[Claimed, ...] = ()
    _try_lock(claim_id)
    try:
        with tenant_atomic():
            messages = _take(claim_id, now, after)
        yield Claim(id=claim_id, messages=messages)
    finally:
        try:
            if messages:
                give_back(claim_id)
        finally:
            _unlock(claim_id)


def has_work(now: dt.datetime) -> bool:
    """Whether a worker should look at this tenant: something waits, or a claim is open."""
    return bool(fetch_prepared(_HAS_WORK, _given(now)))


def dead_claims(now: dt.datetime) -> Iterator[uuid.UUID]:
    """Claims whose worker is gone, each held while the caller repairs it."""
    with tenant_atomic():
        open_claims = fetch_prepared(_OPEN_CLAIMS, [scoped_tenant_id()])
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
        fetch_prepared(_GIVE_BACK, [scoped_tenant_id(), claim_id])


def _take(claim_id: uuid.UUID, now: dt.datetime, after: int) -> tuple[Claimed, ...]:
    given = {**_given(now), "claim": claim_id, "after": after, "most": CLAIM_SIZE}
    ids = [pk for (pk,) in fetch_prepared(_TAKE, given)]
    taken = _read(Message, ids)
    clients = {each.pk: each for each in _read(Client, {m.client_id for m in taken})}
    persons = {each.pk: each for each in _read(Person, {m.person_id for m in taken})}
    for message in taken:
        message.client = clients.get(message.client_id or 0)
        message.person = persons.get(message.person_id or 0)
    contacts = contacts_of(clients) if clients else {}
    return tuple(Claimed(message, contacts.get(message.client_id or 0)) for message in taken)


def _read(model: type[M], ids: Collection[int | None]) -> list[M]:
    wanted = [pk for pk in ids if pk is not None]
    return (
        read_rows(model, "id = ANY (%(ids)s::bigint[]) ORDER BY id", {"ids": wanted})
        if wanted
        else []
    )


def _given(now: dt.datetime) -> dict[str, Any]:
    return {
        "tenant": scoped_tenant_id(),
        "now": now,
        "today": local(now).date(),
        "is_stopped": current_tenant().stopped_at is not None,
    }


def _is_pooled() -> bool:
    return bool(connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"))


def _try_lock(claim_id: uuid.UUID) -> bool:
    if _is_pooled():
        return True
    ((is_ours,),) = fetch_prepared("SELECT pg_try_advisory_lock(%s::bigint)", [_key(claim_id)])
    return bool(is_ours)


def _unlock(claim_id: uuid.UUID) -> None:
    if _is_pooled():
        return
    fetch_prepared("SELECT pg_advisory_unlock(%s::bigint)", [_key(claim_id)])


def _key(claim_id: uuid.UUID) -> int:
    return int.from_bytes(claim_id.bytes[:8], "big", signed=True)
