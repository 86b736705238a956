"""Reads the lines, the VAT and the totals of a CII invoice and holds them against each other."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from core.errors import gettext_noop as _
from invoices.importing import sums
from invoices.importing.cii_values import amount, find, find_all, number, text
from invoices.importing.cii_xml import UNKNOWN_PROFILE, line_of
from invoices.importing.findings import Findings
from invoices.importing.records import ImportedLine, ImportedVat, say

ZERO = Decimal(0)
_SUMMATION = "ram:SpecifiedTradeSettlementHeaderMonetarySummation"
_NOT_COUNTED = frozenset({"GROUP", "INFORMATION", "SUBTOTAL"})  # of LineStatusReasonCode


@dataclass(frozen=True, slots=True)
class Money:
    """Everything in figures, already checked."""

    totals: sums.Totals
    vat: tuple[ImportedVat, ...]
    lines: tuple[ImportedLine, ...]


def read_money(
    deal: etree._Element | None, *, currency: str, profile: str, findings: Findings
) -> Money | None:
    """Return the figures, or None when they cannot even be read. Faults go to `findings`."""
    before = len(findings.refusals)
    settlement = find(deal, "ram:ApplicableHeaderTradeSettlement")
    lines = tuple(
        _line(each, findings) for each in find_all(deal, "ram:IncludedSupplyChainTradeLineItem")
    )
    vat = tuple(_vat(each, findings) for each in find_all(settlement, "ram:ApplicableTradeTax"))
    adjustments = _adjustments(settlement, findings)
    totals = _totals(settlement, currency, findings)
    _refuse_other_currencies(settlement, currency, findings)
    if totals is None or len(findings.refusals) > before:
        return None  # sums over what could not be read would only add noise
    slack = sums.CENT * len(lines) if profile.startswith("EXTENDED") else ZERO
    sums.check_totals(totals, findings, slack=slack)
    sums.check_lines_total(totals, lines, findings, slack=slack)
    sums.check_vat(totals, vat, findings)
    sums.check_vat_bases(vat, lines, adjustments, findings)
    for line in lines:
        sums.check_line(line, findings, binding=profile != UNKNOWN_PROFILE)
    return Money(totals, vat, lines)


def _line(element: etree._Element, findings: Findings) -> ImportedLine:
    document = find(element, "ram:AssociatedDocumentLineDocument")
    settlement = find(element, "ram:SpecifiedLineTradeSettlement")
    quantity = "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"
    price = find(element, "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice")
    net_path = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
    net = amount(settlement, net_path, findings, term="BT-131")
    unit = find(element, quantity)
    tax = find(settlement, "ram:ApplicableTradeTax")
    return ImportedLine(
        number=text(document, "ram:LineID"),
        name=text(element, "ram:SpecifiedTradeProduct/ram:Name"),
        description=text(element, "ram:SpecifiedTradeProduct/ram:Description"),
        net=net or ZERO,
        quantity=number(element, quantity, findings, term="BT-129"),
        unit="" if unit is None else unit.get("unitCode", ""),
        unit_price=number(price, "ram:ChargeAmount", findings, term="BT-146"),
        base_quantity=number(price, "ram:BasisQuantity", findings, term="BT-149") or None,
        adjustment=sum((each.amount for each in _adjustments(settlement, findings)), ZERO),
        vat_category=text(tax, "ram:CategoryCode"),
        vat_rate=number(tax, "ram:RateApplicablePercent", findings, term="BT-152") or ZERO,
        counts=text(document, "ram:LineStatusReasonCode") not in _NOT_COUNTED,
        source_line=line_of(element),
    )


def _vat(element: etree._Element, findings: Findings) -> ImportedVat:
    return ImportedVat(
        category=text(element, "ram:CategoryCode"),
        rate=number(element, "ram:RateApplicablePercent", findings, term="BT-119") or ZERO,
        base=amount(element, "ram:BasisAmount", findings, term="BT-116") or ZERO,
        amount=amount(element, "ram:CalculatedAmount", findings, term="BT-117") or ZERO,
        exemption=text(element, "ram:ExemptionReason") or text(element, "ram:ExemptionReasonCode"),
    )


def _adjustments(
    settlement: etree._Element | None, findings: Findings
) -> tuple[sums.Adjustment, ...]:
    found = []
    for each in find_all(settlement, "ram:SpecifiedTradeAllowanceCharge"):
        size = amount(each, "ram:ActualAmount", findings, term="BT-92") or ZERO
        is_charge = text(each, "ram:ChargeIndicator/udt:Indicator").lower() in {"true", "1"}
        tax = find(each, "ram:CategoryTradeTax")
        found.append(_adjustment(tax, size if is_charge else -size, findings))
    for each in find_all(settlement, "ram:SpecifiedLogisticsServiceCharge"):
        size = amount(each, "ram:AppliedAmount", findings, term="BT-99") or ZERO
        found.append(_adjustment(find(each, "ram:AppliedTradeTax"), size, findings))
    return tuple(found)


def _adjustment(tax: etree._Element | None, size: Decimal, findings: Findings) -> sums.Adjustment:
    rate = number(tax, "ram:RateApplicablePercent", findings, term="BT-96")
    return sums.Adjustment(text(tax, "ram:CategoryCode"), rate or ZERO, size)


def _totals(
    settlement: etree._Element | None, currency: str, findings: Findings
) -> sums.Totals | None:
    stated = find(settlement, _SUMMATION)

    def read(name: str, term: str) -> Decimal | None:
        return amount(stated, f"ram:{name}", findings, term=term)

    gross, due = read("GrandTotalAmount", "BT-112"), read("DuePayableAmount", "BT-115")
    if gross is None:
        findings.refuse(say(_("The total with VAT is missing.")), column="BT-112")
    if due is None:
        findings.refuse(say(_("The amount due is missing.")), column="BT-115")
    if gross is None or due is None:
        return None
    if gross < 0 or due < 0:
        findings.refuse(
            say(_("The total is negative. A credit note states its amounts as positive.")),
            column="BT-112",
        )
    return sums.Totals(
        lines=read("LineTotalAmount", "BT-106"),
        allowances=read("AllowanceTotalAmount", "BT-107") or ZERO,
        charges=read("ChargeTotalAmount", "BT-108") or ZERO,
        net=read("TaxBasisTotalAmount", "BT-109"),
        vat=_total_vat(stated, currency, findings),
        gross=gross,
        prepaid=read("TotalPrepaidAmount", "BT-113") or ZERO,
        rounding=read("RoundingAmount", "BT-114") or ZERO,
        due=due,
    )


def _total_vat(stated: etree._Element | None, currency: str, findings: Findings) -> Decimal | None:
    """Return the VAT in the invoice's currency; a second one is in the currency of accounting."""
    for each in find_all(stated, "ram:TaxTotalAmount"):
        if each.get("currencyID", currency) == currency:
            return amount(each, ".", findings, term="BT-110")
    return None


def _refuse_other_currencies(
    settlement: etree._Element | None, currency: str, findings: Findings
) -> None:
    """Refuse amounts marked with another currency than the invoice's (BR-05)."""
    if settlement is None or not currency:
        return
    for each in settlement.iter("{*}*"):
        other = each.get("currencyID", currency)
        if other != currency and etree.QName(each).localname != "TaxTotalAmount":
            findings.refuse(
                say(
                    _("The invoice is in %(currency)s, but one amount is in %(other)s."),
                    currency=currency,
                    other=other,
                ),
                line=line_of(each),
                column="BT-5",
            )
            return
