"""An invoice as a file: pages, fonts, payment block, metadata, sameness, and no network."""

import gc
import hashlib
import io
import os
import re
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import zxingcpp
from pypdf import PdfReader

from invoices.documents import press
from invoices.documents.data import DuePart, Logo, PaymentBlock, Totals
from invoices.documents.render import EmbeddedFile, render_invoice
from invoices.documents.xmp import XmpProperty, XmpSchema
from tests.invoices.documents.reading import printed, reader_of, text_of
from tests.invoices.documents.samples import BUYER, SELLER, a_logo, a_payment, an_invoice

INVOICE = an_invoice()
LONG = an_invoice(40)
WITH_LOGO = an_invoice(seller=replace(SELLER, logo=Logo(a_logo(), "image/png")))
ROOT = Path(__file__).resolve().parents[3]


def settled(**totals: Decimal) -> Totals:
    return replace(INVOICE.totals, **totals)


def fonts_of(reader: PdfReader) -> dict[str, bool]:
    """Name of each font, and whether it is embedded."""
    found = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            for descendant in font.get_object()["/DescendantFonts"]:
                descriptor = descendant.get_object()["/FontDescriptor"]
                embedded = bool({"/FontFile2", "/FontFile3"} & descriptor.keys())
                found[str(descriptor["/FontName"])] = embedded
    return found


def test_three_lines_fit_on_one_page():
    assert len(reader_of(INVOICE).pages) == 1


def test_forty_lines_repeat_their_headings_and_count_their_pages():
    pages = [page.extract_text() for page in reader_of(LONG).pages]

    assert len(pages) == 3
    assert ["Désignation" in page for page in pages] == [True, True, True]
    assert [f"Page {n}/3" in page for n, page in enumerate(pages, 1)] == [True, True, True]
    assert ["Facture F-2026-0042" in page for page in pages[1:]] == [True, True]


def test_totals_stand_on_one_page_with_what_is_due():
    last = reader_of(LONG).pages[-1].extract_text()

    assert "Total HT" in last
    assert "Net à payer" in last


def test_a_line_longer_than_a_page_is_printed_whole():
    endless = replace(INVOICE.lines[0], detail="\n".join(f"étape {n}" for n in range(150)))

    text = text_of(an_invoice(lines=(endless,)))

    assert [f"étape {n} " in text for n in range(150)] == [True] * 150


def test_only_our_fonts_are_used_and_they_are_inside():
    fonts = fonts_of(reader_of(INVOICE))

    assert {name.partition("+")[2] for name in fonts} == {"Inter", "Inter-Semi-Bold"}
    assert set(fonts.values()) == {True}


def test_french_typography_is_read_back_as_it_was_written():
    line = replace(INVOICE.lines[0], description="Œuvre n° 5 – « l’été » à 12 €, −3 °C, ŁÓDŹ, ½")

    assert "Œuvre n° 5 – « l’été » à 12 €, −3 °C, ŁÓDŹ, ½" in text_of(an_invoice(lines=(line,)))


def test_what_the_font_lacks_prints_as_a_hollow_square():
    line = replace(INVOICE.lines[0], description="Atelier 🎉 東京")

    assert "Atelier □ □□" in text_of(an_invoice(lines=(line,)))


def test_markup_in_data_is_printed_not_obeyed():
    line = replace(INVOICE.lines[0], description='<img src="http://192.0.2.1/x.png"> & co')

    text = text_of(an_invoice(lines=(line,)))

    assert '<img src="http://192.0.2.1/x.png"> & co' in text


def test_what_xml_cannot_carry_holds_no_document_back():
    hostile = "A\x00\x0b\x1f\x85\ufffe\uffff\ud800]]>&nbsp;&#0;<br>\r\nB"

    assert "A\u25a1\u25a1\u25a1]]>&nbsp;&#0;<br> B" in text_of(an_invoice(notes=hostile))


