"""The arithmetic an invoice must satisfy before it may become a debt (EN 16931, BR-CO-10 to 17).

Pure. The document's own sums are exact to the cent, except that the EXTENDED profiles allow one
cent per line. What concerns single lines and the split by VAT rate is a doubt: the official rules
give it a tolerance or do not check it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.errors import gettext_noop as _
from invoices.importing.findings import Findings
from invoices.importing.records import ImportedLine, ImportedVat, say

ZERO = Decimal(0)
CENT = Decimal("0.01")
LINE_SLACK = Decimal("0.02")  # as Peppol's rule R120
VAT_SLACK = Decimal(1)  # as BR-CO-17 and BR-S-08 in the official rules
HALF_CENT = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance (negative) or a charge on the whole document, under its VAT category."""

    category: str
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals as stated; None where the profile has no such field."""

    lines: Decimal | None
    allowances: Decimal
    charges: Decimal
    net: Decimal | None
    vat: Decimal | None
    gross: Decimal
    prepaid: Decimal
    rounding: Decimal
    due: Decimal


def check_totals(totals: Totals, findings: Findings, *, slack: Decimal = ZERO) -> None:
    """Refuse totals that do not follow from one another (BR-CO-13, 15, 16)."""
    if totals.lines is not None and totals.net is not None:
        expected = totals.lines - totals.allowances + totals.charges
        _same(
            stated=totals.net,
            expected=expected,
            findings=findings,
            term="BT-109",
            template=_(
                "The total without VAT is %(stated)s, but lines, allowances and charges give "
                "%(expected)s."
            ),
            slack=slack,
        )
    if totals.net is not None:
        expected = totals.net + (totals.vat or ZERO)
        _same(
            stated=totals.gross,
            expected=expected,
            findings=findings,
            term="BT-112",
            template=_("The total with VAT is %(stated)s, but net and VAT give %(expected)s."),
            slack=slack,
        )
    expected = totals.gross - totals.prepaid + totals.rounding
    _same(
        stated=totals.due,
        expected=expected,
        findings=findings,
        term="BT-115",
        template=_(
            "The amount due is %(stated)s, but the total less what was prepaid gives %(expected)s."
        ),
        slack=slack,
    )


def check_lines_total(
    totals: Totals, lines: Sequence[ImportedLine], findings: Findings, *, slack: Decimal = ZERO
) -> None:
    """Refuse a lines' total that is not the sum of the lines (BR-CO-10)."""
    counted = [line.net for line in lines if line.counts]
    if totals.lines is None or not lines:
        return
    _same(
        stated=totals.lines,
        expected=sum(counted, ZERO),
        findings=findings,
        term="BT-106",
        template=_("The total of the lines is %(stated)s, but the lines add up to %(expected)s."),
        slack=slack,
    )


def check_vat(totals: Totals, vat: Sequence[ImportedVat], findings: Findings) -> None:
    """Refuse VAT that is not the sum of its breakdown, or not base × rate (BR-CO-14, 17)."""
    if not vat:
        return
    stated = totals.vat or ZERO
    _same(
        stated=stated,
        expected=sum((each.amount for each in vat), ZERO),
        findings=findings,
        term="BT-110",
        template=_("The total VAT is %(stated)s, but its breakdown adds up to %(expected)s."),
        slack=ZERO,
    )
    for each in vat:
        expected = (each.base * each.rate / 100).quantize(CENT)
        _same(
            stated=each.amount,
            expected=expected,
            findings=findings,
            term="BT-117",
            template=_("The VAT of one rate is %(stated)s, but base and rate give %(expected)s."),
            slack=VAT_SLACK,
        )
        if each.category == "S" and each.exemption:
            findings.doubt(
                say(
                    _("VAT at %(rate)s %% is charged and a reason for exemption is given."),
                    rate=each.rate,
                ),
                column="BT-120",
            )


def check_vat_bases(
    vat: Sequence[ImportedVat],
    lines: Sequence[ImportedLine],
    adjustments: Sequence[Adjustment],
    findings: Findings,
) -> None:
    """Doubt a taxable base that its lines, allowances and charges do not give (BR-S-08)."""
    if not lines:
        return
    expected: defaultdict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.counts:
            expected[line.vat_category, line.vat_rate] += line.net
    for adjustment in adjustments:
        expected[adjustment.category, adjustment.rate] += adjustment.amount
    stated = {(each.category, each.rate): each.base for each in vat}
    for key in sorted(expected.keys() | stated.keys()):
        base, due = stated.get(key, ZERO), expected.get(key, ZERO)
        slack = VAT_SLACK if key in stated and key in expected else ZERO
        if abs(base - due) > slack:
            findings.doubt(
                say(
                    _("The base of VAT %(category)s %(rate)s %% is %(stated)s, but its lines "
                      "give %(expected)s."),
                    category=key[0],
                    rate=key[1],
                    stated=base,
                    expected=due,
                ),
                column="BT-116",
            )  # fmt: skip


def check_line(line: ImportedLine, findings: Findings, *, binding: bool) -> None:
    """Doubt a line whose amount is not quantity × price.

    Prices are printed rounded, so each unit may be off by less than half of the price's last
    decimal. A wrong sign and a forgotten base quantity occur in the official examples: neither
    touches the debt. Files that declare no known profile (`binding` false) are only warned about.
    """
    if line.quantity is None or line.unit_price is None or not line.counts:
        return
    per = line.base_quantity or Decimal(1)
    candidates = {line.quantity * line.unit_price / per, line.quantity * line.unit_price}
    slip = min(abs(abs(line.net) - abs(candidate + line.adjustment)) for candidate in candidates)
    if slip <= LINE_SLACK or slip < abs(line.quantity / per) * _half_unit(line.unit_price):
        return
    report = findings.doubt if binding else findings.note
    report(
        say(
            _("Line %(number)s says %(stated)s, but %(quantity)s × %(price)s is %(expected)s."),
            number=line.number,
            stated=line.net,
            quantity=_short(line.quantity),
            price=_short(line.unit_price),
            expected=_short(line.quantity * line.unit_price / per + line.adjustment),
        ),
        line=line.source_line,
        column="BT-131",
    )


def _same(
    *,
    stated: Decimal,
    expected: Decimal,
    findings: Findings,
    term: str,
    template: str,
    slack: Decimal,
) -> None:
    if abs(stated - expected) > slack:
        findings.refuse(say(template, stated=stated, expected=expected), column=term)


def _half_unit(price: Decimal) -> Decimal:
    exponent = price.normalize().as_tuple().exponent
    decimals = max(2, -exponent) if isinstance(exponent, int) else 2
    return HALF_CENT.scaleb(2 - decimals)


def _short(value: Decimal) -> str:
    text = f"{value.normalize():f}"
    return f"{value:.2f}" if len(text.partition(".")[2]) < len("00") else text
