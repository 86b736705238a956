"""Checks of the identifiers that name a company, a mailbox, an account, a currency."""

from __future__ import annotations

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email
from iso4217 import Currency
from stdnum import get_cc_module, iban
from stdnum.fr import siren, siret

_CURRENCIES = frozenset(currency.code for currency in Currency)
_NOT_MONEY = frozenset({"XXX", "XTS", "XAU", "XAG", "XPD", "XPT"})
_SEPARATORS = re.compile(r"[\s.\-_/\u00a0\u202f']")


def compact(text: str) -> str:
    """Return an identifier without its blanks and punctuation, in capitals."""
    return _SEPARATORS.sub("", text).upper()


def valid_siren(text: str) -> str:
    """Return the nine digits, or "" when the check digit does not hold."""
    digits = compact(text)
    return digits if siren.is_valid(digits) else ""


def valid_siret(text: str) -> str:
    """Return the fourteen digits, or "" when the check digits do not hold."""
    digits = compact(text)
    return digits if siret.is_valid(digits) else ""


def valid_vat_number(text: str) -> str:
    """Return an EU, British, Swiss or Norwegian VAT number with its country, or ""."""
    number = compact(text)
    country = "gr" if number[:2] == "EL" else number[:2].lower()
    if not country.isascii() or not country.isalpha():
        return ""
    module = get_cc_module(country, "vat")
    return number if module is not None and module.is_valid(number) else ""


def valid_iban(text: str) -> str:
    """Return the IBAN without blanks, or "" when its check digits do not hold."""
    number = compact(text)
    return number if iban.is_valid(number) else ""


@lru_cache(maxsize=4096)
def valid_email(text: str) -> str:
    """Return the normalised address, or "" when it cannot be one. No network."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return ""


def valid_currency(text: str) -> str:
    """Return the ISO 4217 code, or "" when there is none such."""
    code = text.strip().upper()
    return code if code in _CURRENCIES and code not in _NOT_MONEY else ""


def siren_of(*, siret_number: str = "", vat_number: str = "") -> str:
    """Return the SIREN that a SIRET or a French VAT number contains, or ""."""
    if siret_number:
        return siret_number[:9]
    return vat_number[4:] if vat_number.startswith("FR") and vat_number[4:].isdigit() else ""
