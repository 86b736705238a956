"""What a reader finds on paper: the text of a PDF, each document printed once."""

import io
import re
from functools import cache

from pypdf import PdfReader

from invoices.documents.data import DocumentData, LetterData
from invoices.documents.render import render_invoice, render_letter


@cache
def printed(data: DocumentData | LetterData) -> bytes:
    return render_letter(data) if isinstance(data, LetterData) else render_invoice(data)


def reader_of(data: DocumentData | LetterData) -> PdfReader:
    return PdfReader(io.BytesIO(printed(data)))


@cache
def text_of(data: DocumentData | LetterData) -> str:
    return words_in(printed(data))


def words_in(content: bytes) -> str:
    """All pages, every run of white space (line breaks, U+00A0) as one space."""
    reader = PdfReader(io.BytesIO(content))
    pages = " ".join(page.extract_text() for page in reader.pages)
    return re.sub(r"\s+", " ", pages)
