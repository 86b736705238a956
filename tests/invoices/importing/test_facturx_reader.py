"""PDFs: the invoice inside, and everything a PDF can do wrong."""

import hashlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, StreamObject

from invoices.importing.facturx_reader import read_facturx
from invoices.importing.limits import MAX_FILE_BYTES
from tests.invoices.importing.documents import XMP, pdf, xml

NO_INVOICE = (
    "This PDF carries no invoice data (no factur-x.xml inside). Type the invoice by hand, or "
    "import it from a CSV file."
)


def reasons(content, **options):
    report = read_facturx(content, file="facture.pdf", **options)
    assert (report.invoices == ()) == bool(report.refusals)
    return [str(each.reason) for each in report.refusals]


@pytest.mark.parametrize(
    "name", ["factur-x.xml", "ZUGFeRD-invoice.xml", "zugferd-invoice.xml", "xrechnung.xml"]
)
def test_the_invoice_is_found_under_each_of_its_names(name):
    content = pdf(("other.xml", b"<other/>"), (name, xml()))

    (invoice,) = read_facturx(content, file="facture.pdf").invoices

    assert (invoice.number, invoice.file) == ("FA-2026-7", "facture.pdf")
    assert invoice.sha256 == hashlib.sha256(content).hexdigest()
    assert invoice.warnings == ()


def test_factur_x_is_preferred_to_an_older_copy_beside_it():
    content = pdf(("ZUGFeRD-invoice.xml", b"<old/>"), ("factur-x.xml", xml()))

    assert read_facturx(content, file="f").invoices[0].number == "FA-2026-7"


def test_a_pdf_locked_only_against_changes_is_read():
    content = pdf(("factur-x.xml", xml()), password="")

    assert read_facturx(content, file="f").invoices[0].number == "FA-2026-7"


def test_a_pdf_with_a_password_is_refused():
    content = pdf(("factur-x.xml", xml()), password="secret")

    assert reasons(content) == ["The PDF is protected by a password. Save it without one."]


@pytest.mark.parametrize("attachments", [(), (("notes.xml", b"<a/>"),)])
def test_a_pdf_without_an_invoice_says_what_to_do_instead(attachments):
    assert reasons(pdf(*attachments)) == [NO_INVOICE]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"no PDF at all"])
def test_a_broken_pdf_is_refused(content):
    (reason,) = reasons(content)

    assert reason.startswith("The PDF is broken and cannot be opened (")


def test_an_invoice_hidden_behind_hundreds_of_attachments_is_not_searched_for():
    content = pdf(*((f"{number}.txt", b"") for number in range(200)), ("factur-x.xml", xml()))

    assert reasons(content) == [NO_INVOICE]


def test_faults_of_the_xml_are_those_of_the_pdf():
    content = pdf(("factur-x.xml", xml((">1200.00<", ">1300.00<"))))

    assert reasons(content)[0] == "The total with VAT is 1300.00, but net and VAT give 1200.00."


@pytest.mark.parametrize(
    ("level", "reason"),
    [
        ("MINIMUM", "The PDF declares the level MINIMUM, but its XML declares EN 16931."),
        ("GOLD", "The PDF declares the Factur-X level “GOLD”, which does not exist."),
        ("</fx:x>", "The PDF's own description (XMP) is broken."),
    ],
)
def test_a_pdf_that_contradicts_its_xml_is_a_doubt(level, reason):
    content = pdf(("factur-x.xml", xml()), level=level)

    assert reasons(content) == [reason]
    (invoice,) = read_facturx(content, file="f", accept_doubts=True).invoices
    assert [str(each.reason) for each in invoice.warnings] == [reason]


@pytest.mark.parametrize("level", ["EN 16931", "EN16931", "COMFORT", "en_16931"])
def test_spellings_of_a_level_are_one_level(level):
    assert reasons(pdf(("factur-x.xml", xml()), level=level)) == []


def test_a_level_written_as_an_attribute_counts():
    description = XMP.replace("<fx:ConformanceLevel>%s</fx:ConformanceLevel>", "").replace(
        "invoice:1p0#", 'invoice:1p0#" fx:ConformanceLevel="MINIMUM'
    )
    content = _with_metadata(description.encode())

    assert reasons(content) == [
        "The PDF declares the level MINIMUM, but its XML declares EN 16931."
    ]


@pytest.mark.parametrize("metadata", [b"", b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"])
def test_a_pdf_that_does_not_call_itself_factur_x_is_read_with_a_warning(metadata):
    (invoice,) = read_facturx(_with_metadata(metadata), file="f").invoices

    assert [str(each.reason) for each in invoice.warnings] == [
        "The PDF does not say that it is a Factur-X invoice."
    ]


def test_a_pdf_larger_than_the_limit_is_refused():
    assert reasons(b"%PDF-" + b" " * MAX_FILE_BYTES) == ["The PDF is larger than 20 MB."]


def test_an_xml_larger_than_the_limit_is_refused():
    assert reasons(_packed(b" " * 6_000_000)) == ["The XML is larger than 5 MB."]


def test_a_bomb_in_an_attachment_is_not_unpacked():
    content = _packed(b" " * 60_000_000)

    assert len(content) < 100_000
    assert reasons(content) == ["The PDF unpacks to far more than an invoice needs."]


def test_a_bomb_in_the_metadata_is_not_unpacked():
    content = _with_metadata(b" " * 60_000_000)

    assert reasons(content) == ["The PDF unpacks to far more than an invoice needs."]


GOOD = pdf(("factur-x.xml", xml()))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD)))
def test_a_pdf_cut_anywhere_never_crashes(length):
    report = read_facturx(GOOD[:length], file="f")

    assert len(report.invoices) + bool(report.refusals) == 1


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=20)
)
def test_a_pdf_with_flipped_bytes_never_crashes(flips):
    content = bytearray(GOOD)
    for position, byte in flips:
        content[position] = byte

    report = read_facturx(bytes(content), file="f")

    assert len(report.invoices) + bool(report.refusals) == 1


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2_000))
def test_anything_as_an_attachment_never_crashes(attachment):
    report = read_facturx(pdf(("factur-x.xml", attachment)), file="f")

    assert report.invoices == ()
    assert report.refusals != ()


def _packed(attachment: bytes) -> bytes:
    """A PDF whose attachment is compressed, as real ones are."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(("factur-x.xml", attachment)))))
    for number, stored in enumerate(writer._objects):
        if isinstance(stored, StreamObject) and stored.get("/Type") == "/EmbeddedFile":
            writer._objects[number] = stored.flate_encode()
    return _written(writer)


def _with_metadata(metadata: bytes) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(("factur-x.xml", xml()), level=""))))
    stream = StreamObject()
    stream.set_data(metadata)
    reference = writer._add_object(stream.flate_encode())
    writer.root_object[NameObject("/Metadata")] = reference
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()
