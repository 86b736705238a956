"""What a printed document is made of: frozen facts, no model, no clock, no arithmetic.

Amounts are decimals in the document's currency, already rounded by whoever computed them:
nothing here adds or rounds. All texts are those frozen at issue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

Language = Literal["fr", "en"]


class DocumentKind(StrEnum):
    """The words of the law for an invoice (M01)."""

    INVOICE = "INVOICE"
    DEPOSIT = "DEPOSIT"
    PROGRESS = "PROGRESS"
    FINAL = "FINAL"
    CREDIT_NOTE = "CREDIT_NOTE"
    CORRECTIVE = "CORRECTIVE"


class BuyerKind(StrEnum):
    """Decides the legal regime: what may and may not be printed."""

    BUSINESS = "BUSINESS"
    CONSUMER = "CONSUMER"
    PUBLIC_BODY = "PUBLIC_BODY"
    ASSOCIATION = "ASSOCIATION"


class Operation(StrEnum):
    """Category of the operation (M14; first letter of BT-23)."""

    GOODS = "GOODS"
    SERVICES = "SERVICES"
    MIXED = "MIXED"


class VatCategory(StrEnum):
    """UNTDID 5305 categories allowed in France."""

    STANDARD = "S"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_EU = "K"
    EXPORT = "G"
    OUTSIDE = "O"
    ZERO = "Z"


class Consequence(StrEnum):
    """What follows an unanswered formal notice, announced without disguise."""

    PAYMENT_ORDER = "PAYMENT_ORDER"
    SUMMONS = "SUMMONS"
    COLLECTION_AGENCY = "COLLECTION_AGENCY"
    CREDIT_HOLD = "CREDIT_HOLD"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country_name` is printed only when given (foreign mail)."""

    street: tuple[str, ...]
    postcode: str
    city: str
    country_name: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines as they stand on an envelope, empty ones left out."""
        town = f"{self.postcode} {self.city}".strip()
        return tuple(line for line in (*self.street, town, self.country_name) if line)


@dataclass(frozen=True, slots=True)
class Logo:
    """The seller's logo as uploaded: PNG, JPEG or WebP bytes."""

    content: bytes
    mime: str


@dataclass(frozen=True, slots=True)
class Party:
    """A name and an address, with the identifiers that must or may be printed."""

    name: str
    address: Address
    siren: str = ""
    vat_number: str = ""


@dataclass(frozen=True, slots=True)
class Seller:
    """Who issues (M04–M07). `capital` is as it is printed: `10 000 €`."""

    name: str
    address: Address
    siren: str
    siret: str = ""
    vat_number: str = ""
    legal_form: str = ""
    capital: str = ""
    registry_city: str = ""
    sole_trader: bool = False
    email: str = ""
    phone: str = ""
    website: str = ""
    logo: Logo | None = None
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who owes (M08–M10, M13, M28). Empty addresses are the same as `address`."""

    kind: BuyerKind
    name: str
    address: Address
    contact_name: str = ""
    siren: str = ""
    vat_number: str = ""
    billing_address: Address | None = None
    delivery_address: Address | None = None
    order_reference: str = ""
    client_reference: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line (M15, M16). `net` is after the line's own discount.

    `vat_rate` and `discount_percent` are percentages: Decimal("5.5") is 5.5 %.
    """

    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    vat_rate: Decimal
    vat_category: VatCategory
    net: Decimal
    detail: str = ""
    discount_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """A discount on the whole document (M16); `amount` is what is taken off, before VAT."""

    label: str
    amount: Decimal
    vat_rate: Decimal


