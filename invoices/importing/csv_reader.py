"""Tables of invoices (CSV and XLSX) to imported invoices, line by line, refusing line by line."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import replace
from decimal import Decimal

from core.errors import gettext_noop as _
from invoices.importing.amounts import MarkEvidence, parse_amount
from invoices.importing.dates import OrderEvidence
from invoices.importing.findings import Findings, Unreadable, refused
from invoices.importing.headings import (
    Columns,
    Mapping,
    find_columns,
    heading_row,
    likely_headings,
    score,
    settle_vat_column,
)
from invoices.importing.identifiers import valid_currency
from invoices.importing.records import ImportedInvoice, ReadReport, Refusal, say
from invoices.importing.sheets import XlsxTable
from invoices.importing.table_clients import plain
from invoices.importing.table_rows import (
    AMOUNT_FIELDS,
    DATE_FIELDS,
    Formats,
    RowReader,
    is_empty,
)
from invoices.importing.tables import Cell, CsvTable, Row, Table, open_csv
from invoices.importing.understood import SAMPLE_ROWS, Understood

ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_TOTAL_WORDS = ("total", "totaux", "sous total", "subtotal", "grand total", "somme", "sum")


def read_table(
    content: bytes, *, file: str, mapping: Mapping | None = None, default_currency: str = ""
) -> ReadReport:
    """Read a CSV or XLSX file. Every refused line says its number, column and reason.

    `default_currency` (ISO 4217) holds where neither mapping, column, heading nor sign names one.
    A contradiction about the whole file (dates, decimal marks, missing columns) refuses it whole.
    """
    findings, seen = Findings(file), Understood()
    try:
        table = _open(content)
        _note_sheets(table, findings)
        _look(table, mapping, seen)
        columns = find_columns(table, mapping)
        seen.positions = columns.positions
        formats = _prove(table, columns, mapping or Mapping(), default_currency, seen)
        reader = RowReader(file, hashlib.sha256(content).hexdigest(), columns, formats)
        invoices = tuple(_read_rows(table, reader, findings))
    except Unreadable as stop:
        return replace(refused(file, stop), understood=seen)
    if not invoices and not findings.refusals:
        reason = say(_("The table has headings and no invoices."))
        return replace(refused(file, Unreadable(reason)), understood=seen)
    return ReadReport(invoices, tuple(findings.refusals), tuple(findings.notices), seen)


def original_rows(content: bytes, *, lines: Collection[int]) -> dict[int, list[str]]:
    """The cells of some lines of a table as they stand there, by line; none of what is no table."""
    try:
        table = _open(content)
        return {
            line: [str(cell) for cell in cells] for line, cells in table.rows() if line in lines
        }
    except Unreadable:
        return {}


def _look(table: Table, mapping: Mapping | None, seen: Understood) -> None:
    """Note what the table is, its headings and its first rows, whatever becomes of them."""
    if isinstance(table, CsvTable):
        seen.kind, seen.encoding, seen.separator = "CSV", table.encoding, table.separator
    else:
        seen.kind = "XLSX"
    seen.line, headings = heading_row(table, mapping)
    if not headings:
        seen.line, headings = likely_headings(table)
    seen.headings = tuple(headings)
    for line, cells in table.rows():
        if line > seen.line:
            seen.sample.append([str(cell) for cell in cells])
        if len(seen.sample) == SAMPLE_ROWS:
            break


def _open(content: bytes) -> Table:
    if content.startswith(ZIP):
        return XlsxTable(content)
    if content.startswith(_OLD_OFFICE):
        raise Unreadable(say(_("This is an old Excel file. Save it as .xlsx or CSV.")))
    return open_csv(content, score)


def _note_sheets(table: Table, findings: Findings) -> None:
    if table.left_out:
        findings.note(
            say(
                _("Only the first sheet was read. Left out: %(sheets)s."),
                sheets=", ".join(table.left_out),
            )
        )


def _prove(
    table: Table, columns: Columns, mapping: Mapping, default_currency: str, seen: Understood
) -> Formats:
    """Read the whole table once to learn how it writes dates and amounts."""
    order = OrderEvidence()
    marks = {name: MarkEvidence() for name in AMOUNT_FIELDS if name in columns.positions}
    dates = [name for name in DATE_FIELDS if name in columns.positions]
    for count, (line, cells) in enumerate(_body(table, columns)):
        if count == 0 and settle_vat_column(columns, cells):
            marks.pop("total_vat")
        for name, evidence in marks.items():
            evidence.see(_at(columns, cells, name), line)
        for name in dates:
            order.see(_at(columns, cells, name), line)
        order.see_pair(_at(columns, cells, "issued_on"), _at(columns, cells, "due_on"))
        seen.lines = count + 1
    currency = mapping.currency or default_currency
    seen.date_order = mapping.date_order or order.order(headings_are_french=columns.are_french)
    seen.marks = _marks(marks, columns, mapping.decimal_mark)
    return Formats(
        date_order=seen.date_order,
        marks=seen.marks,
        currency=valid_currency(currency) if currency else "",
        keep_open=mapping.keep_open,
    )


def _marks(evidence: dict[str, MarkEvidence], columns: Columns, said: str | None) -> dict[str, str]:
    """Return the mark of each column: said, proved by the column, or by the other columns."""
    if said:
        return dict.fromkeys(evidence, said)
    proved: dict[str, str | None] = {}
    for name, each in evidence.items():
        try:
            proved[name] = each.mark
        except Unreadable as stop:
            stop.column = columns.heading(name)
            raise
    others = {mark for mark in proved.values() if mark}
    marks = {}
    for name, each in evidence.items():
        mark = proved[name] or (next(iter(others)) if len(others) == 1 else None)
        if mark is None and each.unclear_at is not None:
            raise Unreadable(
                say(
                    _(
                        "“%(text)s” can be one unit with three decimals or thousands, and nothing "
                        "in the file tells which. Say which sign marks decimals."
                    ),
                    text=each.unclear,
                ),
                line=each.unclear_at,
                column=columns.heading(name),
            )
        marks[name] = mark or "."
    return marks


def _read_rows(table: Table, reader: RowReader, findings: Findings) -> Iterator[ImportedInvoice]:
    total = Decimal(0)
    columns = reader.columns
    for line, cells in _body(table, columns):
        if _is_total(cells, columns):
            _note_total(line, cells, total, reader, findings)
            continue
        try:
            _check_width(cells, columns)
            invoice = reader.read(line, cells)
        except Unreadable as stop:
            heading = columns.heading(stop.column) or stop.column
            findings.refusals.append(Refusal(findings.file, line, heading, stop.reason))
            continue
        total += invoice.total_gross
        yield invoice


def _body(table: Table, columns: Columns) -> Iterator[Row]:
    """Yield the rows below the headings, without the headings that page breaks repeat."""
    headings = list(columns.headings)
    for line, cells in table.rows():
        if line > columns.line and cells != headings:
            yield line, cells


def _at(columns: Columns, cells: list[Cell], name: str) -> Cell:
    position = columns.positions.get(name)
    return "" if position is None or position >= len(cells) else cells[position]


def _check_width(cells: list[Cell], columns: Columns) -> None:
    surplus = [cell for cell in cells[len(columns.headings) :] if not is_empty(cell)]
    if surplus:
        raise Unreadable(
            say(
                _(
                    "The line has %(cells)s cells and the headings are %(headings)s: a text that "
                    "contains the separator must stand in quotation marks."
                ),
                cells=len(cells),
                headings=len(columns.headings),
            )
        )


def _is_total(cells: list[Cell], columns: Columns) -> bool:
    """Tell a line of totals: one of its texts says so, and it has no date of its own."""
    if not is_empty(_at(columns, cells, "issued_on")):
        return False
    texts = (plain(cell) for cell in cells if isinstance(cell, str) and cell)
    return any(text.startswith(_TOTAL_WORDS) for text in texts)


def _note_total(
    line: int, cells: list[Cell], total: Decimal, reader: RowReader, findings: Findings
) -> None:
    name = "total_gross"
    cell = _at(reader.columns, cells, name)
    try:
        stated = parse_amount(cell, reader.formats.marks.get(name, "."))
    except Unreadable:
        stated = None
    heading = reader.columns.heading(name)
    if stated is None or stated == total:
        findings.note(say(_("The line of totals was left out.")), line=line, column=heading)
        return
    findings.note(
        say(
            _(
                "The line of totals was left out. It says %(stated)s; the lines above that were "
                "taken add up to %(total)s."
            ),
            stated=stated,
            total=total,
        ),
        line=line,
        column=heading,
    )
