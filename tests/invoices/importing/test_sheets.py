"""XLSX workbooks: typed cells, several sheets, and bombs."""

import datetime as dt
import io
import shutil
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart

from invoices.importing.csv_reader import read_table
from tests.invoices.importing.documents import repacked, xlsx

HEAD = ["Facture", "Client", "SIRET", "Date", "Échéance", "Montant TTC", "Litige"]
SIRET = 73282932000074
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def read(content):
    return read_table(content, file="book.xlsx", default_currency="EUR")


def reasons(content):
    report = read(content)
    assert report.invoices == ()
    return [str(each.reason) for each in report.refusals]


def test_numbers_dates_and_truths_are_read_as_what_they_are():
    row = [
        1001,
        "Cliente",
        SIRET,
        dt.datetime.fromisoformat("2026-09-01T08:00"),
        dt.date(2026, 10, 1),
        0.1 + 0.2,
        True,
    ]

    (invoice,) = read(xlsx([HEAD, [None] * 7, row])).invoices

    assert (invoice.number, invoice.line) == ("1001", 3)
    assert (invoice.buyer.siret, invoice.buyer.siren) == (str(SIRET), "732829320")
    assert (invoice.issued_on, invoice.due_on) == (dt.date(2026, 9, 1), dt.date(2026, 10, 1))
    assert (invoice.total_gross, invoice.is_disputed) == (Decimal("0.30"), True)


def test_text_in_cells_is_read_as_in_a_csv():
    row = ["F1", "Cliente", "", "01/09/2026", 46296, "1 200,50 €", "non"]

    (invoice,) = read(xlsx([HEAD, row])).invoices

    assert (invoice.issued_on, invoice.due_on) == (dt.date(2026, 9, 1), dt.date(2026, 10, 1))
    assert (invoice.total_gross, invoice.is_disputed) == (Decimal("1200.50"), False)


def test_the_sheets_that_are_not_read_are_named():
    row = ["F1", "Cliente", "", "2026-09-01", "2026-10-01", 12, ""]

    report = read(xlsx([HEAD, row], [["a"]], [["b"]]))

    assert [each.number for each in report.invoices] == ["F1"]
    assert [str(each.reason) for each in report.notices] == [
        "Only the first sheet was read. Left out: Feuille 2, Feuille 3."
    ]


def test_a_broken_workbook_is_refused():
    book = xlsx([HEAD])

    assert reasons(book[: len(book) // 2]) == ["The workbook is broken and cannot be opened."]
    assert reasons(repacked(book, SHEET, b"<broken")) == [
        "The workbook is broken and cannot be opened (ParseError)."
    ]


def test_another_archive_is_no_workbook(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "word.xml").write_text("<a/>")
    path = shutil.make_archive(str(tmp_path / "out"), "zip", tmp_path / "in")

    assert reasons(Path(path).read_bytes()) == ["This archive is not an XLSX workbook."]


@pytest.mark.parametrize("size", [2_000_000, 120_000_000])
def test_a_bomb_is_refused_before_it_is_unpacked(size):
    content = repacked(xlsx([HEAD]), SHEET, b"\0" * size)

    assert len(content) < 300_000
    assert reasons(content) == ["The workbook unpacks to far more than a table of invoices needs."]


def test_entities_in_a_sheet_are_refused():
    sheet = (
        f'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet xmlns="{MAIN}">'
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData>'
        "</worksheet>"
    )

    (reason,) = reasons(repacked(xlsx([HEAD]), SHEET, sheet.encode()))

    assert reason.startswith("The workbook is broken and cannot be opened (")


def test_a_row_number_that_lies_ends_soon():
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="2000000000"><c r="A2000000000"><v>1</v></c>'
        "</row></sheetData></worksheet>"
    )

    assert reasons(repacked(xlsx([HEAD]), SHEET, sheet.encode())) == [
        "The sheet has too many cells. Split it."
    ]


def test_a_workbook_of_hidden_sheets_is_refused():
    book = openpyxl.load_workbook(io.BytesIO(xlsx([HEAD])))
    book.create_chartsheet("Graphique").add_chart(BarChart())
    book.worksheets[0].sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)

    assert reasons(target.getvalue()) == ["The workbook has no sheet to read."]


def test_cells_that_spreadsheets_could_not_compute_are_empty_or_refused():
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Facture'
        '</t></is></c><c r="B1" t="inlineStr"><is><t>Client</t></is></c><c r="C1" t="inlineStr">'
        '<is><t>Date</t></is></c><c r="D1" t="inlineStr"><is><t>Montant</t></is></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="str"><v>Cliente</v></c><c r="C2">'
        '<v>46266</v></c><c r="D2" t="e"><v>#REF!</v></c></row></sheetData></worksheet>'
    )

    assert reasons(repacked(xlsx([HEAD]), SHEET, sheet.encode())) == ["“#REF!” is not an amount."]
