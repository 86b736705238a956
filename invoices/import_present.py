"""Imports as pages show them: what was understood, in words, and what it would do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from invoices.import_forms import FIELD_WORDS, MARKS, MOST_COLUMNS, ORDERS
from invoices.models import ImportBatch, ImportFile, Receivable
from invoices.present import money, shown_day
from invoices.services.import_work import progress_of
from tenants import clock
from tenants.links import tenant_url

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State = ImportBatch.State
_CHIPS = {
    State.READING: ("PAYMENT_PENDING", State.READING.label),
    State.READ: ("DRAFT", State.READ.label),
    State.IMPORTING: ("PAYMENT_PENDING", State.IMPORTING.label),
    State.IMPORTED: ("PAID", State.IMPORTED.label),
    State.UNDOING: ("PAYMENT_PENDING", State.UNDOING.label),
    State.UNDONE: ("CANCELLED", State.UNDONE.label),
}
_ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
_SEPARATORS: dict[str, StrOrPromise] = {
    ";": gettext_lazy("columns parted by semicolons"),
    ",": gettext_lazy("columns parted by commas"),
    "\t": gettext_lazy("columns parted by tabs"),
    "|": gettext_lazy("columns parted by bars"),
}
_DATES: dict[str, StrOrPromise] = {
    "DMY": gettext_lazy("dates as day/month"),
    "MDY": gettext_lazy("dates as month/day"),
}
_AMOUNTS: dict[str, StrOrPromise] = {
    ",": gettext_lazy("amounts with a comma"),
    ".": gettext_lazy("amounts with a point"),
}
_WORKING: dict[str, StrOrPromise] = {
    State.READING: gettext_lazy("Your files are being read."),
    State.IMPORTING: gettext_lazy("Your invoices are being imported. It is all or nothing: until "
                                  "the last line is written, nothing is changed."),
    State.UNDOING: gettext_lazy("The import is being undone."),
}  # fmt: skip


def batch_rows(batches: Iterable[ImportBatch]) -> list[dict[str, Any]]:
    """The last imports, for a list."""
    return [
        {
            "url": tenant_url("invoices:import_batch", batch.public_id),
            "when": _moment(batch.created_at),
            "chip": _CHIPS[State(batch.state)],
            "what": ngettext("%(count)s invoice", "%(count)s invoices", count) % {"count": count},
        }
        for batch in batches
        for count in [batch.counts.get("taken", 0)]
    ]


def shown_batch(batch: ImportBatch, now: dt.datetime) -> dict[str, Any]:
    """Everything that the page of an import says, whatever its state."""
    counts = batch.counts
    files = list(ImportFile.objects.filter(batch=batch).order_by("position"))
    return {
        "chip": _CHIPS[State(batch.state)],
        "is_working": batch.state in _WORKING,
        "working": _WORKING.get(batch.state, ""),
        "progress": progress_of(batch) if batch.state == State.IMPORTING else None,
        "is_late": now - batch.asked_at > dt.timedelta(minutes=3),
        "figures": _figures(counts) if counts else [],
        "words": _import_words(counts) if counts else "",
        "good_words": _good_words(counts) if counts else "",
        "files": [_file(row) for row in files],
        "are_files_gone": any(row.file_id is None for row in files),
        "more_refused": max(0, counts.get("refused", 0) - len(batch.refusals)),
        "more_notices": max(0, counts.get("notices", 0) - len(batch.notices)),
        "more_left": max(0, counts.get("left", 0) - len(batch.left)),
        "when": _moment(batch.imported_at or batch.created_at),
        "who": batch.imported_by or batch.created_by,
    }


def missing_rows(rows: Iterable[Receivable], today: dt.date) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row.public_id),
            "number": str(row.invoice),
            "url": tenant_url("invoices:detail", row.invoice.public_id),
            "client": row.client.name,
            "due_on": shown_day(row.due_on),
            "is_late": row.due_on < today,
            "balance": money(row.balance, row.currency),
        }
        for row in rows
    ]


def _figures(counts: dict[str, Any]) -> list[dict[str, Any]]:
    owed = [money(Decimal(amount), code) for code, amount in counts.get("remaining", {}).items()]
    known, unchanged, ours = (
        counts.get(name, 0) for name in ("clients_known", "unchanged", "issued_here")
    )
    updated = [
        ngettext("%(count)s updated", "%(count)s updated", counts.get("updated", 0))
        % {"count": counts.get("updated", 0)},
        ngettext("%(count)s unchanged", "%(count)s unchanged", unchanged) % {"count": unchanged},
    ]
    if ours:
        updated.append(ngettext("%(count)s issued here", "%(count)s issued here", ours)
                       % {"count": ours})  # fmt: skip
    late = counts.get("late", 0)
    return [
        {"label": _("Still due"), "value": " + ".join(owed) or "–", "note": ngettext(
            "of it %(count)s late invoice", "of it %(count)s late invoices", late)
            % {"count": late}},
        {"label": _("New invoices"), "value": counts.get("created", 0), "note": ", ".join(updated)},
        {"label": _("New clients"), "value": counts.get("clients_new", 0), "note": ngettext(
            "%(count)s known already", "%(count)s known already", known) % {"count": known}},
        {"label": _("Refused lines"), "value": counts.get("refused", 0), "note": "",
         "is_bad": bool(counts.get("refused"))},
    ]  # fmt: skip


def _import_words(counts: dict[str, Any]) -> str:
    clients = counts.get("clients_new", 0) + counts.get("clients_known", 0)
    invoices = ngettext("Import %(count)s invoice", "Import %(count)s invoices", counts["taken"])
    of = ngettext("of %(count)s client", "of %(count)s clients", clients)
    return f"{invoices % {'count': counts['taken']}} {of % {'count': clients}}"


def _good_words(counts: dict[str, Any]) -> str:
    return ngettext("Import the good one", "Import the %(count)s good ones", counts["taken"]) % {
        "count": counts["taken"]
    }


def _file(row: ImportFile) -> dict[str, Any]:
    seen = row.understood
    headings = seen.get("headings", ())
    return {
        "name": row.name,
        "words": _understood(seen),
        "stem": f"f{row.position}",
        "columns": _columns(row) if headings else [],
        "left_out": max(0, len(headings) - MOST_COLUMNS),
        "orders": _choices(ORDERS, row.mapping.get("date_order", "")),
        "marks": _choices(MARKS, row.mapping.get("decimal_mark", "")),
    }


def _choices(choices: Iterable[tuple[str, Any]], said: str) -> list[tuple[str, Any, bool]]:
    return [(value, label, value == said) for value, label in choices]


def _columns(row: ImportFile) -> list[dict[str, Any]]:
    seen = row.understood
    positions = row.mapping.get("positions") or seen.get("positions", {})
    fields = {position: name for name, position in positions.items()}
    return [
        {
            "name": f"f{row.position}-c{column}",
            "heading": heading or _("Column %(number)s") % {"number": column + 1},
            "sample": [line[column] for line in seen["sample"] if column < len(line)],
            "fields": [(key, word, fields.get(column) == key) for key, word in FIELD_WORDS.items()],
        }
        for column, heading in enumerate(seen["headings"][:MOST_COLUMNS])
    ]


def _understood(seen: dict[str, Any]) -> str:
    """“Excel, 412 lines, dates as day/month, amounts with a comma”."""
    kind = seen.get("kind", "")
    if kind in {"FACTURX", "CII"}:
        return _("Factur-X invoice") if kind == "FACTURX" else _("Electronic invoice (CII)")
    lines = seen.get("lines", 0)
    if kind == "ZIP":
        return ngettext("ZIP with %(count)s PDF", "ZIP with %(count)s PDFs", lines) % {
            "count": lines
        }
    if not kind:
        return _("Nothing that could be read")
    words: list[StrOrPromise] = ["Excel" if kind == "XLSX" else "CSV"]
    if kind == "CSV":
        words += [_ENCODINGS.get(seen["encoding"], ""), _SEPARATORS.get(seen["separator"], "")]
    if lines:
        words.append(ngettext("%(count)s line", "%(count)s lines", lines) % {"count": lines})
    words.append(_DATES.get(seen.get("date_order", ""), ""))
    marks = seen.get("marks", {})
    mark = marks.get("total_gross") or marks.get("balance") or ""
    words.append(_AMOUNTS.get(mark, "") if kind == "CSV" else "")
    return ", ".join(str(word) for word in words if word)


def _moment(moment: dt.datetime) -> str:
    return date_format(clock.local(moment), "SHORT_DATETIME_FORMAT")
