"""The way in: every kind of file goes to its reader, and size is looked at first."""

import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DomainError
from invoices.importing.reader import read_file
from invoices.importing.records import ImportedParty, ReadReport, say
from invoices.importing.verdicts import verdicts
from tests.invoices.importing.documents import pdf, xlsx, xml

CSV = "Facture;Client;Date;Montant TTC\nF1;Cliente;2026-09-01;1200,00 €\n".encode()
XLSX = xlsx([["Facture", "Client", "Date", "Montant (€)"], ["F1", "Cliente", "2026-09-01", 1200]])


class Upload(io.RawIOBase):
    """An endless upload that counts what is taken from it."""

    taken = 0

    def read(self, size=-1):
        self.taken += size
        return b"x" * size


@pytest.mark.parametrize(
    "content",
    [
        CSV,
        XLSX,
        xml(),
        b"\xef\xbb\xbf" + xml(),
        xml().decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        pdf(("factur-x.xml", xml())),
        b"\r\n" + pdf(("factur-x.xml", xml())),
    ],
)
def test_a_file_is_known_by_its_content_not_by_its_name(content):
    report = read_file(io.BytesIO(content), file="file.dat")

    assert [(each.total_gross, each.currency) for each in report.invoices] == [
        (Decimal("1200.00"), "EUR")
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"\x89PNG\r\n", "A picture cannot be read. Send the PDF, the XML or a table."),
        (b"\xd0\xcf\x11\xe0....", "This is an old Excel file. Save it as .xlsx or CSV."),
        (b"PK\x03\x04....", "The workbook is broken and cannot be opened."),
        (b"a\x00b;c\n", "This is not a text file."),
    ],
)
def test_what_is_no_book_of_invoices_is_refused(content, reason):
    report = read_file(io.BytesIO(content), file="file")

    assert [str(each.reason) for each in report.refusals] == [reason]


def test_an_upload_of_200_mb_is_refused_before_a_byte_is_read():
    upload = Upload()

    report = read_file(upload, file="big.pdf", size=200 * 1024 * 1024)

    assert [str(each.reason) for each in report.refusals] == [
        "The file is larger than 20 MB. Split it, or send a smaller one."
    ]
    assert upload.taken == 0


def test_an_upload_that_lies_about_its_size_is_cut_off_at_the_limit():
    upload = Upload()

    report = read_file(upload, file="big.pdf", size=10)

    assert len(report.refusals) == 1
    assert upload.taken <= 21 * 1024 * 1024


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content):
    report = read_file(io.BytesIO(content), file="f", default_currency="EUR")

    assert report.invoices == ()
    assert report.refusals != ()


def test_the_verdicts_of_a_folder_name_the_invoice_or_the_reason(tmp_path):
    (tmp_path / "good.csv").write_bytes(CSV)
    (tmp_path / "bad.xml").write_bytes(b"<html/>")
    (tmp_path / "readme.md").write_bytes(b"no invoice")

    found = [(each.file, each.is_accepted, each.summary) for each in verdicts(tmp_path)]

    assert found == [
        ("bad.xml", False, "This is not a CII invoice: the document starts with “html”."),
        ("good.csv", True, "INVOICE F1, Cliente: 1200.00 EUR, 1200.00 due"),
    ]


def test_a_reason_is_translated_with_its_values():
    reason = say("%(count)s lines", count=3)

    assert reason.text(lambda message: message.replace("lines", "lignes")) == "3 lignes"
    assert str(DomainError(reason.template, **reason.params)) == str(reason)


def test_a_record_cannot_be_changed():
    with pytest.raises(AttributeError):
        ImportedParty("A").name = "B"
    with pytest.raises(TypeError):
        say("%(count)s", count=1).params["count"] = 2
    assert ReadReport().is_clean
