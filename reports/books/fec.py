"""The journals of sales and receipts in the form of the FEC (LPF art. A47 A-1).

Eighteen columns, tabs, CRLF, UTF-8 without a mark, decimal commas, days as AAAAMMJJ; entries in
the order in which they became final, numbered from 1 without a gap. They are two journals of a
business, not its whole FEC: purchases, opening balances and closing entries are elsewhere.
"""

from __future__ import annotations

import datetime as dt
import heapq
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from invoices.account_plan import account_plan
from reports.books.entries import JOURNALS, Entry, receipt_entry, sale_entry
from reports.books.journals import Period, stream_receipts, stream_sales
from tenants.audit import record
from tenants.models import Business, User
from tenants.scope import tenant_atomic

COLUMNS: Final = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
ACT: Final = "export_fec"
_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f-\x9f|\u2028\u2029]+")
_WRITTEN_AT_ONCE: Final = 1000  # lines


class CannotExport(DomainError):
    """There is nothing that such a file could be named or made of."""


@dataclass(slots=True)
class FecReport:
    """What a file holds: entries, lines, and the sums of its two columns in euros."""

    name: str
    entries: int = 0
    lines: int = 0
    debit: Decimal = field(default=Decimal(0))
    credit: Decimal = field(default=Decimal(0))

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.name,
            "entries": self.entries,
            "lines": self.lines,
            "debit": f"{self.debit:.2f}",
            "credit": f"{self.credit:.2f}",
        }


@tenant_atomic()
def export_fec(*, period: Period, out: IO[bytes], user: User | None, now: dt.datetime) -> FecReport:
    """Write the journals of a period; who took them, and when, is kept.

    Raises:
        CannotExport: the period ends before it begins, or the business has no SIREN.
        NotInEuros, Unbalanced: a document stands in the way; what was written is no file.
    """
    business = Business.objects.get()
    report = FecReport(fec_name(business.siren, period))
    out.write("\t".join(COLUMNS).encode() + b"\r\n")
    with closing(_entries(period)) as entries:
        _write(entries, out, report)
    record(
        act=ACT,
        subject=business,
        user=user,
        at=now,
        after={"from": period.first, "to": period.last, **report.as_dict()},
    )
    return report


def export_fec_to(
    *, folder: Path, period: Period, user: User | None, now: dt.datetime
) -> tuple[Path, FecReport]:
    """Write the file into a folder: under its name when it is whole, else not at all.

    Raises:
        CannotExport, NotInEuros, Unbalanced: see `export_fec`.
        OSError: the folder or its disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    siren = Business.objects.get().siren
    whole = folder / fec_name(siren, period)
    part = whole.with_name(f".{whole.name}.part")
    try:
        with part.open("wb") as out:
            report = export_fec(period=period, out=out, user=user, now=now)
        part.replace(whole)
    finally:
        part.unlink(missing_ok=True)
    return whole, report


def fec_name(siren: str, period: Period) -> str:
    """`123456782FEC20261231.txt`: the SIREN and the last day.

    Raises:
        CannotExport: no SIREN, or a period that ends before it begins.
    """
    if period.last < period.first:
        raise CannotExport(_("The period ends before it begins."))
    if not siren:
        raise CannotExport(_("The business has no SIREN: the file is named after it."))
    return f"{siren}FEC{_day(period.last)}.txt"


def _write(entries: Iterable[Entry], out: IO[bytes], report: FecReport) -> None:
    """Number the entries and count them as they are written."""
    lines: list[str] = []
    for number, entry in enumerate(entries, 1):
        report.entries = number
        report.lines += len(entry.lines)
        for line in entry.lines:
            report.debit += line.debit
            report.credit += line.credit
        lines += _lines(number, entry)
        if len(lines) > _WRITTEN_AT_ONCE:
            out.write("".join(lines).encode())
            lines.clear()
    out.write("".join(lines).encode())


def _entries(period: Period) -> Generator[Entry, None, None]:
    """Both journals in one order; documents of nothing leave no entry, so no number either."""
    plan = account_plan()
    by_sale, by_receipt = (
        "valid_on, i.issued_on, i.id",
        "greatest(received_on, recorded_on), received_on, sequence",
    )
    with (
        closing(stream_sales(period, by_sale)) as sales,
        closing(stream_receipts(period, by_receipt)) as receipts,
    ):
        merged = heapq.merge(
            (sale_entry(sale, plan) for sale in sales),
            (receipt_entry(receipt, plan) for receipt in receipts),
            key=lambda entry: (entry.valid_on, entry.on),
        )
        yield from (entry for entry in merged if entry.lines)


def _lines(number: int, entry: Entry) -> Iterator[str]:
    """What all lines of an entry share is spelled once."""
    on = _day(entry.on)
    head = f"{entry.journal}\t{JOURNALS[entry.journal]}\t{number}\t{on}"
    piece = f"{_fit(entry.piece)}\t{on}\t{_fit(entry.label)}"
    tail = f"\t\t{_day(entry.valid_on)}\t\t\r\n"
    for line in entry.lines:
        account = f"{line.account.number}\t{_fit(line.account.label)}"
        client = f"{_fit(line.client_number)}\t{_fit(line.client_name)}"
        amounts = f"{_amount(line.debit)}\t{_amount(line.credit)}"
        yield f"{head}\t{account}\t{client}\t{piece}\t{amounts}\t{tail}"


def _fit(text: str) -> str:
    """What would break a line (tabs, bars, ends of line) becomes a space."""
    if text.isprintable() and "|" not in text:  # nearly always, and far cheaper to find out
        return text.strip()
    return _UNFIT.sub(" ", text).strip()


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",") if amount else "0,00"


def _day(day: dt.date) -> str:
    return day.isoformat().replace("-", "")
