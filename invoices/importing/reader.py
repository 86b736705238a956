"""The one way in: looks at what a file is, whatever its name says, and has it read."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from core.errors import gettext_noop as _
from invoices.importing.cii_reader import read_cii
from invoices.importing.csv_reader import read_table
from invoices.importing.facturx_reader import read_facturx
from invoices.importing.findings import Unreadable, refused
from invoices.importing.headings import Mapping
from invoices.importing.limits import read_bounded
from invoices.importing.records import ReadReport, say
from invoices.importing.understood import Understood

_PDF_WITHIN = 1024  # bytes of rubbish allowed before the mark, as readers do
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")


def read_file(
    stream: BinaryIO,
    *,
    file: str,
    size: int | None = None,
    mapping: Mapping | None = None,
    default_currency: str = "",
    accept_doubts: bool = False,
) -> ReadReport:
    """Read one file of any kind that is known: PDF, XML, XLSX or CSV. Never raises for bad input.

    `size` is what the upload declares: too large a one is refused before a byte is read.
    """
    try:
        content = read_bounded(stream, size=size)
    except Unreadable as stop:
        return refused(file, stop)
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return _known_as("FACTURX", read_facturx(content, file=file, accept_doubts=accept_doubts))
    if content.startswith(_IMAGES):
        reason = say(_("A picture cannot be read. Send the PDF, the XML or a table."))
        return refused(file, Unreadable(reason))
    if _looks_like_xml(content):
        return _known_as("CII", read_cii(content, file=file, accept_doubts=accept_doubts))
    return read_table(content, file=file, mapping=mapping, default_currency=default_currency)


def _known_as(kind: str, report: ReadReport) -> ReadReport:
    return replace(report, understood=Understood(kind=kind))


def _looks_like_xml(content: bytes) -> bool:
    start = content[:200].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return start.startswith((b"<?xml", b"<!", b"<")) and not start.startswith(b"<>")
