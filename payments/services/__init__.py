"""The acts on money. Called inside a tenant's scope, each atomic; `settle` opens its own."""

from __future__ import annotations

from payments.services.allocating import allocate, allocate_oldest_first, client_credit, unallocate
from payments.services.recording import record_payment
from payments.services.reversing import bounce_payment, refund_payment, reverse, undo_payment
from payments.services.settling import settle

__all__ = [
    "allocate",
    "allocate_oldest_first",
    "bounce_payment",
    "client_credit",
    "record_payment",
    "refund_payment",
    "reverse",
    "settle",
    "unallocate",
    "undo_payment",
]
