"""Invoices of earlier imports that a new book does not list any more: paid elsewhere?"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet

from clients.models import Client
from core.errors import gettext_noop as _
from invoices import import_plugs
from invoices.models import ImportBatch, ImportLine, Invoice, Receivable
from invoices.services.import_batches import CannotImport
from tenants.models import User
from tenants.scope import tenant_atomic


def missing_from(batch: ImportBatch) -> QuerySet[Receivable]:
    """What is still open here of earlier imports and is not in this one.

    A book that lists nothing known is another book: then only its own clients are asked about.
    """
    mine = ImportLine.objects.filter(batch=batch)
    listed = ImportLine.objects.filter(invoice=OuterRef("invoice"), batch=batch)
    newer = ImportLine.objects.filter(
        invoice=OuterRef("invoice"), batch__gt=batch.pk, outcome=ImportLine.Outcome.CREATED
    )
    rows = Receivable.objects.filter(
        ~Exists(listed),
        ~Exists(newer),
        invoice__origin=Invoice.Origin.IMPORTED,
        invoice__state=Invoice.State.ISSUED,
        kind=Receivable.Kind.INSTALLMENT,
        replaced_by=None,
        balance__gt=0,
    )
    if batch.state != ImportBatch.State.IMPORTED:
        return rows.none()
    if not mine.exclude(outcome=ImportLine.Outcome.CREATED).exists():
        rows = rows.filter(client__in=mine.values("invoice__client"))
    return rows.order_by("due_on", "id")


@tenant_atomic()
def record_missing(
    *,
    batch: ImportBatch,
    receivables: Collection[uuid.UUID],
    means: str,
    received_on: dt.date,
    user: User,
    now: dt.datetime,
    key: uuid.UUID | None = None,
) -> list[Receivable]:
    """Note these as paid in full, one payment per client and currency; give what was settled.

    The payments share `key`, by which they are undone together.

    Raises:
        CannotImport: none of them is open and missing any more.
        CannotRecord: the day has not come.
    """
    wanted = missing_from(batch).filter(public_id__in=receivables)
    clients = set(wanted.values_list("client_id", flat=True))
    locked = Client.objects.select_for_update(no_key=True).filter(pk__in=clients).order_by("pk")
    len(locked.values_list("pk"))
    rows = list(wanted.filter(client__in=clients).select_related("invoice"))
    if not rows:
        raise CannotImport(_("Nothing was recorded: none of these is open any more."))
    import_plugs.receive(rows, import_plugs.Received(means, received_on, now, user, key))
    return rows
