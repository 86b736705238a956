"""Opens a CSV file as rows, whatever its encoding and its separator. Rows can be read twice."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Protocol

from core.errors import gettext_noop as _
from invoices.importing.findings import Unreadable
from invoices.importing.limits import MAX_COLUMNS, MAX_ROWS
from invoices.importing.records import say

Cell = str | Decimal | dt.date
Row = tuple[int, list[Cell]]  # the line in the file, and the cells

_SEPARATORS = (";", ",", "\t", "|")
_SAMPLE_ROWS = 30
_SAMPLE_CHARACTERS = 64 * 1024  # less than the longest cell that csv takes
_MOST_LINES_OF_A_ROW = 40
_SHARE_OF_NULS = 4  # UTF-16 of Latin text has every second byte zero


class Table(Protocol):
    """Rows with their line numbers; iterating again starts again."""

    left_out: tuple[str, ...]  # sheets of the same workbook that are not read

    def rows(self) -> Iterator[Row]: ...


class CsvTable:
    """A decoded CSV text with its separator."""

    def __init__(self, text: str, separator: str, encoding: str = "utf-8") -> None:
        self._text = text
        self.encoding = encoding
        self.left_out: tuple[str, ...] = ()
        self.separator = separator

    def rows(self) -> Iterator[Row]:
        """Yield every row that is not blank. Raises Unreadable on what no table contains."""
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=self.separator)
        line = 0
        count = 0
        while True:
            start = line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise _unclosed(start) from None
            line = reader.line_num
            if line - start > _MOST_LINES_OF_A_ROW:
                raise _unclosed(start)
            values: list[Cell] = [cell.strip() for cell in cells]
            if any(values) and not (start == 1 and cells[0].lower().startswith("sep=")):
                count += 1
                check_size(start, count, len(values))
                yield start, values


def open_csv(content: bytes, score: Callable[[list[str]], int]) -> CsvTable:
    """Decode and split a CSV file. `score` tells how many headings it recognises in a row."""
    text, encoding = decode(content)
    if "\x00" in text:
        raise Unreadable(say(_("This is not a text file.")))
    sample = text[:_SAMPLE_CHARACTERS]
    first = sample.partition("\n")[0].strip().lower()
    if first.startswith("sep=") and len(first) == len("sep=;"):
        return CsvTable(text, first[-1], encoding)
    separator = max(_SEPARATORS, key=lambda each: _fit(sample, each, score))
    return CsvTable(text, separator, encoding)


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file in UTF-8, UTF-16 or Windows-1252, with or without a mark; and which."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(content, "utf-16"), "utf-16"
    nuls = content[:4096].count(0)
    if nuls * _SHARE_OF_NULS > len(content[:4096]):
        return _decoded(content, "utf-16-be" if content[0] == 0 else "utf-16-le"), "utf-16"
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return _decoded(content, "cp1252"), "cp1252"


def check_size(line: int, rows: int, columns: int) -> None:
    """Refuse tables larger than any book of invoices."""
    if rows > MAX_ROWS:
        raise Unreadable(
            say(_("The table has more than %(limit)s lines. Split it."), limit=MAX_ROWS), line=line
        )
    if columns > MAX_COLUMNS:
        raise Unreadable(
            say(_("The table has more than %(limit)s columns."), limit=MAX_COLUMNS), line=line
        )


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            say(_("The letters of the file cannot be decoded. Save it as “CSV UTF-8”.")),
            line=content[: error.start].count(b"\n") + 1,
        ) from None


def _fit(sample: str, separator: str, score: Callable[[list[str]], int]) -> tuple[int, int]:
    """Return how well a separator fits: headings recognised, then rows of equal width."""
    best, widths = 0, []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
    for _number, cells in zip(range(_SAMPLE_ROWS), reader, strict=False):
        best = max(best, score(cells))
        widths.append(len(cells))
    wide = [width for width in widths if width > 1]
    return best, max((wide.count(width) for width in wide), default=0)


def _unclosed(line: int) -> Unreadable:
    return Unreadable(say(_("A quotation mark opened on this line is never closed.")), line=line)
