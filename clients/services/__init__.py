"""The acts about clients and messages, inside an open scope."""

from __future__ import annotations

from clients.services.calls import ask_for_call, finish_task, log_call
from clients.services.doubt import confirm_left, send_again
from clients.services.outbox import cancel_message, send_message

__all__ = [
    "ask_for_call",
    "cancel_message",
    "confirm_left",
    "finish_task",
    "log_call",
    "send_again",
    "send_message",
]
