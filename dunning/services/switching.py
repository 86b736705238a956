"""The red switch of one client or one invoice; the tenant's own is in `tenants.services`."""

from __future__ import annotations

import datetime as dt

from clients.models import Client
from dunning.cases import decide_clients_anew
from invoices.ledger import lock_client
from invoices.models import Invoice
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic


@tenant_atomic()
def stop_client(*, client: Client, user: User | None, today: dt.date, now: dt.datetime) -> None:
    """Hold everything for one client, including what already waits to leave."""
    _switch(Client, client.pk, client.pk, now, act="stop", user=user, today=today, now=now)


@tenant_atomic()
def wake_client(*, client: Client, user: User | None, today: dt.date, now: dt.datetime) -> None:
    _switch(Client, client.pk, client.pk, None, act="resume", user=user, today=today, now=now)


@tenant_atomic()
def stop_invoice(*, invoice: Invoice, user: User | None, today: dt.date, now: dt.datetime) -> None:
    """Hold everything about one invoice."""
    _switch(
        Invoice, invoice.pk, invoice.client_id, now, act="stop", user=user, today=today, now=now
    )


@tenant_atomic()
def wake_invoice(*, invoice: Invoice, user: User | None, today: dt.date, now: dt.datetime) -> None:
    _switch(
        Invoice, invoice.pk, invoice.client_id, None, act="resume", user=user, today=today, now=now
    )


def _switch(
    model: type[Client | Invoice],
    pk: int,
    client_id: int,
    stopped_at: dt.datetime | None,
    *,
    act: str,
    user: User | None,
    today: dt.date,
    now: dt.datetime,
) -> None:
    lock_client(client_id)
    row = model.objects.select_for_update().get(pk=pk)
    if (row.stopped_at is None) == (stopped_at is None):
        return
    row.stopped_at = stopped_at
    row.save(update_fields=["stopped_at"])
    record(act=act, subject=row, user=user, at=now)
    decide_clients_anew([client_id], today=today)
