"""What happened to clients and messages; sent inside the transaction, payload is ids."""

from __future__ import annotations

from django.dispatch import Signal

message_left = Signal()  # message_id, state: SENT (handed to the server), KEPT (no server is set),
# or RETAINED (test mode: nothing left)
message_failed = Signal()  # message_id, state (FAILED, BOUNCED, AMBIGUOUS)
message_cancelled = Signal()  # message_id, reason
task_finished = Signal()  # message_id: what was to be done by hand is done
client_switched = Signal()  # client_id: stopped, or resumed
client_changed = Signal()  # client_id: the record or somebody there was added, changed, removed
