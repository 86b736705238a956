"""The acts about clients and messages, inside an open scope."""

from __future__ import annotations

from clients.services.calls import Outcome, ask_for_call, finish_task, log_call
from clients.services.doubt import confirm_left, send_again
from clients.services.outbox import cancel_message, send_message
from clients.services.persons import add_person, remove_person, update_person
from clients.services.records import (
    archive_client,
    client_search_key,
    create_client,
    resume_client,
    stop_client,
    unarchive_client,
    update_client,
)
from clients.services.sending import send_test_mail, sender_settings, update_sender

__all__ = [
    "Outcome",
    "add_person",
    "archive_client",
    "ask_for_call",
    "cancel_message",
    "client_search_key",
    "confirm_left",
    "create_client",
    "finish_task",
    "log_call",
    "remove_person",
    "resume_client",
    "send_again",
    "send_message",
    "send_test_mail",
    "sender_settings",
    "stop_client",
    "unarchive_client",
    "update_client",
    "update_person",
    "update_sender",
]
