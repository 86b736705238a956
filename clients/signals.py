"""What happened to clients and messages; sent inside the transaction, payload is ids."""

from __future__ import annotations

from django.dispatch import Signal

message_left = Signal()  # message_id, state: SENT (handed to the server), KEPT (no server is set),
# or RETAINED (test mode: nothing left)
message_failed = Signal()  # message_id, state (FAILED, BOUNCED, AMBIGUOUS)
message_cancelled = Signal()  # message_id, reason
