"""What the user asks of an import: read these files, read them otherwise, import, undo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from django.db.models import Q

from clients.models import Client
from core.errors import DomainError
from core.errors import gettext_noop as _
from core.money import currency as known_currency
from invoices.importing.limits import MAX_FILES
from invoices.importing.originals import is_archive
from invoices.models import ImportBatch, ImportFile
from tenants.files import store_file
from tenants.models import User
from tenants.scope import tenant_atomic
from tenants.wake import wake

State = ImportBatch.State
UNDO_WITHIN = dt.timedelta(hours=24)
WORK = "invoices.import_tasks.work_on_import"
_PATIENCE = dt.timedelta(seconds=30)  # before a sweep rings again for what nobody has begun
_LONG = dt.timedelta(minutes=10)  # and for what somebody began, and perhaps did not survive
WAITING = (State.READING, State.IMPORTING, State.UNDOING)


class CannotImport(DomainError):
    """The import cannot do what is asked of it now."""


@tenant_atomic()
def start_import(
    *,
    files: Sequence[tuple[str, bytes]],
    currency: str,
    client_kind: str,
    language: str,
    user: User,
    now: dt.datetime,
) -> ImportBatch:
    """Keep the files and have them read. `currency` (ISO 4217) holds where a table names none.

    Raises:
        CannotImport: no file, or too many.
        UnknownCurrency: it is none that invoices may bear here.
    """
    if not files:
        raise CannotImport(_("Choose at least one file."))
    if len(files) > MAX_FILES:
        raise CannotImport(
            _("At most %(limit)s files at a time: put PDFs into a ZIP."), limit=MAX_FILES
        )
    batch = ImportBatch.objects.create(
        asked_at=now,
        created_at=now,
        created_by=user,
        language=language,
        currency=known_currency(currency).code,
        client_kind=Client.Kind(client_kind),
    )
    for position, (name, content) in enumerate(files):
        plain = PurePosixPath(name.replace("\\", "/")).name[:200] or "-"
        stored = store_file(content=content, name=plain, media_type=_media_type(content))
        ImportFile.objects.create(batch=batch, file=stored, name=plain, position=position)
    wake(WORK, batch_id=batch.pk)
    return batch


@tenant_atomic()
def correct_import(
    *,
    batch: ImportBatch,
    mappings: Mapping[int, Mapping[str, Any]],
    currency: str,
    client_kind: str,
    accept_doubts: bool,
    now: dt.datetime,
) -> ImportBatch:
    """Have the same files read again as the user says; `mappings` by the files' position.

    Raises:
        CannotImport: it is imported already, being worked on, or its files are deleted.
    """
    held = _held(batch)
    if held.state != State.READ:
        raise CannotImport(_("These files are imported already. To correct them, undo it first."))
    _check_files(held)
    for row in ImportFile.objects.filter(batch=held, position__in=mappings):
        row.mapping = dict(mappings[row.position])
        row.save(update_fields=["mapping"])
    held.currency = known_currency(currency).code
    held.client_kind = Client.Kind(client_kind)
    held.accept_doubts, held.counts = accept_doubts, {}
    return _ask(held, State.READING, now)


@tenant_atomic()
def confirm_import(
    *, batch: ImportBatch, partial: bool, user: User, now: dt.datetime
) -> ImportBatch:
    """Have what was looked at imported; `partial` leaves the refused lines out. Twice is once.

    Raises:
        CannotImport: it is being read again, lines are refused, nothing is left to import, or
            its files are deleted.
    """
    held = _held(batch)
    if held.state in {State.IMPORTING, State.IMPORTED}:
        return held
    if held.state != State.READ:
        raise CannotImport(_("These files are being read again: look at them first."))
    _check_files(held)
    if held.counts.get("refused") and not partial:
        raise CannotImport(_("Some lines are refused: import the good ones, or correct the file."))
    if not held.counts.get("taken"):
        raise CannotImport(_("There is nothing to import in these files."))
    held.is_partial, held.imported_by = partial, user
    return _ask(held, State.IMPORTING, now)


@tenant_atomic()
def undo_import(*, batch: ImportBatch, user: User, now: dt.datetime) -> ImportBatch:
    """Have an import taken back, within 24 hours. Twice is once.

    Raises:
        CannotImport: it is not imported, or for too long.
    """
    held = _held(batch)
    if held.state in {State.UNDOING, State.UNDONE}:
        return held
    if not can_be_undone(held, now):
        raise CannotImport(_("An import can be undone for 24 hours, and this one cannot any more."))
    held.undone_by = user
    return _ask(held, State.UNDOING, now)


def can_be_undone(batch: ImportBatch, now: dt.datetime) -> bool:
    return (
        batch.state == State.IMPORTED
        and batch.imported_at is not None
        and now < batch.imported_at + UNDO_WITHIN
    )


def waiting_imports(*, now: dt.datetime) -> list[int]:
    """Batches that have waited for a while, whoever was to work on them."""
    unheard = Q(tries=0, asked_at__lt=now - _PATIENCE)
    rows = ImportBatch.objects.filter(unheard | Q(asked_at__lt=now - _LONG), state__in=WAITING)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _held(batch: ImportBatch) -> ImportBatch:
    """The row as it is now, locked; a worker that holds it is not waited for."""
    rows = ImportBatch.objects.select_for_update(skip_locked=True)
    held = rows.filter(pk=batch.pk).first()
    if held is None:
        raise CannotImport(_("These files are being worked on: wait a moment."))
    return held


def _check_files(batch: ImportBatch) -> None:
    if are_files_gone(batch):
        raise CannotImport(_("These files were deleted because of their age. Send them again."))


def are_files_gone(batch: ImportBatch) -> bool:
    """Whether the files were deleted because nothing was done with them for so long."""
    return ImportFile.objects.filter(batch=batch, file=None).exists()


def _ask(batch: ImportBatch, state: str, now: dt.datetime) -> ImportBatch:
    batch.state, batch.asked_at = state, now
    batch.tries, batch.trouble = 0, ""
    batch.save()
    wake(WORK, batch_id=batch.pk)
    return batch


def _media_type(content: bytes) -> str:
    """By the first bytes: only a PDF is ever shown to anybody as what it is."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    return "application/zip" if is_archive(content) else "application/octet-stream"
