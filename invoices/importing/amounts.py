"""Amounts as people write them in tables: which sign is the decimal mark is proved, not guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from core.errors import gettext_noop as _
from invoices.importing.findings import Unreadable
from invoices.importing.records import say
from invoices.importing.tables import Cell

CENT = Decimal("0.01")
LARGEST = Decimal("999999999999.99")  # what a Decimal(14,2) column holds
_FLOAT_DUST = Decimal("0.000001")  # what binary fractions leave behind in a spreadsheet
_NOISE = re.compile(r"[\s\u00a0\u202f'’]|€|\$|£|EUR|USD|GBP|CHF|CAD", re.IGNORECASE)
_PLAIN = re.compile(r"-?\d+(\.\d+)?")
_GROUPED = {
    ",": re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?"),
    ".": re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?"),
}
_THOUSAND = 3


def bare(text: str) -> str:
    """Return the figures alone: no blanks, no currency, the sign in front."""
    figures = _NOISE.sub("", text)
    if figures.startswith("(") and figures.endswith(")"):
        return "-" + figures[1:-1]
    if figures.endswith("-"):
        return "-" + figures[:-1]
    return figures.removeprefix("+").replace("\u2212", "-")


@dataclass
class MarkEvidence:
    """What the amounts of one column say about the decimal mark; lines prove it to the user."""

    comma_at: int | None = None
    point_at: int | None = None
    unclear_at: int | None = None
    unclear: str = ""

    def see(self, cell: Cell, line: int) -> None:
        if not isinstance(cell, str) or ("," not in cell and "." not in cell):
            return
        mark = _mark_of(bare(cell))
        if mark == ",":
            self.comma_at = self.comma_at or line
        elif mark == ".":
            self.point_at = self.point_at or line
        elif mark == "?" and self.unclear_at is None:
            self.unclear_at, self.unclear = line, cell

    @property
    def mark(self) -> str | None:
        """The proved mark; None without proof. Raises Unreadable when lines contradict."""
        if self.comma_at and self.point_at:
            raise Unreadable(
                say(
                    _(
                        "Line %(comma)s writes decimals with a comma and line %(point)s with a "
                        "point: use one of them in the whole column."
                    ),
                    comma=self.comma_at,
                    point=self.point_at,
                ),
                line=max(self.comma_at, self.point_at),
            )
        if self.comma_at:
            return ","
        return "." if self.point_at else None


def _mark_of(figures: str) -> str:
    """Return "," or "." when the figures prove it, "?" when they are ambiguous, "" else."""
    commas, points = figures.count(","), figures.count(".")
    if commas and points:
        last = "," if figures.rfind(",") > figures.rfind(".") else "."
        return last if figures.count(last) == 1 else ""
    sign, count = (",", commas) if commas else (".", points)
    other = "." if sign == "," else ","
    if count > 1:
        return other
    before, _sign, after = figures.partition(sign)
    whole = before.lstrip("-")
    if len(after) == _THOUSAND and 1 <= len(whole) <= _THOUSAND and not whole.startswith("0"):
        return "?"
    return sign


def parse_amount(cell: Cell, mark: str) -> Decimal:
    """Return an amount in whole cents. Raises Unreadable with the reason."""
    if isinstance(cell, Decimal):
        return _in_cents(cell, str(cell), dust=_FLOAT_DUST)
    if not isinstance(cell, str):
        raise Unreadable(say(_("“%(text)s” is not an amount."), text=cell))
    figures = bare(cell)
    thousands = "." if mark == "," else ","
    if thousands in figures and _GROUPED[thousands].fullmatch(figures):
        figures = figures.replace(thousands, "")
    figures = figures.replace(mark, ".") if thousands not in figures else figures
    if not _PLAIN.fullmatch(figures):
        raise Unreadable(say(_("“%(text)s” is not an amount."), text=cell[:40]))
    return _in_cents(Decimal(figures), cell)


def _in_cents(value: Decimal, text: str, *, dust: Decimal = Decimal(0)) -> Decimal:
    if abs(value) > LARGEST:
        raise Unreadable(say(_("The amount %(amount)s is absurdly large."), amount=text[:40]))
    cents = value.quantize(CENT)
    if abs(cents - value) > dust:
        raise Unreadable(
            say(_("The amount %(amount)s has more than two decimals."), amount=text[:40])
        )
    return cents
