"""Hostile XML, broken XML, and XML that is something else."""

import pytest

from invoices.importing.limits import MAX_XML_BYTES
from tests.invoices.importing.documents import xml
from tests.invoices.importing.electronic import reasons, the_invoice

DUE_DATE = (
    '<ram:DueDateDateTime><udt:DateTimeString format="102">20261001</udt:DateTimeString>'
    "\n  </ram:DueDateDateTime>"
)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">'
    + "".join(f'<!ENTITY {chr(i)} "{f"&{chr(i - 1)};" * 10}">' for i in range(ord("c"), ord("n")))
    + "]><a x='&m;'>&m;</a>"
).encode()


def test_a_billion_laughs_are_refused_before_they_are_told():
    (reason,) = reasons(BOMB)

    assert reason.startswith("The XML is broken: ")


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ],
)
def test_a_document_type_declaration_is_refused_and_nothing_is_fetched(content):
    assert reasons(content) == [
        "The XML carries a document type declaration, which an invoice never needs."
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<a>", "The XML is broken: Premature end of data in tag a line 1, line 1, column 4"),
        (
            b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>',
            (
                "This is a UBL document (Invoice). UBL is not read yet: export it as CII XML, "
                "Factur-X or CSV."
            ),
        ),
        (
            b'<a:CrossIndustryDocument xmlns:a="urn:ferd:CrossIndustryDocument:invoice:1p0"/>',
            (
                "This is a ZUGFeRD 1.0 invoice of 2014. Only Factur-X, ZUGFeRD 2 and CII D16B or "
                "newer are read."
            ),
        ),
        (b"<html/>", "This is not a CII invoice: the document starts with “html”."),
        (b"<a>" + b" " * MAX_XML_BYTES + b"</a>", "The XML is larger than 5 MB."),
    ],
)
def test_what_is_no_cii_invoice_is_called_by_its_name(content, reason):
    assert reasons(content) == [reason]


def test_an_xml_in_an_unknown_encoding_is_refused():
    (reason,) = reasons(b'<?xml version="1.0" encoding="klingon"?><a/>')

    assert reason.startswith("The XML is broken: ")


def test_utf_16_is_read():
    content = xml().decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")

    assert the_invoice(content).number == "FA-2026-7"
