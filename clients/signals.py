"""What happened to clients and messages; sent inside the transaction, payload is ids."""

from __future__ import annotations

from django.dispatch import Signal

message_left = Signal()  # message_id, state (SENT, KEPT): handed to the server, or kept here
message_failed = Signal()  # message_id, state (FAILED, BOUNCED, AMBIGUOUS)
message_cancelled = Signal()  # message_id, reason
