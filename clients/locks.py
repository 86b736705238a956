"""The first two locks of the order that everybody keeps: the client, then the message."""

from __future__ import annotations

from dataclasses import dataclass

from clients.models import Client, Message
from core.errors import DomainError
from core.errors import gettext_noop as _
from tenants.prepared import fetch_prepared
from tenants.scope import scoped_tenant_id

_LOCK_CLIENT = """
    SELECT tenant.stopped_at IS NOT NULL OR client.stopped_at IS NOT NULL, tenant.mode = 'TEST'
    FROM clients_client client JOIN tenants_tenant tenant ON tenant.id = client.tenant_id
    WHERE client.tenant_id = %s::bigint AND client.id = %s::bigint
    FOR NO KEY UPDATE OF client
"""


class MessageHasLeft(DomainError):
    """The message is leaving or has left: nothing can call it back."""


@dataclass(frozen=True, slots=True)
class Switches:
    """What keeps messages back, as it is under the lock."""

    is_stopped: bool
    is_test: bool


def lock_client(client_id: int) -> Switches:
    """Hold a client until the transaction ends, and read the switches above it."""
    rows = fetch_prepared(_LOCK_CLIENT, [scoped_tenant_id(), client_id])
    if not rows:
        raise Client.DoesNotExist
    ((is_stopped, is_test),) = rows
    return Switches(is_stopped=is_stopped, is_test=is_test)


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
