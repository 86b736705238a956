"""Ringing the mail workers' bell after commit. A lost ring is healed by the sweep."""

from __future__ import annotations

from tenants.wake import wake


def wake_mail() -> None:
    """Have the outbox of the current tenant delivered as soon as this transaction is committed."""
    wake("clients.tasks.deliver_tenant")
