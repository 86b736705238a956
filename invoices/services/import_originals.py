"""The PDFs that came with a book, kept with the invoices they are of."""

from __future__ import annotations

from collections import Counter

from invoices.importing.originals import matched, read_pdfs
from invoices.models import ImportBatch, ImportFile, ImportLine, Invoice
from invoices.services.import_files import Pile, content_of
from tenants.files import store_file

PDF = "application/pdf"


def count_originals(pile: Pile) -> dict[str, int]:
    """How many PDFs came in ZIPs, and how many of them fit an invoice of the files."""
    numbers = _numbers(pile)
    fit = {number for names in pile.pdfs.values() for number in matched(names, numbers)}
    return {"pdfs": sum(map(len, pile.pdfs.values())), "matched": len(fit)}


def attach_originals(batch: ImportBatch, pile: Pile) -> int:
    """Keep each PDF with the imported invoice it is of, where none was kept yet; count them.

    A Factur-X is its own original. What was kept before stays.
    """
    numbers = _numbers(pile)
    lines = ImportLine.objects.filter(batch=batch, invoice__document=None)
    wanted = {
        number: pk
        for pk, number in lines.values_list("invoice_id", "invoice__number")
        if number in numbers
    }
    files = {
        row.position: row for row in ImportFile.objects.filter(batch=batch).select_related("file")
    }
    count = 0
    for position, names in pile.pdfs.items():
        by_name = {name: number for number, name in matched(names, list(wanted)).items()}
        for name, content in read_pdfs(content_of(files[position]), by_name):
            number = by_name[name]
            stored = store_file(content=content, name=f"{number}.pdf"[-200:], media_type=PDF)
            count += _attach(wanted.pop(number), stored.pk)
    return count + _attach_themselves(pile, files, wanted)


def _attach_themselves(pile: Pile, files: dict[int, ImportFile], wanted: dict[str, int]) -> int:
    hybrid = {
        row.file.sha256: row.file.pk
        for row in files.values()
        if row.file and row.understood.get("kind") == "FACTURX"
    }
    return sum(
        _attach(wanted[record.number], hybrid[record.sha256])
        for record in pile.invoices
        if record.sha256 in hybrid and record.number in wanted
    )


def _attach(invoice_id: int, file_id: int) -> int:
    return Invoice.objects.filter(pk=invoice_id, document=None).update(document_id=file_id)


def _numbers(pile: Pile) -> set[str]:
    """Those that one invoice alone bears: a PDF of the others could be of either client."""
    counted = Counter(record.number for record in pile.invoices)
    return {number for number, count in counted.items() if count == 1}
