"""What happened to clients and messages; sent inside the transaction, payload is ids.

All three also say the message's `kind`, so that a receiver can pass over what is not its own.
"""

from __future__ import annotations

from django.dispatch import Signal

# state: SENT (handed to the server), KEPT (no server is set), RETAINED (test mode: nothing left)
message_left = Signal()  # message_id, kind, state
# state: FAILED, BOUNCED, AMBIGUOUS
message_failed = Signal()  # message_id, kind, state
message_cancelled = Signal()  # message_id, kind, reason
