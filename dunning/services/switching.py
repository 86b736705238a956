"""The red switch of one invoice; a client's is in `clients.services`, the tenant's in its own."""

from __future__ import annotations

import datetime as dt

from dunning.cases import decide_clients_anew
from invoices.ledger import lock_client
from invoices.models import Invoice
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic


@tenant_atomic()
def stop_invoice(*, invoice: Invoice, user: User | None, today: dt.date, now: dt.datetime) -> None:
    """Hold everything about one invoice. Stopping twice is stopping once."""
    _switch(invoice, now, act="stop", user=user, today=today, now=now)


@tenant_atomic()
def wake_invoice(*, invoice: Invoice, user: User | None, today: dt.date, now: dt.datetime) -> None:
    """Let go of what is held; each step is decided afresh."""
    _switch(invoice, None, act="resume", user=user, today=today, now=now)


def _switch(
    invoice: Invoice,
    stopped_at: dt.datetime | None,
    *,
    act: str,
    user: User | None,
    today: dt.date,
    now: dt.datetime,
) -> None:
    lock_client(invoice.client_id)
    row = Invoice.objects.select_for_update().get(pk=invoice.pk)
    if (row.stopped_at is None) == (stopped_at is None):
        return
    row.stopped_at = stopped_at
    row.save(update_fields=["stopped_at"])
    record(act=act, subject=row, user=user, at=now)
    decide_clients_anew([row.client_id], today=today)
