"""Whom we sell to, and everything said to them."""

from __future__ import annotations

from clients.models.client import Client, Person
from clients.models.message import Attachment, Message
from clients.models.sender import Sender

__all__ = ["Attachment", "Client", "Message", "Person", "Sender"]