@pytest.mark.parametrize("template", ["invoice", "letter_fr", "letter_en"])
def test_every_tag_has_its_place_in_the_style_sheet(template):
    folder = ROOT / "templates" / "documents"
    sources = [
        f"{template}.html",
        "letter.html",
        "_addressee.html",
        "_payment.html",
        "_sender.html",
    ]
    tags = {
        tag for name in sources for tag in re.findall(r"<([a-z0-9]+)", (folder / name).read_text())
    }
    placed = re.findall(
        r"^([^{\n]+) \{ display:", (ROOT / "static/documents/print.css").read_text(), re.MULTILINE
    )
    inline = {"a", "img", "small", "span", "strong"}
    in_head = {"meta", "title"}

    assert tags - {tag for group in placed for tag in group.split(", ")} - inline - in_head == set()


@pytest.mark.parametrize("is_at_work", [True, False])
def test_a_page_leaves_the_collector_as_it_was(is_at_work):
    if not is_at_work:
        gc.disable()

    render_invoice(INVOICE)
    left_at_work = gc.isenabled()
    gc.enable()

    assert left_at_work is is_at_work


def test_rendering_opens_no_connection(monkeypatch):
    opened = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: opened.append(address))

    render_invoice(WITH_LOGO)

    assert opened == []


def test_the_same_data_gives_the_same_bytes():
    first = render_invoice(INVOICE)
    render_invoice(an_invoice(language="en", number="F-2026-0100"))

    assert render_invoice(an_invoice()) == first


def test_a_house_of_another_colour_printed_before_changes_no_byte(monkeypatch):
    first = render_invoice(INVOICE)
    red = an_invoice(seller=replace(SELLER, colour="#a01020"))

    in_red = render_invoice(red)
    after_red = render_invoice(INVOICE)
    monkeypatch.setattr(press, "MOST_STYLES", 0)  # from here on each starts with none
    red_anew = render_invoice(red)

    assert (after_red, red_anew) == (first, in_red)
    assert in_red != first


def test_another_process_gives_the_same_bytes():
    script = (
        "import hashlib; from tests.invoices.documents.samples import an_invoice;"
        "from invoices.documents.render import render_invoice;"
        "print(hashlib.sha256(render_invoice(an_invoice())).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}

    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, check=True
    )

    assert answer.stdout.decode().strip() == hashlib.sha256(printed(INVOICE)).hexdigest()


def test_another_number_gives_another_file_identifier():
    identifiers = {
        reader_of(an_invoice(number=number)).trailer["/ID"][0].original_bytes
        for number in ("F-2026-0042", "F-2026-0043")
    }

    assert len(identifiers) == 2


def test_dates_of_the_file_are_those_of_the_document():
    metadata = reader_of(INVOICE).metadata

    assert metadata.creation_date.date() == date(2026, 11, 22)
    assert metadata.modification_date.date() == date(2026, 11, 22)
    assert metadata.author == "Atelier Lumière & Cie"


@pytest.mark.parametrize(("language", "tag"), [("fr", "fr"), ("en", "en")])
def test_language_is_declared(language, tag):
    assert reader_of(an_invoice(language=language)).trailer["/Root"]["/Lang"] == tag


def test_headings_are_bookmarks():
    titles = [entry.title for entry in reader_of(INVOICE).outline if not isinstance(entry, list)]

    assert titles == ["Facture"]


def test_english_invoice_speaks_english():
    text = text_of(an_invoice(language="en"))

    assert "Invoice F-2026-0042" in text
    assert "by 22 December 2026" in text
    assert "€3,346.56" in text
    assert "Net à payer" not in text


def test_payment_block_has_iban_reference_and_link():
    text = text_of(INVOICE)
    links = [
        note.get_object()["/A"]["/URI"]
        for note in reader_of(INVOICE).pages[0]["/Annots"]
        if note.get_object()["/Subtype"] == "/Link"
    ]

    assert "Titulaire ATELIER LUMIERE ET CIE" in text
    assert "IBAN FR76 3000 6000 0112 3456 7890 189" in text
    assert "Référence RF69 F202 6004 2" in text
    assert links == ["https://echeance.example/p/8fK2vQ0sXb71nRmT4wYc/"]


