"""Every kind of document, held to PDF/A-3a and PDF/UA-1 by veraPDF."""

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from pypdf import PdfWriter

from invoices.documents.data import Buyer, BuyerKind, Consequence, Logo, PaymentBlock
from invoices.documents.render import EmbeddedFile, render_invoice
from tests.invoices.documents.reading import printed
from tests.invoices.documents.samples import (
    BUYER,
    SELLER,
    a_credit_note,
    a_letter,
    a_logo,
    an_invoice,
)

INVOICE = an_invoice()
STRANGE = "\u202eTab\there\u200b, soft\u00adhyphen, 🎉 東京 \ue000 \u0378 ① Ελλάδα Привет ŁÓDŹ\x07"


def with_logo(mode: str, form: str):
    return an_invoice(seller=replace(SELLER, logo=Logo(a_logo(mode, form), "image/*")))


DOCUMENTS = {
    "invoice": INVOICE,
    "english": an_invoice(language="en"),
    "three pages": an_invoice(40),
    "credit note": a_credit_note(),
    "nothing to pay with": an_invoice(payment=PaymentBlock(), mentions=(), notes=""),
    "strange characters": an_invoice(
        lines=(replace(INVOICE.lines[0], description=STRANGE, detail=STRANGE),),
        buyer=Buyer(kind=BuyerKind.CONSUMER, name=STRANGE, address=BUYER.address),
        notes=STRANGE,
    ),
    "transparent logo": with_logo("RGBA", "PNG"),
    "CMYK logo": with_logo("CMYK", "JPEG"),
    "palette logo": with_logo("P", "PNG"),
    "letter": a_letter(),
    "english letter": a_letter(language="en", consequences=tuple(Consequence)),
    "bare letter": a_letter(
        late_fees=(),
        late_fee_total=Decimal(0),
        indemnity_count=0,
        consequences=(),
        payment=PaymentBlock(),
    ),
}


@pytest.mark.parametrize("profile", ["3a", "ua1"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_breaks_no_rule(name, profile, faults_of):
    assert faults_of(printed(DOCUMENTS[name]), profile) == []


def test_a_file_inside_breaks_no_rule(faults_of):
    file = EmbeddedFile("factur-x.xml", b"<x/>", "Source", "Factur-X invoice")

    content = render_invoice(INVOICE, attachments=[file])

    assert faults_of(content, "3a") == []


def test_the_validator_does_find_faults(faults_of):
    writer = PdfWriter(clone_from=io.BytesIO(printed(INVOICE)))
    del writer.root_object["/Lang"]
    out = io.BytesIO()
    writer.write(out)

    assert "7.2-34 ×" in " ".join(faults_of(out.getvalue(), "ua1"))
