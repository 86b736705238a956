"""Tables as files: CSV for any program, XLSX for a spreadsheet, row by row in constant memory.

What others have written (names, references) never becomes a formula: a text that begins like one
is marked as text in CSV, and every cell of text says that it is one in XLSX.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any, Final

from django.http import FileResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

Value = str | Decimal | int | dt.date | None

FORMS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_LIKE_A_FORMULA: Final = re.compile(r"^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f]+")
_NARROWEST: Final = 14  # characters


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to take away: the name of the file without its ending, its heads, its rows."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Value]]


def as_file(sheet: Sheet, form: str, language: str) -> FileResponse:
    """The answer to a download. It is whole before its first byte is sent, or an error is.

    Dates and decimals of a CSV are those of the language (`fr`: 22/11/2026, 1200,50), its marks
    are semicolons, and it is UTF-8 with a mark so that spreadsheets see it.
    """

    def write(whole: IO[bytes]) -> str:
        if form == "csv":
            write_csv(whole, sheet, language)
        else:
            write_xlsx(whole, sheet)
        return f"{sheet.name}.{form}"

    return written(write, FORMS[form])


def written(write: Callable[[IO[bytes]], str], content_type: str) -> FileResponse:
    """The file that `write` makes and names, as a download; it is whole, or there is none."""
    whole = tempfile.TemporaryFile()  # noqa: SIM115 -- the answer closes it
    try:
        name = write(whole)
    except BaseException:
        whole.close()
        raise
    whole.seek(0)
    return FileResponse(whole, as_attachment=True, filename=name, content_type=content_type)


def write_csv(out: IO[bytes], sheet: Sheet, language: str) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_plain(head) for head in sheet.heads])
    writer.writerows([_spelled(value, language) for value in row] for row in sheet.rows)
    text.detach()


def write_xlsx(out: IO[bytes], sheet: Sheet) -> None:
    """Amounts are numbers, dates are dates, everything else is text."""
    book = Workbook(write_only=True)
    page = book.create_sheet(_UNPRINTABLE.sub(" ", sheet.name)[:31])
    page.freeze_panes = "A2"
    heads = [_cell(page, head) for head in sheet.heads]
    for index, head in enumerate(heads):
        head.font = Font(bold=True)
        page.column_dimensions[_letter(index)].width = max(_NARROWEST, len(head.value) + 4)
    page.append(heads)
    for row in sheet.rows:
        page.append([_cell(page, value) for value in row])
    book.save(out)


def _cell(page: Any, value: Value) -> Any:
    if isinstance(value, str):
        cell = WriteOnlyCell(page, value=_UNPRINTABLE.sub(" ", value))
        cell.data_type = "s"
        return cell
    cell = WriteOnlyCell(page, value=value)
    if isinstance(value, Decimal):
        cell.number_format = "#,##0.00"
    elif isinstance(value, dt.date):
        cell.number_format = "dd/mm/yyyy"
    return cell


def _letter(index: int) -> str:
    return chr(ord("A") + index)


def _spelled(value: Value, language: str) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}".replace(".", "," if language == "fr" else ".")
    if isinstance(value, dt.date):
        return value.strftime("%d/%m/%Y") if language == "fr" else value.isoformat()
    return "" if value is None else _plain(str(value))


def _plain(text: str) -> str:
    """Without what would break a line; an apostrophe before what a spreadsheet would compute."""
    text = _UNPRINTABLE.sub(" ", text)
    return f"'{text}" if _LIKE_A_FORMULA.match(text) else text