@dataclass(frozen=True, slots=True)
class VatLine:
    """One row of the VAT breakdown (M18)."""

    rate: Decimal
    category: VatCategory
    base: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """`vat_in_euros` is only for a document in another currency (M31)."""

    net: Decimal
    vat: Decimal
    gross: Decimal
    already_paid: Decimal
    due: Decimal
    vat_in_euros: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A legal text as it stood at issue, with the key it was found under."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier document: the invoice credited or replaced, a deposit deducted."""

    number: str
    issued_on: date
    net: Decimal | None = None
    vat: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DuePart:
    """One due date of a document payable in several parts."""

    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PaymentBlock:
    """How to pay. Empty fields are not printed; `epc_payload` becomes the QR code.

    `pay_url` is the one secret a document may show: whoever holds it may pay.
    """

    account_holder: str = ""
    iban: str = ""
    bic: str = ""
    reference: str = ""
    epc_payload: str = ""
    pay_url: str = ""


@dataclass(frozen=True, slots=True)
class DocumentData:
    """Everything printed on an invoice, a credit note or a corrective invoice."""

    kind: DocumentKind
    language: Language
    number: str
    issued_on: date
    seller: Seller
    buyer: Buyer
    lines: Sequence[Line]
    vat_breakdown: Sequence[VatLine]
    totals: Totals
    operation: Operation
    currency: str = "EUR"
    due_on: date | None = None
    due_parts: Sequence[DuePart] = ()
    delivered_on: date | None = None
    period: tuple[date, date] | None = None
    allowances: Sequence[Allowance] = ()
    mentions: Sequence[Mention] = ()
    references: Sequence[Reference] = ()
    reason: str = ""
    fiscal_representative: Party | None = None
    payment: PaymentBlock = field(default_factory=PaymentBlock)
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One late invoice of a formal notice, amounts including VAT.

    `claimed` is the part of what remains that the letter asks for; None: all of it.
    """

    number: str
    issued_on: date
    due_on: date
    gross: Decimal
    paid: Decimal
    remaining: Decimal
    claimed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LateFeeSum:
    """Interest of one invoice: all that accrued, rounded, less what was paid or waived of it."""

    number: str
    accrued: Decimal
    settled: Decimal

    @property
    def claimed(self) -> Decimal:
        return self.accrued - self.settled


@dataclass(frozen=True, slots=True)
class LateFeeSegment:
    """Interest on one invoice at one rate, both days included, `days`/365.

    `rate` is a yearly percentage. `amount` may carry more than two decimals: only the total
    of a run is rounded, so a segment must not be.
    """

    number: str
    base: Decimal
    rate: Decimal
    from_on: date
    to_on: date
    days: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LetterData:
    """A formal notice to pay (law-fr §4.2), exactly what a human ticked.

    `late_fees` and `indemnity_count` are empty and 0 when not asked. `reserved_from` is the
    first day whose rate is unknown: interest stops before it and the rest is reserved.
    `number` is that of the notice, empty in a preview. `daily_interest` is None when the rate of
    the day is unknown or no interest is asked. `late_fee_sums` lead from the segments, invoice by
    invoice, to `late_fee_total`; `indemnity_settled` is what was paid or waived of the indemnities
    before: unit × count − settled = total.
    """

    language: Language
    place: str
    written_on: date
    seller: Seller
    buyer: Buyer
    claims: Sequence[Claim]
    principal_total: Decimal
    total: Decimal
    deadline_on: date
    consequences: Sequence[Consequence]
    disputes_contact: str
    signatory_name: str
    signatory_capacity: str
    currency: str = "EUR"
    late_fees: Sequence[LateFeeSegment] = ()
    late_fee_sums: Sequence[LateFeeSum] = ()
    late_fee_total: Decimal = Decimal(0)
    reserved_from: date | None = None
    indemnity_unit: Decimal = Decimal(0)
    indemnity_count: int = 0
    indemnity_settled: Decimal = Decimal(0)
    indemnity_total: Decimal = Decimal(0)
    daily_interest: Decimal | None = None
    payment: PaymentBlock = field(default_factory=PaymentBlock)
    number: str = ""
    registered_number: str = ""
    reminded_on: Sequence[date] = ()
    legal_notes: Sequence[str] = ()
