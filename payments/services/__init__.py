"""The acts on money. Called inside a tenant's scope; each is atomic."""

from __future__ import annotations

from payments.services.allocating import allocate, allocate_oldest_first, client_credit, unallocate
from payments.services.recording import record_payment
from payments.services.reversing import bounce_payment, reverse, undo_payment

__all__ = [
    "allocate",
    "allocate_oldest_first",
    "bounce_payment",
    "client_credit",
    "record_payment",
    "reverse",
    "unallocate",
    "undo_payment",
]
