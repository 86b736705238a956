"""Reads when a CII invoice is due, to whom it is payable, and what it refers to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from lxml import etree

from core.errors import gettext_noop as _
from invoices.importing import identifiers
from invoices.importing.cii_values import amount, day, find_all, text
from invoices.importing.cii_xml import line_of
from invoices.importing.findings import Findings
from invoices.importing.records import (
    ImportedInstallment,
    ImportedKind,
    PrecedingInvoice,
    say,
)

_TERMS = "ram:SpecifiedTradePaymentTerms"


def read_due_dates(
    settlement: etree._Element | None, findings: Findings
) -> tuple[dt.date | None, tuple[ImportedInstallment, ...]]:
    """Return the due date (the last one, of several) and the instalments when amounts are given.

    Never guessed: without a date the result is None, whatever the text of the terms says.
    """
    dates, parts = [], []
    for terms in find_all(settlement, _TERMS):
        due_on = day(terms, "ram:DueDateDateTime", findings, term="BT-9")
        part = amount(terms, "ram:PartialPaymentAmount", findings, term="BT-9")
        if due_on is None:
            continue
        dates.append(due_on)
        if part is not None:
            parts.append(ImportedInstallment(due_on, part))
    if len(parts) != len(dates) or len(parts) == 1:
        parts = []
    if len(dates) > 1 and not parts:
        findings.doubt(
            say(_("The invoice has several due dates and does not say how much is due on each.")),
            column="BT-9",
        )
    return max(dates, default=None), tuple(parts)


def check_due_date(
    due_on: dt.date | None, issued_on: dt.date | None, kind: ImportedKind | None, findings: Findings
) -> None:
    """Refuse a due date before the issue date; warn when there is none."""
    if kind is ImportedKind.CREDIT_NOTE:
        return
    if due_on is None:
        findings.note(
            say(_("The file gives no due date: your usual payment terms will be applied.")),
            column="BT-9",
        )
    elif issued_on is not None and due_on < issued_on:
        findings.refuse(
            say(
                _("The due date %(due_on)s is before the issue date %(issued_on)s."),
                due_on=due_on,
                issued_on=issued_on,
            ),
            column="BT-9",
        )


def check_installments(
    installments: tuple[ImportedInstallment, ...], due: Decimal, findings: Findings
) -> None:
    """Refuse instalments that are not, together, what is due."""
    total = sum((each.amount for each in installments), Decimal(0))
    if installments and total != due:
        findings.refuse(
            say(
                _("The instalments add up to %(total)s, but %(due)s is due."), total=total, due=due
            ),
            column="BT-9",
        )


def read_terms(settlement: etree._Element | None) -> str:
    texts = (text(terms, "ram:Description") for terms in find_all(settlement, _TERMS))
    return "\n".join(each for each in texts if each)


def read_iban(settlement: etree._Element | None, findings: Findings) -> str:
    """Return the first valid IBAN to pay to; one that does not hold is warned about."""
    path = (
        "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount/ram:IBANID"
    )
    for found in find_all(settlement, path):
        number = identifiers.valid_iban(text(found))
        if number:
            return number
        findings.note(
            say(_("“%(text)s” is not a valid IBAN: it is left out."), text=text(found)),
            line=line_of(found),
            column="BT-84",
        )
    return ""


def note_payee(settlement: etree._Element | None, seller: str, findings: Findings) -> None:
    """Warn when somebody else than the seller is to be paid: the claim may have been sold."""
    payee = next(
        (text(each, "ram:Name") for each in find_all(settlement, "ram:PayeeTradeParty")), ""
    )
    if payee and payee.casefold() != seller.casefold():
        findings.note(
            say(_("The invoice is payable to “%(payee)s”, not to the seller."), payee=payee),
            column="BT-59",
        )


def read_preceding(
    settlement: etree._Element | None, findings: Findings
) -> tuple[PrecedingInvoice, ...]:
    found = (
        PrecedingInvoice(
            text(each, "ram:IssuerAssignedID"),
            day(each, "ram:FormattedIssueDateTime", findings, term="BT-26"),
        )
        for each in find_all(settlement, "ram:InvoiceReferencedDocument")
    )
    return tuple(each for each in found if each.number)
