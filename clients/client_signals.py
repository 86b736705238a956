"""What happened to a client, and to what is done by hand: ids, sent inside the transaction."""

from __future__ import annotations

from django.dispatch import Signal

task_finished = Signal()  # message_id: what was to be done by hand is done
client_switched = Signal()  # client_id: stopped, or resumed
client_changed = Signal()  # client_id: the record or somebody there was added, changed, removed
