"""What happened to clients and messages; sent inside the transaction, payload is ids.

Those about messages also say the `kind`, so that a receiver can pass over what is not its own.
"""

from __future__ import annotations

from django.dispatch import Signal

# state: SENT (handed to the server), KEPT (no server is set), RETAINED (test mode: nothing left)
message_left = Signal()  # message_id, kind, state
# state: FAILED, BOUNCED, AMBIGUOUS
message_failed = Signal()  # message_id, kind, state
message_cancelled = Signal()  # message_id, kind, reason
task_finished = Signal()  # message_id: what was to be done by hand is done
client_switched = Signal()  # client_id: stopped, or resumed
client_changed = Signal()  # client_id: the record or somebody there was added, changed, removed
