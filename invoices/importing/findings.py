"""Collects what is wrong with a file while it is read, so that the user hears it all at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from invoices.importing.records import Notice, ReadReport, Reason, Refusal


class Unreadable(Exception):
    """The file cannot be read any further."""

    def __init__(self, reason: Reason, *, line: int | None = None, column: str = "") -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.line = line
        self.column = column


@dataclass
class Findings:
    """The refusals and notices of one file. With `accept_doubts`, doubts become notices."""

    file: str
    accept_doubts: bool = False
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def refuse(self, reason: Reason, *, line: int | None = None, column: str = "") -> None:
        self.refusals.append(Refusal(self.file, line, column, reason))

    def doubt(self, reason: Reason, *, line: int | None = None, column: str = "") -> None:
        if self.accept_doubts:
            self.note(reason, line=line, column=column)
        else:
            self.refusals.append(Refusal(self.file, line, column, reason, is_doubt=True))

    def note(self, reason: Reason, *, line: int | None = None, column: str = "") -> None:
        self.notices.append(Notice(self.file, line, column, reason))


def refused(file: str, stop: Unreadable) -> ReadReport:
    """Return the report of a file of which nothing could be read."""
    return ReadReport(refusals=(Refusal(file, stop.line, stop.column, stop.reason),))
