"""Reads every invoice in a folder and tells the verdict on each: for tests and for the docs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from invoices.importing.reader import read_file
from invoices.importing.records import ReadReport

_SUFFIXES = frozenset((".xml", ".pdf", ".csv", ".xlsx"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one file."""

    folder: str
    file: str
    is_accepted: bool
    summary: str  # the invoice, or why not


def verdicts(folder: Path) -> Iterator[Verdict]:
    """Yield the verdict on every file below a folder, in order of name."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _SUFFIXES:
            with path.open("rb") as stream:
                report = read_file(stream, file=path.name, size=path.stat().st_size)
            yield Verdict(path.parent.name, path.name, report.is_clean, _summary(report))


def _summary(report: ReadReport) -> str:
    if report.refusals:
        return " ".join(str(each.reason) for each in report.refusals)
    return "; ".join(
        f"{each.kind} {each.number}, {each.buyer.name}: {each.total_gross} {each.currency}"
        f", {each.remaining} due"
        for each in report.invoices
    )
