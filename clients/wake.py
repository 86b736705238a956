"""Ringing the mail workers' bell after commit. A lost ring is healed by the sweep."""

from __future__ import annotations

from dataclasses import dataclass

from celery import current_app
from django.db import connection, transaction

from tenants.scope import current_tenant
from tenants.tasks import HEADER


@dataclass(frozen=True)
class _Ring:
    """One call of the mail task for one tenant; equal rings of a transaction are rung once."""

    tenant_id: int

    def __call__(self) -> None:
        current_app.send_task("clients.tasks.deliver_tenant", headers={HEADER: self.tenant_id})


def wake_mail() -> None:
    """Have the outbox of the current tenant delivered as soon as this transaction is committed."""
    ring = _Ring(current_tenant().pk)
    if not any(entry[1] == ring for entry in connection.run_on_commit):
        transaction.on_commit(ring, robust=True)
