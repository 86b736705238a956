"""Reads single values out of CII elements: text, amount, date, each checked where it stands."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from lxml import etree

from core.errors import gettext_noop as _
from invoices.importing.cii_xml import NAMESPACES, line_of
from invoices.importing.findings import Findings
from invoices.importing.records import say

CENT = Decimal("0.01")
LARGEST = Decimal("999999999999.99")  # what a Decimal(14,2) column holds
_NUMBER = re.compile(r"[+-]?(\d{1,18}(\.\d{1,12})?|\.\d{1,12})")
_DAY = re.compile(r"(19|20)\d{6}")
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0]+")


def find(element: etree._Element | None, path: str) -> etree._Element | None:
    return None if element is None else element.find(path, NAMESPACES)


def find_all(element: etree._Element | None, path: str) -> list[etree._Element]:
    return [] if element is None else element.findall(path, NAMESPACES)


def text(element: etree._Element | None, path: str = ".") -> str:
    """Return the text at a path, trimmed, or ""."""
    found = find(element, path) if path != "." else element
    return "" if found is None or found.text is None else tidy(found.text)


def tidy(value: str) -> str:
    """Collapse blanks and keep line breaks."""
    lines = (_BLANKS.sub(" ", line).strip() for line in value.split("\n"))
    return "\n".join(line for line in lines if line)


def number(
    element: etree._Element | None, path: str, findings: Findings, *, term: str
) -> Decimal | None:
    """Return the number at a path; None when absent; refused when it is no plain number."""
    found = find(element, path)
    raw = text(found)
    if found is None or not raw:
        return None
    if not _NUMBER.fullmatch(raw):
        findings.refuse(
            say(_("“%(text)s” is not an amount."), text=raw[:40]),
            line=line_of(found),
            column=term,
        )
        return None
    return Decimal(raw)


def amount(
    element: etree._Element | None, path: str, findings: Findings, *, term: str
) -> Decimal | None:
    """Return a money amount in whole cents; more decimals or an absurd size are refused."""
    value = number(element, path, findings, term=term)
    if value is None:
        return None
    found = find(element, path)
    line = None if found is None else line_of(found)
    if abs(value) > LARGEST:
        findings.refuse(
            say(_("The amount %(amount)s is absurdly large."), amount=value),
            line=line,
            column=term,
        )
        return None
    cents = value.quantize(CENT)
    if cents != value:
        findings.refuse(
            say(_("The amount %(amount)s has more than two decimals."), amount=value),
            line=line,
            column=term,
        )
        return None
    return cents


def day(
    element: etree._Element | None, path: str, findings: Findings, *, term: str
) -> dt.date | None:
    """Return the date at a path, which must be a full day (format 102); None when absent."""
    holder = find(element, path)
    # Header dates are udt:, those of references qdt:, and old files mix the two.
    found = None if holder is None else next(holder.iterchildren("{*}DateTimeString"), None)
    raw = text(found)
    if found is None or not raw:
        return None
    if found.get("format", "102") == "102" and _DAY.fullmatch(raw):
        try:
            return dt.date(int(raw[:4]), int(raw[4:6]), int(raw[6:]))
        except ValueError:
            pass
    findings.refuse(
        say(_("“%(text)s” is not a date."), text=raw[:40]), line=line_of(found), column=term
    )
    return None
