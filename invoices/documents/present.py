"""From frozen data to the strings the templates print; no markup here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.money import format_decimal, format_money, format_percent
from invoices.documents.data import (
    Address,
    Allowance,
    Buyer,
    BuyerKind,
    DocumentData,
    DocumentKind,
    Language,
    Line,
    PaymentBlock,
    Reference,
    Seller,
    VatCategory,
    VatLine,
)
from invoices.documents.mentions import NAME_KEY, ORIGIN_KEY, STATUS_KEY, TAX_KEYS
from invoices.documents.wording import NBSP, WORDING, long_date, short_date

GROUP = 4
TAXED = frozenset({VatCategory.STANDARD, VatCategory.ZERO})


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value."""

    label: str
    value: str


def grouped(code: str, size: int = GROUP) -> str:
    """Show an IBAN or a reference in groups, as banks print them, unbreakable."""
    bare = code.replace(" ", "")
    return NBSP.join(bare[start : start + size] for start in range(0, len(bare), size))


def siren_shown(siren: str) -> str:
    """`732 829 320`."""
    return grouped(siren, 3)


def seller_footer(seller: Seller, name: str, language: Language) -> str:
    """The legal identity at the foot of every page (M04–M06)."""
    words = WORDING[language]
    identity = name
    if seller.legal_form:
        identity += f", {seller.legal_form}"
    if seller.capital:
        identity += f" {words.capital} {seller.capital}"
    numbers = (
        f"SIREN{NBSP}{siren_shown(seller.siren)}" if seller.siren else "",
        f"{words.registry} {seller.registry_city}" if seller.registry_city else "",
        f"{words.vat_number}{NBSP}{seller.vat_number}" if seller.vat_number else "",
    )
    address = ", ".join(seller.address.lines)
    return " · ".join(part for part in (identity, address, *numbers) if part)


def letter_parties(seller: Seller, buyer: Buyer, language: Language) -> dict[str, object]:
    """Who writes to whom, at the head and the foot of a letter."""
    # A sole trader says so on every paper (M07).
    name = f"{seller.name} EI" if seller.sole_trader else seller.name
    return {
        "seller": seller,
        "seller_name": name,
        "seller_siren": siren_shown(seller.siren),
        "footer": seller_footer(seller, name, language),
        "buyer": buyer,
        "addressee": buyer.billing_address or buyer.address,
        "buyer_facts": [f"SIREN{NBSP}{siren_shown(buyer.siren)}"] if buyer.siren else [],
        "consumer": buyer.kind is BuyerKind.CONSUMER,
    }


def invoice_context(data: DocumentData) -> dict[str, object]:
    """Everything `templates/documents/invoice.html` prints."""
    words = WORDING[data.language]
    texts = {mention.key: mention.text for mention in data.mentions}
    name = f"{data.seller.name} {texts[NAME_KEY]}" if NAME_KEY in texts else data.seller.name
    title = words.kinds[data.kind]
    shows_vat = any(line.vat_category in TAXED for line in data.lines)
    return {
        "language": data.language,
        "words": words,
        "title": title,
        "running": f"{title} {data.number}",
        "number": data.number,
        "stamp": f"{data.issued_on:%Y-%m-%d}T00:00:00Z",
        "seller": data.seller,
        "seller_name": name,
        "seller_status": texts.get(STATUS_KEY, ""),
        "footer": seller_footer(data.seller, name, data.language),
        "addressee": data.buyer.billing_address or data.buyer.address,
        "buyer": data.buyer,
        "buyer_facts": _buyer_facts(data),
        "facts": _facts(data),
        "sides": _side_addresses(data),
        "origins": texts.get(ORIGIN_KEY) or _origins(data),
        "deposits": _deposits(data),
        "reason": data.reason,
        "shows_vat": shows_vat,
        "rows": [_row(line, data, shows_vat=shows_vat) for line in data.lines],
        "vat_rows": [_vat_row(row, data) for row in data.vat_breakdown] if shows_vat else [],
        "tax_mentions": [m.text for m in data.mentions if m.key in TAX_KEYS],
        "mentions": _foot_mentions(data),
        "currency_note": f"{words.amounts_in} {data.currency}" if data.currency != "EUR" else "",
        "totals": _totals(data, shows_vat=shows_vat),
        "outcome": _outcome(data),
        "schedule": _schedule(data),
        "payment": payment_context(data.payment, data.language) if _is_payable(data) else None,
        "notes": data.notes,
    }


