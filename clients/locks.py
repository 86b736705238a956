"""The first two locks of the order that everybody keeps: the client, then the message."""

from __future__ import annotations

from clients.models import Client, Message
from core.errors import DomainError
from core.errors import gettext_noop as _


class MessageHasLeft(DomainError):
    """The message is leaving or has left: nothing can call it back."""


def lock_client(client_id: int) -> Client:
    """Hold a client until the transaction ends; its tenant comes along, freshly read."""
    return (
        Client.objects.select_related("tenant")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=client_id)
    )


def lock_message(message_id: int) -> Message:
    """Hold a message until the transaction ends; the client must be held already."""
    return (
        Message.objects.select_related("person")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=message_id)
    )


def lock_waiting(message: Message) -> Message:
    """Hold client and message, in this order, and give the row as it is now.

    Raises:
        MessageHasLeft: it waits no more.
    """
    if message.client_id is not None:
        lock_client(message.client_id)
    fresh = lock_message(message.pk)
    if fresh.state not in {Message.State.QUEUED, Message.State.CLAIMED, Message.State.TODO}:
        raise MessageHasLeft(_("This message does not wait any more: it has left or is leaving."))
    return fresh
