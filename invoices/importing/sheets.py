"""Opens the first sheet of an XLSX workbook as rows, guarded against bombs."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal

import openpyxl

from core.errors import gettext_noop as _
from invoices.importing.findings import Unreadable
from invoices.importing.limits import (
    MAX_SHEET_BYTES,
    MAX_SHEET_CELLS,
    MAX_SHEET_LINES,
    MAX_SHEET_PARTS,
    MEGABYTE,
)
from invoices.importing.records import say
from invoices.importing.tables import Cell, Row, check_size

_MOST_RATIO = 200  # text of a table packs 5 to 30 times


class XlsxTable:
    """The first visible sheet. Amounts come as Decimal, dates as date, the rest as text."""

    def __init__(self, content: bytes) -> None:
        """Read the sheet once: unpacking it costs twenty times what a row costs to keep."""
        _check_zip(content)
        self.left_out: tuple[str, ...] = ()
        try:
            self._kept = list(self._rows(content))
        except Unreadable:
            raise
        except Exception as error:
            raise Unreadable(
                say(
                    _("The workbook is broken and cannot be opened (%(fault)s)."),
                    fault=type(error).__name__,
                )
            ) from error

    def rows(self) -> Iterator[Row]:
        """Yield every row that is not blank."""
        return iter(self._kept)

    def _rows(self, content: bytes) -> Iterator[Row]:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            if not visible:
                raise Unreadable(say(_("The workbook has no sheet to read.")))
            self.left_out = tuple(sheet.title for sheet in visible[1:])
            visible[0].reset_dimensions()  # what the file claims about its size is not trusted
            yield from _filled(visible[0].iter_rows(values_only=True))
        finally:
            book.close()


def _filled(rows: Iterable[Iterable[object]]) -> Iterator[Row]:
    count = kept = 0
    for line, values in enumerate(rows, start=1):
        cells = [_cell(value) for value in values]
        if line > MAX_SHEET_LINES or kept > MAX_SHEET_CELLS:
            raise Unreadable(say(_("The sheet has too many cells. Split it.")), line=line)
        if all(cell == "" for cell in cells):
            continue
        count += 1
        kept += len(cells)
        check_size(line, count, len(cells))
        yield line, cells


def _cell(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.date() if isinstance(value, dt.datetime) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return Decimal(repr(value)) if value == value else ""  # noqa: PLR0124 -- not a number
    return str(value).strip()


def _check_zip(content: bytes) -> None:
    """Refuse an archive that unpacks to far more than a table, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise Unreadable(say(_("The workbook is broken and cannot be opened."))) from None
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Unreadable(say(_("This archive is not an XLSX workbook.")))
    size = sum(part.file_size for part in parts)
    bombs = any(
        part.file_size > MEGABYTE and part.file_size > _MOST_RATIO * max(part.compress_size, 1)
        for part in parts
    )
    if size > MAX_SHEET_BYTES or len(parts) > MAX_SHEET_PARTS or bombs:
        raise Unreadable(say(_("The workbook unpacks to far more than a table of invoices needs.")))
