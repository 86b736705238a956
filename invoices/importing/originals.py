"""Original PDFs in a ZIP, matched to invoices by the number in their names."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from core.errors import gettext_noop as _
from invoices.importing.findings import Unreadable
from invoices.importing.limits import (
    MAX_FILE_BYTES,
    MAX_ORIGINALS,
    MAX_ORIGINALS_BYTES,
    MEGABYTE,
)
from invoices.importing.records import say

_MARK = b"%PDF-"
_WORKBOOK = "xl/workbook.xml"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, ValueError, EOFError
)  # fmt: skip


def is_archive(content: bytes) -> bool:
    """Whether a file is a ZIP of other files, and no workbook."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _WORKBOOK not in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False


def pdf_names(content: bytes) -> list[str]:
    """The PDFs of an archive, by what they are called.

    Raises:
        Unreadable: too many files, or they unpack to too much.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [part for part in archive.infolist() if not part.is_dir()]
    if len(parts) > MAX_ORIGINALS or sum(part.file_size for part in parts) > MAX_ORIGINALS_BYTES:
        raise Unreadable(
            say(
                _("The ZIP holds more than %(files)s files or %(megabytes)s MB: split it."),
                files=MAX_ORIGINALS,
                megabytes=MAX_ORIGINALS_BYTES // MEGABYTE,
            )
        )
    return [part.filename for part in parts if part.filename.lower().endswith(".pdf")]


def matched(names: Collection[str], numbers: Collection[str]) -> dict[str, str]:
    """Which PDF belongs to which number: number → name, where one PDF alone fits.

    A PDF fits the longest number whose letters and figures stand in its name, whole.
    """
    by_plain = {plain: number for number in numbers if (plain := _plain(number))}
    longest = sorted(by_plain, key=len, reverse=True)
    found: dict[str, list[str]] = {}
    for name in names:
        stem = _plain(PurePosixPath(name).stem)
        fit = by_plain.get(stem) or next(
            (by_plain[each] for each in longest if _in(each, stem)), ""
        )
        if fit:
            found.setdefault(fit, []).append(name)
    return {number: names[0] for number, names in found.items() if len(names) == 1}


def read_pdfs(content: bytes, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Unpack some PDFs one by one; what is no PDF or is broken is passed over."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in names:
            try:
                with archive.open(name) as part:
                    data = part.read(MAX_FILE_BYTES + 1)
            except _BROKEN:
                continue
            if len(data) <= MAX_FILE_BYTES and data.startswith(_MARK):
                yield name, data


def _in(number: str, stem: str) -> bool:
    """Between words: “F-1” is in “Facture F-1 Morvan” and not in “F-12”."""
    return f" {number} " in f" {stem} "


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", letters))
