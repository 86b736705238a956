"""Where the figures and lines of Today lead: every figure is a link to the list behind it."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from tenants.links import tenant_url


def invoices(show: str, age: str = "") -> str:
    """The list of invoices; `show` is one of its filters, `age` a class of the ageing table."""
    return (
        tenant_url("invoices:list")
        + "?"
        + urlencode({"show": show, **({"age": age} if age else {})})
    )


def invoice(public_id: UUID) -> str:
    return tenant_url("invoices:detail", public_id)


def client(public_id: UUID) -> str:
    return tenant_url("clients:detail", public_id)


def message(public_id: UUID) -> str:
    return tenant_url("clients:message", public_id)


def answer(public_id: UUID) -> str:
    return tenant_url("dunning:answer", public_id)


def call(client_id: UUID, message_id: UUID) -> str:
    return tenant_url("clients:call", client_id) + "?" + urlencode({"task": message_id})


def payments() -> str:
    return tenant_url("payments:list")


def payment(public_id: UUID) -> str:
    return tenant_url("payments:detail", public_id)


def undo_transfers(key: UUID) -> str:
    """Where payments recorded in one gesture are taken back."""
    return tenant_url("dunning:undo_transfers", key)


def dunning() -> str:
    return tenant_url("dunning:overview")


def approval(public_id: UUID) -> str:
    return tenant_url("dunning:approval", public_id)


def approvals() -> str:
    return tenant_url("dunning:approvals")


def plan(public_id: UUID) -> str:
    """An instalment plan."""
    return tenant_url("plans:detail", public_id)
