"""The files of old imports are deleted: they name people who may owe nothing any more."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from invoices.models import ImportBatch, ImportFile
from invoices.services.import_batches import WAITING
from tenants.audit import record
from tenants.files import delete_unused
from tenants.models import StoredFile
from tenants.scope import tenant_atomic


@tenant_atomic()
def delete_old_files(*, now: dt.datetime) -> int:
    """Delete what was uploaded, and the files of refused lines; returns of how many batches.

    Of batches with which nothing was done for `IMPORT_FILES_DAYS`. The batch stays with what it
    says of itself, and so does whatever else needs the same bytes, such as an original.
    """
    before = now - dt.timedelta(days=settings.IMPORT_FILES_DAYS)
    has_files = Exists(ImportFile.objects.filter(batch=OuterRef("pk"), file__isnull=False))
    old = (
        ImportBatch.objects.filter(has_files | Q(refused__isnull=False), asked_at__lt=before)
        .exclude(state__in=WAITING)
        .select_for_update(skip_locked=True, of=("self",))
    )
    batches = list(old)
    for batch in batches:
        _delete_files(batch, now)
    return len(batches)


def _delete_files(batch: ImportBatch, now: dt.datetime) -> None:
    rows = ImportFile.objects.filter(batch=batch)
    names = list(rows.order_by("position").values_list("name", flat=True))
    wanted = {*rows.values_list("file_id", flat=True), batch.refused_id} - {None}
    stored = list(StoredFile.objects.filter(pk__in=wanted))
    rows.update(file=None)
    batch.refused = None
    batch.save(update_fields=["refused"])
    for each in stored:
        delete_unused(each)
    record(act="delete_import_files", subject=batch, user=None, at=now, before={"files": names})
