"""Which mentions an invoice needs, and their wording on its day: dated data, never constants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from clients.models import Client
from core.money import format_money
from invoices.documents.data import BuyerKind, DocumentKind, Operation, VatCategory
from invoices.documents.mentions import MentionFacts
from invoices.models import Invoice
from legal.law import Law
from tenants.models import Business

if TYPE_CHECKING:
    from invoices.services.drafts import LineInput

# Why a line bears no VAT, by its category. Reverse charge depends on where the client is; an
# exemption (E) depends on the trade, so the business words it, but for the franchise.
_EXEMPTIONS = {"K": "INTRA_EU_GOODS", "G": "EXPORT", "O": "SERVICES_NON_EU"}
# Texts that the business writes itself, by the key of the mention.
_OWN_TEXTS = {
    "DECENNALE": "insurance",
    "MEDIATOR": "consumer_mediator",
    "EXEMPT": "vat_exemption",
}


def mention_facts(
    invoice: Invoice, client: Client, business: Business, lines: Sequence[LineInput]
) -> MentionFacts:
    return MentionFacts(
        kind=DocumentKind(invoice.kind),
        issued_on=invoice.issued_on or dt.date.min,
        buyer_kind=BuyerKind(client.kind),
        operation=Operation(invoice.operation),
        vat_categories=frozenset(VatCategory(line.vat_category) for line in lines),
        exemptions=_exemptions(client, business, lines),
        franchise=business.vat_regime == Business.VatRegime.FRANCHISE,
        vat_on_debits=business.vat_on_debits,
        sole_trader=business.is_sole_trader,
        in_liquidation=business.in_liquidation,
        insured=bool(business.insurance),
        mediated=bool(business.consumer_mediator),
    )


def _exemptions(client: Client, business: Business, lines: Sequence[LineInput]) -> tuple[str, ...]:
    reverse_charge = "RC_BTP" if client.country == "FR" else "EU_SERVICES_RC"
    keys = {**_EXEMPTIONS, "AE": reverse_charge}
    if business.vat_exemption and business.vat_regime != Business.VatRegime.FRANCHISE:
        keys["E"] = "EXEMPT"
    used = dict.fromkeys(line.vat_category for line in lines)
    return tuple(keys[category] for category in used if category in keys)


def mention_text(key: str, *, business: Business, law: Law) -> str:
    """The wording of one mention, its figures filled in.

    Raises:
        TextMissing, ThresholdMissing: the law of that day is not in our tables.
    """
    if own := _OWN_TEXTS.get(key):
        return str(getattr(business, own))
    if key == "PMD":
        return _penalties(business, law)
    if key == "PMD_PUBLIC":
        points = law.threshold("ECB_MARGIN_PUBLIC_BODY")
        return law.text("PMD_ECB", points=_plain(points, law.language))
    if key == "PMT":
        amount = law.threshold("RECOVERY_INDEMNITY")
        return law.text(key, amount=format_money(amount, "EUR", law.language))
    return law.text(key)


def _penalties(business: Business, law: Law) -> str:
    if business.late_fee_rate is not None:
        percent = "%" if law.language == "en" else " %"
        rate = f"{_plain(business.late_fee_rate, law.language)}{percent}"
        return law.text("PMD", rate=rate)
    points = law.threshold("ECB_MARGIN_BUSINESS")
    return law.text("PMD_ECB", points=_plain(points, law.language))


def _plain(number: Decimal, language: str) -> str:
    shown = f"{number.normalize():f}"
    return shown.replace(".", ",") if language == "fr" else shown
