"""What a worker does for an import: one transaction, from the first line to the last."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.core.cache import cache
from django.utils.formats import localize
from django.utils.translation import gettext, override

from core.errors import DomainError
from core.errors import gettext_noop as _
from invoices.importing.limits import MAX_LINES
from invoices.importing.records import Notice, Refusal
from invoices.models import ImportBatch, ImportFile
from invoices.services.import_batches import CannotImport
from invoices.services.import_files import (
    Pile,
    files_of,
    note_understood,
    read_files,
    refused_lines,
)
from invoices.services.import_originals import attach_originals, count_originals
from invoices.services.import_undo import take_back
from invoices.services.importing import ImportRefused, foresee_import, import_receivables
from tenants.files import store_file
from tenants.scope import tenant_atomic

logger = logging.getLogger(__name__)

State = ImportBatch.State
SHOWN = 50  # refusals and notices on the page; the file has all
_MOST_TRIES = 3
_BACK = {
    State.READING: State.READ,
    State.IMPORTING: State.READ,
    State.UNDOING: State.IMPORTED,
}
_FORESEEN = (
    "created", "updated", "unchanged", "issued_here", "clients_new", "clients_known", "late",
    "remaining",
)  # fmt: skip
_KEPT = 3600  # seconds that a progress is remembered
_FAILED = _("This took too long or failed on our side, and nothing was changed. Try it again.")


def work_on(*, batch_id: int, today: dt.date, now: dt.datetime) -> None:
    """Do what a batch waits for: all of it, or nothing and a sentence that says why.

    Somebody else who works on it is left alone. A try that killed its worker counts: after three
    nobody tries again.
    """
    claimed = _claim(batch_id, now)
    if claimed is None:
        return
    batch, rows = claimed
    try:
        with override(batch.language):
            pile = Pile() if batch.state == State.UNDOING else read_files(batch, rows)
            _check_length(pile)
            _write(batch, pile, today, now)
    except DomainError as error:
        _give_back(batch_id, error)
    except Exception:
        logger.exception("The import %s failed", batch_id)
        _give_back(batch_id, DomainError(_FAILED))


def progress_of(batch: ImportBatch) -> tuple[int, int] | None:
    """How many lines a worker has written, of how many; None before the first."""
    found: tuple[int, int] | None = cache.get(_key(batch))
    return found


def _claim(batch_id: int, now: dt.datetime) -> tuple[ImportBatch, list[ImportFile]] | None:
    """Count the try before it begins, in a transaction of its own."""
    with tenant_atomic():
        batch = _locked(batch_id)
        if batch is None or batch.state not in _BACK:
            return None
        batch.tries += 1
        batch.asked_at = now
        batch.save(update_fields=["tries", "asked_at"])
        if batch.tries <= _MOST_TRIES:
            return batch, files_of(batch)
    _give_back(batch_id, DomainError(_FAILED))
    return None


def _write(claimed: ImportBatch, pile: Pile, today: dt.date, now: dt.datetime) -> None:
    """All of it in one transaction, unless somebody else has done it meanwhile."""
    with tenant_atomic():
        batch = _locked(claimed.pk)
        if batch is None or batch.state != claimed.state:
            return
        _ACTS[State(batch.state)](batch, pile, today, now)
        batch.save()


def _locked(batch_id: int) -> ImportBatch | None:
    rows = ImportBatch.objects.select_for_update(skip_locked=True)
    return rows.filter(pk=batch_id).first()


def _give_back(batch_id: int, error: DomainError) -> None:
    with tenant_atomic():
        batch = _locked(batch_id)
        if batch is None or batch.state not in _BACK:
            return
        with override(batch.language):
            batch.trouble = error.text(gettext, localize)[:500]
        batch.state = _BACK[State(batch.state)]
        batch.save()


def _read(batch: ImportBatch, pile: Pile, today: dt.date, now: dt.datetime) -> None:
    note_understood(batch, pile)
    forecast = foresee_import(records=pile.invoices, refused=pile.refusals, today=today, now=now)
    refusals = forecast.refusals
    batch.counts = {
        **{name: getattr(forecast, name) for name in _FORESEEN},
        "taken": forecast.created + forecast.updated + forecast.unchanged,
        "refused": len(refusals),
        "doubts": sum(1 for each in refusals if each.is_doubt),
        "originals": count_originals(pile),
    }
    _note_found(batch, refusals, pile.notices)
    batch.state = State.READ


def _import(batch: ImportBatch, pile: Pile, today: dt.date, now: dt.datetime) -> None:
    note_understood(batch, pile)
    try:
        report = import_receivables(
            records=pile.invoices,
            refused=pile.refusals,
            partial=batch.is_partial,
            client_kind=batch.client_kind,
            today=today,
            now=now,
            user=batch.imported_by,
            batch=batch,
            progress=_teller(batch),
        )
    except ImportRefused as stop:
        raise CannotImport(
            _("%(count)s lines do not fit any more, because something changed here meanwhile. "
              "Read the files again."),
            count=len(stop.refusals),
        ) from stop  # fmt: skip
    batch.counts |= {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "issued_here": report.issued_here,
        "clients_new": report.clients_created,
        "taken": report.created + report.updated + report.unchanged,
        "refused": len(report.refusals),
        "attached": attach_originals(batch, pile),
    }
    _note_found(batch, report.refusals, [*pile.notices, *report.notices])
    batch.state, batch.imported_at = State.IMPORTED, now


def _undo(batch: ImportBatch, _pile: Pile, today: dt.date, now: dt.datetime) -> None:
    take_back(batch=batch, now=now)
    batch.state, batch.undone_at = State.UNDONE, now


_ACTS: dict[State, Callable[[ImportBatch, Pile, dt.date, dt.datetime], None]] = {
    State.READING: _read,
    State.IMPORTING: _import,
    State.UNDOING: _undo,
}


def _check_length(pile: Pile) -> None:
    lines = len(pile.invoices) + len(pile.refusals)
    if lines > MAX_LINES:
        raise CannotImport(
            _("These files have %(lines)s lines, and at most %(limit)s are taken at a time. Leave "
              "out what was paid long ago, or split them."),
            lines=lines,
            limit=MAX_LINES,
        )  # fmt: skip


def _note_found(batch: ImportBatch, refusals: Sequence[Refusal], notices: Sequence[Notice]) -> None:
    """The first on the row, for the page; all refused lines as a file."""
    batch.refusals = [_shown(each) for each in refusals[:SHOWN]]
    batch.notices = [_shown(each) for each in notices[:SHOWN]]
    batch.counts["notices"] = len(notices)
    batch.refused = None
    if refusals:
        batch.refused = store_file(
            content=refused_lines(batch, refusals),
            name=gettext("refused-lines.csv"),
            media_type="text/csv; charset=utf-8",
        )


def _shown(found: Refusal | Notice) -> dict[str, Any]:
    return {
        "file": found.file,
        "line": found.line,
        "column": found.column,
        "reason": found.reason.text(gettext, localize),
    }


def _teller(batch: ImportBatch) -> Callable[[int, int], None]:
    """Tells how far one has come beside the transaction, where others can read it."""

    def tell(done: int, total: int) -> None:
        try:
            cache.set(_key(batch), (done, total), _KEPT)
        except Exception:  # noqa: BLE001 -- comfort only: the import goes on without it
            logger.warning("The progress of an import could not be told")

    return tell


def _key(batch: ImportBatch) -> str:
    return f"import:{batch.public_id}"
