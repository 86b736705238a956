"""CII XML (D16B to D22B, every Factur-X profile from MINIMUM to EXTENDED) to one invoice."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace

from lxml import etree

from core.errors import gettext_noop as _
from invoices.importing import cii_terms, identifiers
from invoices.importing.cii_money import Money, read_money
from invoices.importing.cii_party import read_party
from invoices.importing.cii_values import day, find, find_all, text
from invoices.importing.cii_xml import check_schema, open_cii, profile_of
from invoices.importing.findings import Findings, Unreadable, refused
from invoices.importing.limits import MAX_NUMBER
from invoices.importing.records import (
    ImportedInvoice,
    ImportedKind,
    ImportedParty,
    ReadReport,
    say,
)

_SELF_BILLED = "389"
_KINDS = {
    "380": ImportedKind.INVOICE,
    "82": ImportedKind.INVOICE,  # metered services
    "383": ImportedKind.INVOICE,  # debit note
    _SELF_BILLED: ImportedKind.INVOICE,
    "877": ImportedKind.INVOICE,  # final construction invoice
    "386": ImportedKind.DEPOSIT,
    "326": ImportedKind.PROGRESS,
    "875": ImportedKind.PROGRESS,  # construction, partial
    "876": ImportedKind.PROGRESS,
    "384": ImportedKind.CORRECTIVE,
    "381": ImportedKind.CREDIT_NOTE,
    "261": ImportedKind.CREDIT_NOTE,  # self-billed
    "532": ImportedKind.CREDIT_NOTE,  # of a forwarder
}
_ASSIGNED = frozenset({"393", "396"})  # sold to a factor
_DOCUMENT = "rsm:ExchangedDocument"
_DEAL = "rsm:SupplyChainTradeTransaction"


@dataclass(frozen=True, slots=True)
class _Head:
    kind: ImportedKind
    number: str
    issued_on: dt.date
    currency: str
    seller: ImportedParty
    buyer: ImportedParty


def read_cii(content: bytes, *, file: str, accept_doubts: bool = False) -> ReadReport:
    """Read one CII invoice. Every reason against it is reported, not only the first.

    Refused: what is missing for a debt (number, date, currency, parties, total, amount due),
    sums that contradict each other, a due date before the issue date, negative totals, kinds of
    document that are no debt. Doubted: a broken schema, lines that do not multiply, VAT bases
    that do not match. Warned about: identifiers whose check digits do not hold (they are left
    out), a missing due date, a payee who is not the seller.
    """
    findings = Findings(file, accept_doubts)
    try:
        root = open_cii(content)
    except Unreadable as stop:
        return refused(file, stop)
    invoice = _read(root, findings, hashlib.sha256(content).hexdigest())
    if findings.refusals or invoice is None:
        return ReadReport(refusals=tuple(findings.refusals), notices=tuple(findings.notices))
    return ReadReport(invoices=(invoice,))


def _read(root: etree._Element, findings: Findings, sha256: str) -> ImportedInvoice | None:
    profile = profile_of(root)
    deal = find(root, _DEAL)
    settlement = find(deal, "ram:ApplicableHeaderTradeSettlement")
    _refuse_test(root, findings)
    head = _head(root, findings)
    currency = text(settlement, "ram:InvoiceCurrencyCode")
    money = read_money(deal, currency=currency, profile=profile, findings=findings)
    due_on, installments = cii_terms.read_due_dates(settlement, findings)
    check_schema(root, profile, findings)
    if head is None or money is None:
        return None
    cii_terms.check_due_date(due_on, head.issued_on, head.kind, findings)
    cii_terms.check_installments(installments, money.totals.due, findings)
    cii_terms.note_payee(settlement, head.seller.name, findings)
    if not money.totals.due:
        findings.note(say(_("Nothing is due on this invoice.")), column="BT-115")
    draft = _assemble(root, head, money, findings)
    return replace(
        draft,
        due_on=due_on,
        installments=installments,
        sha256=sha256,
        profile=profile,
        warnings=tuple(findings.notices),
    )


def _head(root: etree._Element, findings: Findings) -> _Head | None:
    document, deal = find(root, _DOCUMENT), find(root, _DEAL)
    agreement = find(deal, "ram:ApplicableHeaderTradeAgreement")
    kind = _kind(document, findings)
    number = _number(document, findings)
    issued_on = _issued_on(document, findings)
    currency = _currency(find(deal, "ram:ApplicableHeaderTradeSettlement"), findings)
    seller = read_party(find(agreement, "ram:SellerTradeParty"), findings)
    buyer = read_party(find(agreement, "ram:BuyerTradeParty"), findings)
    if seller is None:
        findings.refuse(say(_("The seller has no name.")), column="BT-27")
    if buyer is None:
        findings.refuse(say(_("The buyer has no name.")), column="BT-44")
    if kind and number and issued_on and currency and seller and buyer:
        return _Head(kind, number, issued_on, currency, seller, buyer)
    return None


def _kind(document: etree._Element | None, findings: Findings) -> ImportedKind | None:
    code = text(document, "ram:TypeCode")
    if code in _ASSIGNED:
        findings.refuse(
            say(_("The claim was sold to a factor (type %(code)s): it is not yours to collect."),
                code=code),
            column="BT-3",
        )  # fmt: skip
        return None
    if code == _SELF_BILLED:
        findings.note(say(_("Your client wrote this invoice in your name.")), column="BT-3")
    kind = _KINDS.get(code)
    if kind is None:
        findings.refuse(
            say(_("A document of type “%(code)s” is not an invoice that can be collected."),
                code=code),
            column="BT-3",
        )  # fmt: skip
    return kind


def _number(document: etree._Element | None, findings: Findings) -> str:
    number = text(document, "ram:ID")
    if not number:
        findings.refuse(say(_("The invoice has no number.")), column="BT-1")
    if len(number) > MAX_NUMBER:
        findings.refuse(
            say(_("The invoice number is longer than %(limit)s characters."), limit=MAX_NUMBER),
            column="BT-1",
        )
    return number


def _issued_on(document: etree._Element | None, findings: Findings) -> dt.date | None:
    before = len(findings.refusals)
    issued_on = day(document, "ram:IssueDateTime", findings, term="BT-2")
    if issued_on is None and len(findings.refusals) == before:
        findings.refuse(say(_("The invoice has no issue date.")), column="BT-2")
    return issued_on


def _currency(settlement: etree._Element | None, findings: Findings) -> str:
    stated = text(settlement, "ram:InvoiceCurrencyCode")
    currency = identifiers.valid_currency(stated)
    if not stated:
        findings.refuse(say(_("The invoice has no currency.")), column="BT-5")
    elif not currency:
        findings.refuse(say(_("“%(text)s” is not a currency."), text=stated), column="BT-5")
    return currency


def _refuse_test(root: etree._Element, findings: Findings) -> None:
    marker = find(root, "rsm:ExchangedDocumentContext/ram:TestIndicator/udt:Indicator")
    if text(marker).lower() in {"true", "1"}:
        findings.refuse(say(_("The invoice is marked as a test.")), column="BT-24")


def _assemble(
    root: etree._Element, head: _Head, money: Money, findings: Findings
) -> ImportedInvoice:
    document, deal = find(root, _DOCUMENT), find(root, _DEAL)
    settlement = find(deal, "ram:ApplicableHeaderTradeSettlement")
    order = (
        "ram:ApplicableHeaderTradeAgreement/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"
    )
    notes = (text(note, "ram:Content") for note in find_all(document, "ram:IncludedNote"))
    totals = money.totals
    return ImportedInvoice(
        file=findings.file,
        kind=head.kind,
        number=head.number,
        issued_on=head.issued_on,
        currency=head.currency,
        total_net=totals.net,
        total_vat=totals.vat,
        total_gross=totals.gross,
        prepaid=totals.prepaid,
        rounding=totals.rounding,
        remaining=totals.due,
        seller=head.seller,
        buyer=head.buyer,
        sha256="",
        terms=cii_terms.read_terms(settlement),
        vat=money.vat,
        lines=money.lines,
        order_reference=text(deal, order),
        payment_reference=text(settlement, "ram:PaymentReference"),
        iban=cii_terms.read_iban(settlement, findings),
        notes=tuple(note for note in notes if note),
        preceding=cii_terms.read_preceding(settlement, findings),
    )
