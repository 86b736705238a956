"""PDFs in a ZIP, matched to invoices by the number in their names."""

import io
import zipfile

import pytest

from invoices.importing import limits
from invoices.importing.originals import is_archive, matched, read_pdfs
from invoices.models import Invoice
from tenants.files import read_file
from tests.invoices.importing.batches import book, go, read_in, zipped
from tests.invoices.importing.documents import xlsx
from tests.invoices.importing.imports import row

PDF = b"%PDF-1.7 the original"


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("F-12.pdf", "F-12"),
        ("2026/Facture F-12 Morvan.pdf", "F-12"),
        ("facture_f 12.PDF", "F-12"),
        ("F-120.pdf", None),
        ("F-1 and F-12.pdf", "F-12"),
        ("Conditions générales.pdf", None),
    ],
)
def test_a_pdf_belongs_to_the_number_in_its_name(name, number):
    assert matched([name], ["F-1", "F-12"]) == ({number: name} if number else {})


def test_two_pdfs_for_one_number_belong_to_nobody():
    assert matched(["F-1.pdf", "copy of F-1.pdf"], ["F-1"]) == {}


def test_a_workbook_is_no_archive_of_originals():
    assert (is_archive(xlsx([["a"]])), is_archive(zipped(F1=PDF))) == (False, True)
    assert is_archive(b"PK\x03\x04 broken") is False


def test_what_only_calls_itself_a_pdf_is_passed_over():
    archive = zipped(F1=PDF, F2=b"MZ a program")

    assert list(read_pdfs(archive, ["F1.pdf", "F2.pdf"])) == [("F1.pdf", PDF)]


def test_a_damaged_part_is_passed_over():
    archive = zipped(F1=PDF).replace(PDF, PDF.replace(b"the", b"not"))

    assert list(read_pdfs(archive, ["F1.pdf"])) == []


def test_originals_are_kept_with_their_invoices(in_acme, owner):
    batch = read_in(
        owner,
        book(row("F1"), row("F2"), row("F3", "Morvan"), row("F3", "Audrain")),
        ("originals.zip", zipped(Facture__F1=PDF, F3=PDF + b" 3", conditions=PDF + b" c")),
    )
    done = go(batch, owner)

    kept = {each.number: each.document for each in Invoice.objects.exclude(document=None)}
    assert batch.counts["originals"] == {"pdfs": 3, "matched": 1}
    assert (done.counts["attached"], list(kept)) == (1, ["F1"])
    assert (read_file(kept["F1"]), kept["F1"].media_type) == (PDF, "application/pdf")


def test_what_was_kept_before_stays(in_acme, owner):
    go(read_in(owner, book(row("F1")), ("a.zip", zipped(F1=PDF))), owner)

    done = go(read_in(owner, book(row("F1")), ("b.zip", zipped(F1=PDF + b" other"))), owner)

    assert (done.counts["attached"], read_file(Invoice.objects.get().document)) == (0, PDF)


def test_a_zip_of_too_many_files_is_refused_and_the_book_is_not(in_acme, owner):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(limits.MAX_ORIGINALS + 1):
            archive.writestr(f"{number}.pdf", b"")

    batch = read_in(owner, book(row("F1")), ("many.zip", packed.getvalue()))

    assert [each["reason"] for each in batch.refusals] == [
        "The ZIP holds more than 2000 files or 200 MB: split it."
    ]
    assert batch.counts["taken"] == 1
