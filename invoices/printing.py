"""From frozen rows to what the printer takes; inside a scope, and no printing here."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, cast

from django.db.models import Sum

from core.identifiers import InvalidIdentifier
from core.references import Transfer, TransferNotEncodable, epc_payload
from invoices.documents.data import (
    Address,
    Buyer,
    BuyerKind,
    DocumentData,
    DocumentKind,
    Line,
    Logo,
    Mention,
    Operation,
    PaymentBlock,
    Reference,
    Seller,
    Totals,
    VatCategory,
    VatLine,
)
from invoices.models import Invoice, Receivable
from invoices.plugs import pay_url_printed
from tenants.files import read_file
from tenants.models import StoredFile

logger = logging.getLogger(__name__)
ZERO = Decimal(0)
Language = Literal["fr", "en"]


def document_data(invoice: Invoice) -> DocumentData:
    """Everything printed on an issued invoice or credit note, as it was frozen."""
    language = cast("Language", invoice.language)
    is_credit = invoice.kind == Invoice.Kind.CREDIT_NOTE
    return DocumentData(
        kind=DocumentKind(invoice.kind),
        language=language,
        number=invoice.number or "",
        issued_on=invoice.issued_on,  # type: ignore[arg-type]
        due_on=None if is_credit else invoice.due_on,
        delivered_on=invoice.delivered_on,
        seller=seller_of(invoice.seller),
        buyer=buyer_of(invoice.buyer, order_reference=invoice.order_reference),
        lines=[_line(row) for row in invoice.lines.order_by("position")],
        vat_breakdown=[
            VatLine(
                rate=Decimal(part["rate"]),
                category=VatCategory(part["category"]),
                base=Decimal(part["base"]),
                vat=Decimal(part["vat"]),
            )
            for part in invoice.vat_breakdown
        ],
        totals=_totals(invoice),
        operation=Operation(invoice.operation),
        currency=invoice.currency,
        mentions=[Mention(row["key"], row["text"]) for row in invoice.mentions],
        references=_references(invoice),
        reason=invoice.notes if is_credit else "",
        notes="" if is_credit else invoice.notes,
        payment=PaymentBlock() if is_credit else _payment_block(invoice),
    )


def seller_of(frozen: Mapping[str, Any]) -> Seller:
    return Seller(
        name=frozen["legal_name"],
        address=_address(frozen),
        siren=frozen["siren"],
        siret=frozen["siret"],
        vat_number=frozen["vat_number"],
        legal_form=frozen["legal_form"],
        capital=frozen["share_capital"],
        registry_city=frozen["registry_city"],
        sole_trader=frozen["is_sole_trader"],
        email=frozen["email"],
        phone=frozen["phone"],
        website=frozen["website"],
        logo=_logo(frozen["logo_sha256"]),
        colour=frozen["color"],
    )


def buyer_of(frozen: Mapping[str, Any], *, order_reference: str = "") -> Buyer:
    return Buyer(
        kind=BuyerKind(frozen["kind"]),
        name=frozen["name"],
        address=_address(frozen),
        contact_name=frozen["contact_name"],
        siren=frozen["siren"],
        vat_number=frozen["vat_number"],
        order_reference=order_reference,
    )


def payment_block(
    frozen: Mapping[str, Any], *, amount: Decimal, currency: str, reference: str, pay_url: str
) -> PaymentBlock:
    """How to pay: bank details, the transfer code for `amount` (euros only), the link."""
    iban, holder = frozen["iban"], frozen["account_holder"] or frozen["legal_name"]
    has_code = bool(iban) and currency == "EUR" and amount > ZERO
    transfer = Transfer(
        name=holder, iban=iban, amount=amount, reference=reference, bic=frozen["bic"]
    )
    return PaymentBlock(
        account_holder=holder,
        iban=iban,
        bic=frozen["bic"],
        reference=reference,
        epc_payload=_code(transfer) if has_code else "",
        pay_url=pay_url,
    )


def _code(transfer: Transfer) -> str:
    """The QR code of a transfer; a document comes out without one rather than not at all."""
    try:
        return epc_payload(transfer)
    except (TransferNotEncodable, InvalidIdentifier):
        logger.warning("A transfer does not fit into a QR code; the document goes without")
        return ""


def _payment_block(invoice: Invoice) -> PaymentBlock:
    receivable = Receivable.objects.filter(
        invoice=invoice, kind=Receivable.Kind.INSTALLMENT, plan=None
    ).first()
    if receivable is None:
        return PaymentBlock()
    return payment_block(
        invoice.seller,
        amount=receivable.amount,
        currency=invoice.currency,
        reference=receivable.reference,
        pay_url=pay_url_printed(invoice) or "",
    )


def _line(row: Any) -> Line:
    return Line(
        description=row.description,
        quantity=row.quantity,
        unit=row.unit,
        unit_price=row.unit_price,
        vat_rate=row.vat_rate,
        vat_category=VatCategory(row.vat_category),
        net=row.net,
        discount_percent=row.discount_percent or None,
    )


def _totals(invoice: Invoice) -> Totals:
    """As at issue: nothing has been paid on a document that is just numbered."""
    is_credit = invoice.kind == Invoice.Kind.CREDIT_NOTE
    amounts = Receivable.objects.filter(
        invoice=invoice, kind=Receivable.Kind.INSTALLMENT, plan=None
    ).aggregate(due=Sum("amount"))
    due = ZERO if is_credit else amounts["due"] or ZERO
    return Totals(
        net=invoice.total_net,
        vat=invoice.total_vat,
        gross=invoice.total_gross,
        already_paid=ZERO if is_credit else invoice.total_gross - due,
        due=due,
    )


def _references(invoice: Invoice) -> list[Reference]:
    original = invoice.corrects
    if original is None or original.number is None or original.issued_on is None:
        return []
    return [Reference(original.number, original.issued_on)]


def _address(frozen: Mapping[str, Any]) -> Address:
    street = tuple(line for line in (frozen["address"], frozen["address_more"]) if line)
    return Address(street, frozen["postcode"], frozen["city"])


def _logo(sha256: str) -> Logo | None:
    stored = StoredFile.objects.filter(sha256=sha256).first() if sha256 else None
    return Logo(read_file(stored), stored.media_type) if stored else None