def payment_context(payment: PaymentBlock, language: Language) -> dict[str, object] | None:
    """The payment block, or None when there is no way to pay to show."""
    if not (payment.iban or payment.pay_url):
        return None
    words = WORDING[language]
    facts = (
        Fact(words.holder, payment.account_holder),
        Fact("IBAN", grouped(payment.iban)),
        Fact("BIC", payment.bic),
        Fact(words.reference, grouped(payment.reference)),
    )
    return {
        "facts": [fact for fact in facts if fact.value],
        "has_code": bool(payment.epc_payload),
        "url": payment.pay_url,
        "url_shown": payment.pay_url.removeprefix("https://").rstrip("/"),
    }


def _is_payable(data: DocumentData) -> bool:
    return data.kind is not DocumentKind.CREDIT_NOTE and data.totals.due > 0


def _buyer_facts(data: DocumentData) -> list[str]:
    words = WORDING[data.language]
    return [
        shown
        for value, shown in (
            (data.buyer.siren, f"SIREN{NBSP}{siren_shown(data.buyer.siren)}"),
            (data.buyer.vat_number, f"{words.vat_number}{NBSP}{data.buyer.vat_number}"),
        )
        if value
    ]


def _facts(data: DocumentData) -> list[Fact]:
    """The strip under the addresses (M03, M14, M17, M24, M28)."""
    words, language = WORDING[data.language], data.language
    facts = [Fact(words.issued_on, long_date(data.issued_on, language))]
    if data.due_on and data.kind is not DocumentKind.CREDIT_NOTE:
        facts.append(Fact(words.due_on, long_date(data.due_on, language)))
    if data.period:
        first, last = (short_date(day, language) for day in data.period)
        facts.append(Fact(words.period, f"{first} – {last}"))
    elif data.delivered_on and data.delivered_on != data.issued_on:
        facts.append(Fact(words.delivered_on, long_date(data.delivered_on, language)))
    facts.append(Fact(words.operation, words.operations[data.operation]))
    if data.buyer.order_reference:
        facts.append(Fact(words.order, data.buyer.order_reference))
    if data.buyer.client_reference:
        facts.append(Fact(words.client, data.buyer.client_reference))
    return facts


def _side_addresses(data: DocumentData) -> list[Fact]:
    """Addresses other than the one in the window (M08, M11, M13)."""
    words, buyer = WORDING[data.language], data.buyer
    sides = []
    if buyer.billing_address and buyer.billing_address != buyer.address:
        sides.append(Fact(words.registered_address, _on_one_line(buyer.address)))
    if buyer.delivery_address and buyer.delivery_address != buyer.address:
        sides.append(Fact(words.delivery_address, _on_one_line(buyer.delivery_address)))
    if agent := data.fiscal_representative:
        shown = (agent.name, _on_one_line(agent.address), agent.vat_number)
        sides.append(Fact(words.representative, ", ".join(part for part in shown if part)))
    return sides


def _on_one_line(address: Address) -> str:
    return ", ".join(address.lines)


def _origins(data: DocumentData) -> str:
    """`Avoir sur la facture n° … du …`: number and date of what is corrected."""
    words = WORDING[data.language]
    lead = {
        DocumentKind.CREDIT_NOTE: words.credits,
        DocumentKind.CORRECTIVE: words.replaces,
    }.get(data.kind)
    if not lead or not data.references:
        return ""
    return f"{lead} {', '.join(_cited(ref, data.language) for ref in data.references)}"


def _cited(reference: Reference, language: Language) -> str:
    words = WORDING[language]
    return f"{reference.number} {words.of_date} {long_date(reference.issued_on, language)}"


