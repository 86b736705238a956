"""The words printed on invoices and credit notes, natively in French and in English.

They are part of documents that never change once issued, so they do not come from the
interface's translation catalogue. Legal texts are not here: they are dated data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from invoices.documents.data import DocumentKind, Language, Operation, VatCategory

NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Wording:
    """Every label of a document, in one language."""

    kinds: Mapping[DocumentKind, str]
    operations: Mapping[Operation, str]
    categories: Mapping[VatCategory, str]
    months: tuple[str, ...]
    issued_on: str
    due_on: str
    delivered_on: str
    period: str
    order: str
    client: str
    operation: str
    description: str
    quantity: str
    unit_price: str
    vat: str
    net: str
    rate: str
    base: str
    total_net: str
    total_vat: str
    total_gross: str
    total: str
    vat_in_euros: str
    already_paid: str
    due: str
    by: str
    settled: str
    credited: str
    line_discount: str
    amounts_in: str
    schedule: str
    registered_address: str
    delivery_address: str
    representative: str
    payment: str
    scan: str
    online: str
    holder: str
    reference: str
    qr_title: str
    logo_of: str
    credits: str
    replaces: str
    deposits: str
    deposit: str
    of_date: str
    reason: str
    notes: str
    mentions: str
    capital: str
    vat_number: str
    registry: str
    page: str
    phone: str


FRENCH = Wording(
    kinds={
        DocumentKind.INVOICE: "Facture",
        DocumentKind.DEPOSIT: "Facture d’acompte",
        DocumentKind.PROGRESS: "Facture de situation",
        DocumentKind.FINAL: "Facture de solde",
        DocumentKind.CREDIT_NOTE: "Avoir",
        DocumentKind.CORRECTIVE: "Facture rectificative",
    },
    operations={
        Operation.GOODS: "Livraison de biens",
        Operation.SERVICES: "Prestation de services",
        Operation.MIXED: "Biens et services",
    },
    categories={
        VatCategory.STANDARD: "",
        VatCategory.EXEMPT: "Exonéré",
        VatCategory.REVERSE_CHARGE: "Autoliq.",
        VatCategory.INTRA_EU: "Exonéré",
        VatCategory.EXPORT: "Exonéré",
        VatCategory.OUTSIDE: "Hors TVA",
        VatCategory.ZERO: "",
    },
    months=(
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    issued_on="Date d’émission",
    due_on="Échéance",
    delivered_on="Livraison ou exécution",
    period="Période",
    order="Votre commande",
    client="Référence client",
    operation="Nature de l’opération",
    description="Désignation",
    quantity="Quantité",
    unit_price="Prix unitaire HT",
    vat="TVA",
    net="Montant HT",
    rate="Taux de TVA",
    base="Base HT",
    total_net="Total HT",
    total_vat="Total TVA",
    total_gross="Total TTC",
    total="Total",
    vat_in_euros="TVA en euros",
    already_paid="Déjà réglé",
    due="Net à payer",
    by="au plus tard le",
    settled="Facture réglée",
    credited="Total à votre crédit",
    line_discount="remise de",
    amounts_in="Montants en",
    schedule="Règlement en plusieurs fois",
    registered_address="Adresse du client",
    delivery_address="Adresse de livraison",
    representative="Représentant fiscal",
    payment="Règlement",
    scan="Ce code remplit le virement dans votre application bancaire.",
    online="En ligne",
    holder="Titulaire",
    reference="Référence",
    qr_title="Code QR de virement SEPA",
    logo_of="Logo de",
    credits="Avoir sur la facture",
    replaces="Annule et remplace la facture",
    deposits="Acomptes déjà facturés",
    deposit="Facture",
    of_date="du",
    reason="Motif",
    notes="Note",
    mentions="Mentions légales",
    capital="au capital de",
    vat_number="TVA",
    registry="RCS",
    page="Page",
    phone="Tél.",
)

ENGLISH = Wording(
    kinds={
        DocumentKind.INVOICE: "Invoice",
        DocumentKind.DEPOSIT: "Deposit invoice",
        DocumentKind.PROGRESS: "Progress invoice",
        DocumentKind.FINAL: "Final invoice",
        DocumentKind.CREDIT_NOTE: "Credit note",
        DocumentKind.CORRECTIVE: "Corrective invoice",
    },
    operations={
        Operation.GOODS: "Supply of goods",
        Operation.SERVICES: "Supply of services",
        Operation.MIXED: "Goods and services",
    },
    categories={
        VatCategory.STANDARD: "",
        VatCategory.EXEMPT: "Exempt",
        VatCategory.REVERSE_CHARGE: "Rev. charge",
        VatCategory.INTRA_EU: "Exempt",
        VatCategory.EXPORT: "Exempt",
        VatCategory.OUTSIDE: "No VAT",
        VatCategory.ZERO: "",
    },
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    issued_on="Date of issue",
    due_on="Due date",
    delivered_on="Delivered or completed",
    period="Period",
    order="Your order",
    client="Client reference",
    operation="Nature of supply",
    description="Description",
    quantity="Quantity",
    unit_price="Unit price",
    vat="VAT",
    net="Net amount",
    rate="VAT rate",
    base="Net",
    total_net="Total excluding VAT",
    total_vat="Total VAT",
    total_gross="Total including VAT",
    total="Total",
    vat_in_euros="VAT in euros",
    already_paid="Already paid",
    due="Amount due",
    by="by",
    settled="Paid in full",
    credited="Total to your credit",
    line_discount="discount of",
    amounts_in="Amounts in",
    schedule="Payable in several parts",
    registered_address="Client’s address",
    delivery_address="Delivery address",
    representative="Tax representative",
    payment="Payment",
    scan="This code fills in the transfer in your banking app.",
    online="Online",
    holder="Account holder",
    reference="Reference",
    qr_title="SEPA transfer QR code",
    logo_of="Logo of",
    credits="Credit note on invoice",
    replaces="Cancels and replaces invoice",
    deposits="Deposits already invoiced",
    deposit="Invoice",
    of_date="of",
    reason="Reason",
    notes="Note",
    mentions="Legal notices",
    capital="with a share capital of",
    vat_number="VAT",
    registry="RCS",
    page="Page",
    phone="Tel.",
)

WORDING: Mapping[Language, Wording] = {"fr": FRENCH, "en": ENGLISH}


def long_date(day: date, language: Language) -> str:
    """`1er décembre 2026`, `1 December 2026`; the spaces do not break."""
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return NBSP.join((number, WORDING[language].months[day.month - 1], str(day.year)))


def short_date(day: date, language: Language) -> str:
    """`01/12/2026` in French, `1 Dec 2026` in English, where 01/12 would be ambiguous."""
    if language == "fr":
        return f"{day:%d/%m/%Y}"
    return NBSP.join((str(day.day), WORDING[language].months[day.month - 1][:3], str(day.year)))
