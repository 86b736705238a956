"""The files of a batch: read as the user said, and what was refused of them as a file."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from django.utils.translation import gettext

from invoices.importing.csv_reader import original_rows
from invoices.importing.findings import Unreadable
from invoices.importing.headings import Mapping
from invoices.importing.originals import is_archive, pdf_names
from invoices.importing.reader import read_file
from invoices.importing.records import ImportedInvoice, Notice, Refusal
from invoices.importing.understood import Understood
from invoices.models import ImportBatch, ImportFile
from tenants import files

_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.,\s]*$)")


@dataclass(slots=True)
class Pile:
    """What all files of a batch gave; the rest is by the position of the file.

    `pdfs` are names of originals, `seen` is what each file was taken for.
    """

    invoices: list[ImportedInvoice] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    pdfs: dict[int, list[str]] = field(default_factory=dict)
    seen: dict[int, Understood] = field(default_factory=dict)


def read_files(batch: ImportBatch, rows: Sequence[ImportFile]) -> Pile:
    """Read every file. It needs no transaction: a large workbook takes longer than one may idle."""
    pile = Pile()
    for row in rows:
        content = content_of(row)
        pile.seen[row.position] = (
            _read_archive(pile, row, content)
            if is_archive(content)
            else _read(pile, batch, row, content)
        )
    for invoice in pile.invoices:
        pile.notices += invoice.warnings
    return pile


def files_of(batch: ImportBatch) -> list[ImportFile]:
    """The files of a batch, in their order."""
    rows = ImportFile.objects.filter(batch=batch).select_related("file")
    return list(rows.order_by("position"))


def content_of(row: ImportFile) -> bytes:
    """What was uploaded."""
    assert row.file is not None, "files are not deleted while somebody works on them"  # noqa: S101
    return files.read_file(row.file)


def note_understood(batch: ImportBatch, pile: Pile) -> None:
    """Keep with each file what it was taken for."""
    for row in files_of(batch):
        row.understood = asdict(pile.seen[row.position])
        row.save(update_fields=["understood"])


def refused_lines(batch: ImportBatch, refusals: Sequence[Refusal]) -> bytes:
    """The refused lines as CSV: as they stand in their file, then line, column and reason.

    The columns are those of the file, so that what was corrected here can be imported.
    """
    by_file: dict[str, list[Refusal]] = defaultdict(list)
    for refusal in refusals:
        by_file[refusal.file].append(refusal)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    for row in files_of(batch):
        found = by_file.pop(row.name, [])
        if not found:
            continue
        headings = list(row.understood.get("headings", ()))
        lines = {each.line for each in found if each.line is not None}
        cells = original_rows(content_of(row), lines=lines) if headings else {}
        blank = [""] * len(headings)
        writer.writerow([*map(_harmless, headings), *_places()])
        for each in found:
            original = cells.get(each.line or 0, [])
            padded = [*original, *blank[len(original) :]]
            place = [row.name, each.line or "", each.column, each.reason.text(gettext)]
            writer.writerow([_harmless(str(cell)) for cell in [*padded, *place]])
    return text.getvalue().encode("utf-8-sig")


def _places() -> list[str]:
    return [
        gettext("In the file"),
        gettext("On line"),
        gettext("In the column"),
        gettext("Why it is refused"),
    ]


def _read(pile: Pile, batch: ImportBatch, row: ImportFile, content: bytes) -> Understood:
    said = row.mapping
    report = read_file(
        io.BytesIO(content),
        file=row.name,
        size=len(content),
        mapping=Mapping(
            positions=said.get("positions", {}),
            line=said.get("line", 0),
            date_order=said.get("date_order") or None,
            decimal_mark=said.get("decimal_mark") or None,
        ),
        default_currency=batch.currency,
        accept_doubts=batch.accept_doubts,
    )
    pile.invoices += report.invoices
    pile.refusals += report.refusals
    pile.notices += report.notices
    return report.understood or Understood()


def _read_archive(pile: Pile, row: ImportFile, content: bytes) -> Understood:
    try:
        pile.pdfs[row.position] = pdf_names(content)
    except Unreadable as stop:
        pile.refusals.append(Refusal(row.name, None, "", stop.reason))
    return Understood(kind="ZIP", lines=len(pile.pdfs.get(row.position, ())))


def _harmless(cell: str) -> str:
    """No cell that a spreadsheet would run as a formula; amounts and numbers stay as they are."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
