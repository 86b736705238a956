"""What happened to money; sent inside the transaction, payload is ids."""

from __future__ import annotations

from django.dispatch import Signal

payment_recorded = Signal()  # payment_id
payment_reversed = Signal()  # payment_id
payment_pending = Signal()  # attempt_id: the bank has not confirmed yet
payment_failed = Signal()  # attempt_id: the bank refused what was being confirmed
