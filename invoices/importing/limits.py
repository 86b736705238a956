"""How much is read of what strangers send, and no byte more."""

from __future__ import annotations

from typing import BinaryIO

from core.errors import gettext_noop as _
from invoices.importing.findings import Unreadable
from invoices.importing.records import say

MEGABYTE = 1024 * 1024
MAX_FILE_BYTES = 20 * MEGABYTE
MAX_XML_BYTES = 5 * MEGABYTE
MAX_INFLATED_BYTES = 40 * MEGABYTE  # of one stream of a PDF
MAX_SHEET_BYTES = 100 * MEGABYTE  # of all parts of an XLSX together
MAX_SHEET_PARTS = 1_000
MAX_SHEET_CELLS = 2_000_000
MAX_SHEET_LINES = 1_048_576  # Excel's own; a lying row number would loop for hours
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_LINES = 20_000  # of one import in the browser: two minutes of one transaction
MAX_FILES = 100  # of one import in the browser
MAX_ORIGINALS = 2_000  # PDFs of a ZIP
MAX_ORIGINALS_BYTES = 200 * MEGABYTE  # of all of them, unpacked
MAX_NUMBER = 35  # characters of an invoice number: what e-invoicing allows, and the column
CHUNK_BYTES = 64 * 1024


def read_bounded(
    stream: BinaryIO, *, size: int | None = None, limit: int = MAX_FILE_BYTES
) -> bytes:
    """Read a whole stream, or refuse it as too big.

    By its declared size before the first byte, and by what really comes as soon as the limit is
    passed.
    """
    if size is not None and size > limit:
        raise _too_big(limit)
    content = bytearray()
    while chunk := stream.read(CHUNK_BYTES):
        content += chunk
        if len(content) > limit:
            raise _too_big(limit)
    if not content:
        raise Unreadable(say(_("The file is empty.")))
    return bytes(content)


def _too_big(limit: int) -> Unreadable:
    return Unreadable(
        say(
            _("The file is larger than %(megabytes)s MB. Split it, or send a smaller one."),
            megabytes=limit // MEGABYTE,
        )
    )
