"""Paying by transfer: what to type into the bank's form, and the same as a QR code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import segno

from core.errors import DomainError
from core.references import Transfer, epc_payload
from invoices.documents.present import grouped
from invoices.models import Receivable
from tenants.models import Business

QUIET_ZONE = 4  # modules, what ISO 18004 asks around a symbol
LONGEST_TEXT = 140


@dataclass(frozen=True, slots=True)
class QrCode:
    """A square of `side` modules; `path` draws the dark ones. Attributes only: no inline style."""

    side: int
    path: str


@dataclass(frozen=True, slots=True)
class TransferBlock:
    holder: str
    iban: str
    bic: str
    reference: str
    qr: QrCode | None


def transfer_block(
    business: Business | None, receivables: Sequence[Receivable], amount: Decimal
) -> TransferBlock | None:
    """How to pay these by transfer; None without an IBAN, in another currency, or when all is paid.

    One debt is named by its RF reference, several by their invoice numbers.
    """
    if business is None or not business.iban or not receivables or amount <= 0:
        return None
    if receivables[0].currency != "EUR":
        return None
    structured = receivables[0].reference if len(receivables) == 1 else ""
    numbers = " ".join(dict.fromkeys(row.invoice.number or "" for row in receivables))
    reference = structured or numbers[:LONGEST_TEXT]
    transfer = Transfer(
        name=business.account_holder or business.legal_name,
        iban=business.iban,
        bic=business.bic,
        amount=amount,
        reference=structured,
        text="" if structured else reference,
    )
    return TransferBlock(
        holder=transfer.name,
        iban=grouped(business.iban),
        bic=business.bic,
        reference=reference,
        qr=_qr_code(transfer),
    )


def _qr_code(transfer: Transfer) -> QrCode | None:
    """What cannot be put into a code is still printed as text."""
    try:
        payload = epc_payload(transfer)
    except DomainError:
        return None
    code = segno.make_qr(payload, error="m", boost_error=False)
    path = "".join(
        f"M{column + QUIET_ZONE} {row + QUIET_ZONE}h1v1h-1z"
        for row, modules in enumerate(code.matrix)
        for column, module in enumerate(modules)
        if module & 1
    )
    return QrCode(side=len(code.matrix) + 2 * QUIET_ZONE, path=path)
