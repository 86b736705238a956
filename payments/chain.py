"""Adding to the ledger: each movement carries the hash of the one before it.

Changing, removing or inserting one afterwards breaks every hash that follows (`verify` tells).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from payments.models import Movement, MovementChain, Payment

MANUAL = "MANUAL"
GENESIS = "0" * 64


def add_movement(
    *,
    source: str,
    kind: str,
    external_id: str,
    amount: Decimal,
    currency: str,
    occurred_at: dt.datetime,
    now: dt.datetime,
    payment: Payment | None = None,
    facts: dict[str, Any] | None = None,
) -> Movement | None:
    """Write a fact once; None when it was already known, so effects happen for the winner only.

    `source` is MANUAL or the public id of the gateway account; `amount` is positive, in major
    units of `currency`, and `kind` gives it its direction.
    """
    chain = _locked_chain()
    known = Movement.objects.filter(source=source, kind=kind, external_id=external_id)
    if known.exists():
        return None
    movement = Movement(
        sequence=chain.length + 1,
        source=source,
        kind=kind,
        external_id=external_id,
        payment=payment,
        amount=amount,
        currency=currency,
        occurred_at=occurred_at,
        facts=facts or {},
        recorded_at=now,
        previous_hash=chain.last_hash,
    )
    movement.hash = movement_hash(movement)
    movement.save(force_insert=True)
    chain.length, chain.last_hash = movement.sequence, movement.hash
    chain.save(update_fields=["length", "last_hash"])
    return movement


def movement_hash(movement: Movement) -> str:
    """SHA-256 over the previous hash and the facts, in one unambiguous spelling."""
    facts = [
        movement.previous_hash,
        movement.sequence,
        movement.source,
        str(movement.kind),
        movement.external_id,
        f"{movement.amount:.2f}",
        movement.currency,
        movement.occurred_at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        movement.recorded_at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        movement.payment_id,
        movement.facts,
    ]
    spelled = json.dumps(facts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(spelled.encode()).hexdigest()


def broken_links() -> list[int]:
    """The sequence numbers at which the chain does not hold; empty when nobody tampered."""
    broken, previous, expected = [], GENESIS, 1
    for movement in Movement.objects.order_by("sequence").iterator(chunk_size=1000):
        is_next = movement.sequence == expected and movement.previous_hash == previous
        if not is_next or movement.hash != movement_hash(movement):
            broken.append(movement.sequence)
        previous, expected = movement.hash, movement.sequence + 1
    return broken


def _locked_chain() -> MovementChain:
    chain = MovementChain.objects.select_for_update().first()
    if chain is None:
        try:
            with transaction.atomic():
                MovementChain.objects.create()
        except IntegrityError:
            pass  # somebody else wrote the tenant's first movement at the same moment
        chain = MovementChain.objects.select_for_update().get()
    return chain