def _deposits(data: DocumentData) -> list[str]:
    """Each deposit of a final invoice: number, date, net and VAT."""
    if data.kind is not DocumentKind.FINAL:
        return []
    words = WORDING[data.language]
    return [_deposit(reference, data, words.deposit) for reference in data.references]


def _deposit(reference: Reference, data: DocumentData, lead: str) -> str:
    words, language = WORDING[data.language], data.language
    parts = [f"{lead} {_cited(reference, language)}"]
    for label, amount in ((words.base, reference.net), (words.vat, reference.vat)):
        if amount is not None:
            parts.append(f"{label} {format_money(amount, data.currency, language)}")
    return ", ".join(parts)


def _row(line: Line, data: DocumentData, *, shows_vat: bool) -> dict[str, object]:
    words, language = WORDING[data.language], data.language
    detail = [line.detail] if line.detail else []
    if line.discount_percent:
        percent = format_percent(line.discount_percent, language)
        detail.append(f"{words.line_discount} {percent}".capitalize())
    quantity = format_decimal(line.quantity, language)
    return {
        "description": line.description,
        "detail": "\n".join(detail),
        "quantity": f"{quantity} {line.unit}" if line.unit else quantity,
        "unit_price": format_decimal(line.unit_price, language, 2),
        "vat": _vat_shown(line.vat_category, line.vat_rate, language) if shows_vat else "",
        "net": format_decimal(line.net, language, 2),
    }


def _vat_shown(category: VatCategory, rate: Decimal, language: Language) -> str:
    return WORDING[language].categories[category] or format_percent(rate, language)


def _vat_row(row: VatLine, data: DocumentData) -> dict[str, str]:
    language = data.language
    return {
        "rate": _vat_shown(row.category, row.rate, language),
        "base": format_money(row.base, data.currency, language),
        "vat": format_money(row.vat, data.currency, language),
    }


def _totals(data: DocumentData, *, shows_vat: bool) -> list[Fact]:
    """The column of totals down to what is due, which stands apart."""
    words, totals = WORDING[data.language], data.totals
    rows = [
        *((_allowance(item, data.language), -item.amount, True) for item in data.allowances),
        (words.total_net if shows_vat else words.total, totals.net, True),
        (words.total_vat, totals.vat, shows_vat),
        (words.total_gross, totals.gross, shows_vat),
        (words.already_paid, -totals.already_paid, bool(totals.already_paid)),
    ]
    shown = [
        Fact(label, format_money(amount, data.currency, data.language))
        for label, amount, wanted in rows
        if wanted
    ]
    if totals.vat_in_euros is not None:
        euros = format_money(totals.vat_in_euros, "EUR", data.language)
        shown.insert(len(data.allowances) + 2, Fact(words.vat_in_euros, euros))
    return shown


def _allowance(item: Allowance, language: Language) -> str:
    return f"{item.label} ({WORDING[language].vat} {format_percent(item.vat_rate, language)})"


def _outcome(data: DocumentData) -> dict[str, str]:
    """The one line everybody looks for: how much, until when."""
    words, totals, language = WORDING[data.language], data.totals, data.language
    if data.kind is DocumentKind.CREDIT_NOTE:
        label, amount, by = words.credited, totals.gross, ""
    elif totals.due <= 0:
        label, amount, by = words.settled, totals.due, ""
    else:
        dated = data.due_on and not _schedule(data)
        by = f"{words.by} {long_date(data.due_on, language)}" if data.due_on and dated else ""
        label, amount = words.due, totals.due
    return {"label": label, "value": format_money(amount, data.currency, language), "by": by}


def _schedule(data: DocumentData) -> list[Fact]:
    if len(data.due_parts) < 2 or not _is_payable(data):  # noqa: PLR2004
        return []
    return [
        Fact(
            long_date(part.due_on, data.language),
            format_money(part.amount, data.currency, data.language),
        )
        for part in data.due_parts
    ]


def _foot_mentions(data: DocumentData) -> list[str]:
    apart = TAX_KEYS | {NAME_KEY, STATUS_KEY, ORIGIN_KEY}
    return [mention.text for mention in data.mentions if mention.key not in apart]