def test_transfer_code_is_read_back_as_it_was_given():
    (image,) = reader_of(INVOICE).pages[0].images

    (code,) = zxingcpp.read_barcodes(image.image)

    assert code.text == INVOICE.payment.epc_payload
    assert code.text.splitlines()[7:] == ["EUR3346.56", "", "RF69F20260042"]


def test_paid_invoice_says_so_and_asks_nothing():
    gross = INVOICE.totals.gross
    text = text_of(an_invoice(totals=settled(already_paid=gross, due=Decimal("0.00"))))

    assert "Déjà réglé −3 346,56 €" in text
    assert "Facture réglée 0,00 €" in text
    assert "IBAN" not in text


def test_part_paid_invoice_asks_the_rest():
    totals = settled(already_paid=Decimal("1000.00"), due=Decimal("2346.56"))

    assert "Déjà réglé −1 000,00 € Net à payer" in text_of(an_invoice(totals=totals))
    assert "2 346,56 €" in text_of(an_invoice(totals=totals))


def test_several_due_dates_are_all_printed():
    parts = (
        DuePart(date(2026, 12, 22), Decimal("1673.28")),
        DuePart(date(2027, 1, 22), Decimal("1673.28")),
    )
    text = text_of(an_invoice(due_parts=parts))

    assert "22 décembre 2026 : 1 673,28 € 22 janvier 2027 : 1 673,28 €" in text
    assert "au plus tard le" not in text


@pytest.mark.parametrize(
    ("payment", "shown"),
    [
        (PaymentBlock(), (False, False)),
        (PaymentBlock(pay_url="https://x.example/p/1/"), (False, True)),
        (replace(a_payment(Decimal(5)), epc_payload="", pay_url=""), (True, False)),
    ],
)
def test_payment_block_shows_what_there_is(payment, shown):
    data = an_invoice(payment=payment)
    text = text_of(data)

    assert ("IBAN" in text, "x.example/p/1" in text) == shown
    assert list(reader_of(data).pages[0].images) == []


def test_logo_is_printed_with_its_owner_named():
    assert len(reader_of(WITH_LOGO).pages[0].images) == 2
    assert "Atelier Lumière & Cie 12 bis" in text_of(WITH_LOGO)


def test_broken_logo_does_not_hold_the_document_back():
    data = an_invoice(seller=replace(SELLER, logo=Logo(b"not an image", "image/png")))

    assert len(reader_of(data).pages[0].images) == 1
    assert "Atelier Lumière & Cie" in text_of(data)


def test_very_long_names_stay_on_the_page():
    buyer = replace(BUYER, name="Syndicat intercommunal d’aménagement des Monts " * 4)
    data = an_invoice(buyer=buyer)

    assert buyer.name.strip() in text_of(data)
    assert len(reader_of(data).pages) == 1


def test_an_embedded_file_and_its_metadata_go_in_together():
    schema = XmpSchema(
        "Example schema",
        "urn:example:invoice#",
        "ex",
        (XmpProperty("Level", "EN & 16931", "Text", "external", "How far it goes"),),
    )
    file = EmbeddedFile("factur-x.xml", b"<x>\xc3\xa9</x>", "Source", "Factur-X invoice")

    content = render_invoice(INVOICE, attachments=[file], schemas=[schema])

    reader = PdfReader(io.BytesIO(content))
    (spec,) = reader.trailer["/Root"]["/AF"]
    assert dict(reader.attachments) == {"factur-x.xml": [b"<x>\xc3\xa9</x>"]}
    assert spec.get_object()["/AFRelationship"] == "/Source"
    packet = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert packet.count("<rdf:RDF") == 1
    assert "<ex:Level>EN &amp; 16931</ex:Level>" in packet
    assert "<pdfuaid:part>1</pdfuaid:part>" in packet
    assert content == render_invoice(INVOICE, attachments=[file], schemas=[schema])
