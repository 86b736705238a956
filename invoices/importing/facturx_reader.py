"""Factur-X and ZUGFeRD PDFs: takes the invoice's XML out of the PDF and reads it as CII."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree
from pypdf import PdfReader, apply_configuration
from pypdf.errors import LimitReachedError
from pypdf.generic import EmbeddedFile, StreamObject

from core.errors import gettext_noop as _
from invoices.importing.cii_reader import read_cii
from invoices.importing.cii_xml import UNKNOWN_PROFILE
from invoices.importing.findings import Findings, Unreadable, refused
from invoices.importing.limits import (
    MAX_FILE_BYTES,
    MAX_INFLATED_BYTES,
    MAX_XML_BYTES,
    MEGABYTE,
)
from invoices.importing.records import ImportedInvoice, ReadReport, say

# Best first: a file may carry a ZUGFeRD 1.0 copy beside the Factur-X one.
_NAMES = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")
_MAX_ATTACHMENTS = 200
_LEVELS = {
    "MINIMUM": "MINIMUM",
    "BASICWL": "BASIC WL",
    "BASIC": "BASIC",
    "EN16931": "EN 16931",
    "COMFORT": "EN 16931",
    "EXTENDED": "EXTENDED",
    "XRECHNUNG": "XRECHNUNG",
}


def read_facturx(content: bytes, *, file: str, accept_doubts: bool = False) -> ReadReport:
    """Read the invoice inside a PDF. Never raises: what cannot be read is refused with a reason.

    Doubted beyond the XML: PDF metadata that is broken, or that declares another level than the
    XML. `sha256` of the invoice is that of the whole PDF.
    """
    findings = Findings(file, accept_doubts)
    try:
        xml, metadata = take_xml(content)
    except Unreadable as stop:
        return refused(file, stop)
    report = read_cii(xml, file=file, accept_doubts=accept_doubts)
    for invoice in report.invoices:
        _check_level(metadata, invoice, findings)
    if findings.refusals:
        return ReadReport(refusals=tuple(findings.refusals), notices=report.notices)
    sha256 = hashlib.sha256(content).hexdigest()
    return replace(
        report,
        invoices=tuple(
            replace(each, sha256=sha256, warnings=each.warnings + tuple(findings.notices))
            for each in report.invoices
        ),
    )


def take_xml(content: bytes) -> tuple[bytes, bytes]:
    """Return the XML of the invoice and the XMP metadata (empty when there is none)."""
    if len(content) > MAX_FILE_BYTES:
        raise Unreadable(
            say(_("The PDF is larger than %(megabytes)s MB."), megabytes=MAX_FILE_BYTES // MEGABYTE)
        )
    try:
        with apply_configuration(
            zlib_maximum_output_length=MAX_INFLATED_BYTES,
            lzw_maximum_output_length=MAX_INFLATED_BYTES,
            run_length_maximum_output_length=MAX_INFLATED_BYTES,
            brotli_maximum_output_length=MAX_INFLATED_BYTES,
            array_based_stream_maximum_output_length=MAX_INFLATED_BYTES,
            stream_decoding_work_maximum_length=2 * MAX_INFLATED_BYTES,
        ):
            reader = PdfReader(io.BytesIO(content))
            _unlock(reader)
            return _invoice_xml(reader), _metadata(reader)
    except Unreadable:
        raise
    except LimitReachedError:
        raise Unreadable(say(_("The PDF unpacks to far more than an invoice needs."))) from None
    except Exception as error:
        raise Unreadable(
            say(
                _("The PDF is broken and cannot be opened (%(fault)s)."),
                fault=type(error).__name__,
            )
        ) from error


def _unlock(reader: PdfReader) -> None:
    """Open a PDF that is locked against changes only; a real password is not ours to know."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable(say(_("The PDF is protected by a password. Save it without one.")))


def _invoice_xml(reader: PdfReader) -> bytes:
    for name in _NAMES:
        for attachment in _attachments(reader):
            if name in {attachment.name.lower(), str(attachment.alternative_name).lower()}:
                xml = bytes(attachment.content)
                if len(xml) > MAX_XML_BYTES:
                    raise Unreadable(
                        say(
                            _("The XML is larger than %(megabytes)s MB."),
                            megabytes=MAX_XML_BYTES // MEGABYTE,
                        )
                    )
                return xml
    raise Unreadable(
        say(
            _(
                "This PDF carries no invoice data (no factur-x.xml inside). Type the invoice by "
                "hand, or import it from a CSV file."
            )
        )
    )


def _attachments(reader: PdfReader) -> Iterator[EmbeddedFile]:
    for position, attachment in enumerate(reader.attachment_list):
        if position == _MAX_ATTACHMENTS:
            return
        yield attachment


def _metadata(reader: PdfReader) -> bytes:
    stream = reader.root_object.get("/Metadata")
    stream = stream.get_object() if stream is not None else None
    return stream.get_data() if isinstance(stream, StreamObject) else b""


def _check_level(metadata: bytes, invoice: ImportedInvoice, findings: Findings) -> None:
    """Doubt a PDF whose metadata name another level than its XML, or none that exists."""
    try:
        stated = _stated_level(metadata)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        findings.doubt(say(_("The PDF's own description (XMP) is broken.")))
        return
    if not stated:
        findings.note(say(_("The PDF does not say that it is a Factur-X invoice.")))
        return
    level = _LEVELS.get(re.sub(r"[\s_-]", "", stated).upper())
    if level is None:
        findings.doubt(
            say(_("The PDF declares the Factur-X level “%(level)s”, which does not exist."),
                level=stated[:40])
        )  # fmt: skip
    elif invoice.profile not in {level, UNKNOWN_PROFILE}:
        findings.doubt(
            say(_("The PDF declares the level %(level)s, but its XML declares %(profile)s."),
                level=level, profile=invoice.profile)
        )  # fmt: skip


def _stated_level(metadata: bytes) -> str:
    """Return the ConformanceLevel of the Factur-X or ZUGFeRD block, element or attribute."""
    if not metadata.strip():
        return ""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    for element in etree.fromstring(metadata.strip(b"\x00 \r\n\t"), parser).iter("{*}*"):
        for tag, text in ((element.tag, element.text), *element.attrib.items()):
            name = etree.QName(tag)
            namespace = (name.namespace or "").lower()
            if name.localname == "ConformanceLevel" and (
                "factur-x" in namespace or "zugferd" in namespace
            ):
                return str(text or "").strip()
    return ""
