"""Where the figures and lines of Today lead: every figure is a link to the list behind it."""

from __future__ import annotations

from uuid import UUID

from tenants.links import tenant_url


def invoices(age: str = "") -> str:
    """The list of invoices; `age` is a bucket of the ageing table, `late`, or `open`."""
    return _with(tenant_url("invoices:list"), "age", age)


def invoice(public_id: UUID) -> str:
    return tenant_url("invoices:detail", public_id)


def client(public_id: UUID) -> str:
    return tenant_url("clients:detail", public_id)


def message(public_id: UUID) -> str:
    return tenant_url("clients:message", public_id)


def call(client_id: UUID, message_id: UUID) -> str:
    return _with(tenant_url("clients:call", client_id), "task", str(message_id))


def payments() -> str:
    return tenant_url("payments:list")


def payment(public_id: UUID) -> str:
    return tenant_url("payments:detail", public_id)


def dunning() -> str:
    return tenant_url("dunning:overview")


def approvals() -> str:
    return tenant_url("dunning:overview")


def _with(url: str, name: str, value: str) -> str:
    return f"{url}?{name}={value}" if value else url
