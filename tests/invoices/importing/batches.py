"""Imports of the browser, as services: files in, looked at, imported, undone."""

import io
import zipfile

from invoices.models import ImportBatch
from invoices.services.import_batches import (
    confirm_import,
    correct_import,
    start_import,
    undo_import,
)
from invoices.services.import_work import work_on
from tests.invoices.importing.imports import NOW, TODAY, table


def worked(batch, *, today=TODAY, now=NOW):
    """The batch after a worker has done what it waits for."""
    work_on(batch_id=batch.pk, today=today, now=now)
    return ImportBatch.objects.get(pk=batch.pk)


def read_in(user, *files, currency="EUR", client_kind="BUSINESS", now=NOW, language="en"):
    batch = start_import(
        files=files,
        currency=currency,
        client_kind=client_kind,
        language=language,
        user=user,
        now=now,
    )
    return worked(batch, now=now)


def book(*rows, name="book.csv"):
    return name, table(*rows).encode()


def read_book(user, *rows, **options):
    return read_in(user, book(*rows), **options)


def imported(user, *rows, partial=False, now=NOW, **options):
    batch = read_book(user, *rows, now=now, **options)
    return go(batch, user, partial=partial, now=now)


def go(batch, user, *, partial=False, now=NOW):
    return worked(confirm_import(batch=batch, partial=partial, user=user, now=now), now=now)


def corrected(batch, *, mappings=(), now=NOW, **changes):
    said = {
        "currency": batch.currency,
        "client_kind": batch.client_kind,
        "accept_doubts": batch.accept_doubts,
        **changes,
    }
    return worked(correct_import(batch=batch, mappings=dict(mappings), now=now, **said))


def undone(batch, user, *, now=NOW):
    return worked(undo_import(batch=batch, user=user, now=now), now=now)


def zipped(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", " ") + ".pdf", content)
    return packed.getvalue()
