"""What the readers hand over: invoices as they were written, and what could not be taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from core.errors import DomainError
from invoices.importing.understood import Understood


class ImportedKind(StrEnum):
    """The kinds of document that a file can bring; same words as the kinds of invoice."""

    INVOICE = "INVOICE"
    DEPOSIT = "DEPOSIT"
    PROGRESS = "PROGRESS"
    CREDIT_NOTE = "CREDIT_NOTE"
    CORRECTIVE = "CORRECTIVE"


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence for the user: an English msgid with named places, and what fills them."""

    template: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))

    def __str__(self) -> str:
        return self.text()

    def text(
        self,
        translate: Callable[[str], str] = str,
        show: Callable[[Any], Any] = str,
    ) -> str:
        """Return the sentence through `translate`, each value in it through `show`."""
        return DomainError(self.template, **self.params).text(translate, show)


def say(template: str, **params: object) -> Reason:
    """Pair a msgid with what fills its places."""
    return Reason(template, params)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth showing about what was read.

    `column` is the heading of a table or the EN 16931 term of an XML (BT-112).
    """

    file: str
    line: int | None
    column: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line or a file was not taken. `is_doubt`: the user may accept it anyway."""

    file: str
    line: int | None
    column: str
    reason: Reason
    is_doubt: bool = False


@dataclass(frozen=True, slots=True)
class ImportedContact:
    """A person or a department named on an invoice."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ImportedParty:
    """A seller or a buyer.

    Identifiers are filled only when their check digits hold; those that do not are in the
    invoice's warnings. `country` is ISO 3166 alpha-2 or empty.
    """

    name: str
    trading_name: str = ""
    reference: str = ""
    siren: str = ""
    siret: str = ""
    vat_number: str = ""
    registrations: tuple[tuple[str, str], ...] = ()
    address_lines: tuple[str, ...] = ()
    postcode: str = ""
    city: str = ""
    country: str = ""
    emails: tuple[str, ...] = ()
    contacts: tuple[ImportedContact, ...] = ()
    electronic_address: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ImportedVat:
    """One line of the VAT breakdown: EN 16931 category, rate in percent, base and tax."""

    category: str
    rate: Decimal
    base: Decimal
    amount: Decimal
    exemption: str = ""


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """A line as stated; `net` is the line's own total, allowances and charges included."""

    number: str
    name: str
    net: Decimal
    description: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: Decimal | None = None
    base_quantity: Decimal | None = None
    adjustment: Decimal = Decimal(0)
    vat_category: str = ""
    vat_rate: Decimal = Decimal(0)
    counts: bool = True  # False for headings and sub-totals of the EXTENDED profile
    source_line: int | None = None


@dataclass(frozen=True, slots=True)
class ImportedInstallment:
    """A part of the amount with a date of its own."""

    due_on: dt.date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PrecedingInvoice:
    """The invoice that a credit note or a corrective invoice refers to."""

    number: str
    issued_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ImportedInvoice:
    """One document. Amounts are positive for every kind, in `currency`, as written.

    `remaining` is what was still due when the file was made: gross − prepaid + rounding.
    `due_on` is None when the file gives no date: the caller applies the tenant's terms and
    says so. `total_net` and `total_vat` are None when the file gives only the gross.
    """

    file: str
    kind: ImportedKind
    number: str
    issued_on: dt.date
    currency: str
    total_gross: Decimal
    remaining: Decimal
    buyer: ImportedParty
    sha256: str
    seller: ImportedParty | None = None
    line: int | None = None
    due_on: dt.date | None = None
    terms: str = ""
    total_net: Decimal | None = None
    total_vat: Decimal | None = None
    prepaid: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    vat: tuple[ImportedVat, ...] = ()
    lines: tuple[ImportedLine, ...] = ()
    installments: tuple[ImportedInstallment, ...] = ()
    order_reference: str = ""
    payment_reference: str = ""
    iban: str = ""
    notes: tuple[str, ...] = ()
    preceding: tuple[PrecedingInvoice, ...] = ()
    profile: str = ""
    paid_on: dt.date | None = None
    is_disputed: bool = False
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What a file gave: all of it, or what could be taken and what could not."""

    invoices: tuple[ImportedInvoice, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notices: tuple[Notice, ...] = ()
    understood: Understood | None = None

    @property
    def is_clean(self) -> bool:
        return not self.refusals
