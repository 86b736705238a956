"""What a client's bank carries back to us: the RF reference, and the QR code of a transfer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from stdnum import iso11649
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

from core.errors import DomainError
from core.errors import gettext_noop as _
from core.identifiers import InvalidIdentifier, clean_bic, clean_iban
from core.money import round_cents

_REFERENCE = re.compile(r"[0-9A-Z]{1,21}")
_LONGEST_QR = 331  # bytes: version 13, error level M
_LEAST, _MOST = Decimal("0.01"), Decimal("999999999.99")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class TransferNotEncodable(DomainError):
    """The transfer cannot be put into a QR code that banks read."""


def rf_reference(number: str) -> str:
    """Return the ISO 11649 reference of an invoice number: `F-2026-0042` → `RF69F20260042`.

    Separators are dropped. Refuses a number with none, or more than 21, letters and digits.
    """
    bare = re.sub(r"[-+_/.,: ]", "", number).upper()
    if not _REFERENCE.fullmatch(bare):
        raise InvalidIdentifier(
            _("“%(value)s” cannot become a payment reference: 1 to 21 letters and digits."),
            value=number,
            kind="RF",
        )
    return f"RF{mod_97_10.calc_check_digits(f'{bare}RF')}{bare}"


def clean_rf_reference(text: str) -> str:
    """Return an ISO 11649 reference without separators, in capitals."""
    try:
        return str(iso11649.validate(text))
    except ValidationError:
        raise InvalidIdentifier(
            _("“%(value)s” is not an RF payment reference."), value=text, kind="RF"
        ) from None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A SEPA credit transfer in euros that a client is asked to make.

    `name` is the account holder exactly as the bank knows it (payees are verified since October
    2025). A structured `reference` and a free `text` exclude each other.
    """

    name: str
    iban: str
    amount: Decimal
    reference: str = ""
    text: str = ""
    bic: str = ""
    purpose: str = ""
    information: str = ""


def epc_payload(transfer: Transfer) -> str:
    """Return the lines of the EPC069-12 QR code (version 002, UTF-8), LF separated.

    The amount is what is due now, 0.01 to 999,999,999.99 euros; trailing empty lines are left
    out. To be drawn with error level M. Raises TransferNotEncodable.
    """
    _check_amount(transfer.amount)
    if transfer.reference and transfer.text:
        raise TransferNotEncodable(
            _("A transfer carries either a payment reference or a text, not both.")
        )
    lines = [
        "BCD",
        "002",
        "1",
        "SCT",
        clean_bic(transfer.bic) if transfer.bic else "",
        _line(_("account holder"), transfer.name, 70, needed=True),
        clean_iban(transfer.iban),
        f"EUR{round_cents(transfer.amount)}",
        _line(_("purpose"), transfer.purpose, 4),
        _reference(transfer.reference),
        _line(_("text"), transfer.text, 140),
        _line(_("information"), transfer.information, 70),
    ]
    payload = "\n".join(lines).rstrip("\n")
    if len(payload.encode()) > _LONGEST_QR:
        raise TransferNotEncodable(
            _("The transfer does not fit into a QR code: shorten the name or the text.")
        )
    return payload


def _check_amount(amount: Decimal) -> None:
    in_range = amount.is_finite() and _LEAST <= amount <= _MOST
    if not in_range or round_cents(amount) != amount:
        raise TransferNotEncodable(
            _("A transfer of %(amount)s euros cannot be put into a QR code."), amount=amount
        )


def _reference(text: str) -> str:
    """Keep a structured reference; an RF one must be right."""
    if text.upper().startswith("RF"):
        return clean_rf_reference(text)
    return _line(_("reference"), text, 35)


def _line(field: str, text: str, longest: int, *, needed: bool = False) -> str:
    bare = text.strip()
    if len(bare) > longest or _CONTROL.search(bare) or (needed and not bare):
        raise TransferNotEncodable(
            _(
                "In the QR code the field “%(field)s” takes at most %(longest)s characters,"
                " on one line, and the account holder is never empty."
            ),
            field=field,
            longest=longest,
        )
    return bare
