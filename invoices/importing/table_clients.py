"""The client of a table's row: each identifier checked, and they must name one company."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from core.errors import gettext_noop as _
from invoices.importing import identifiers
from invoices.importing.findings import Unreadable
from invoices.importing.records import ImportedContact, ImportedParty, Reason, say
from invoices.importing.tables import Cell

CLIENT_FIELDS = (
    "client",
    "client_reference",
    "email",
    "siren",
    "siret",
    "vat_number",
    "country",
    "address",
    "postcode",
    "city",
    "phone",
    "contact",
)
_SIREN_DIGITS, _SIRET_DIGITS = 9, 14
_SCIENTIFIC = re.compile(r"\d[.,]\d+E\+?\d+", re.IGNORECASE)
_BETWEEN_EMAILS = re.compile(r"[;,\s]+")
_COUNTRIES = {
    "allemagne": "DE", "autriche": "AT", "belgique": "BE", "espagne": "ES", "france": "FR",
    "italie": "IT", "luxembourg": "LU", "monaco": "MC", "pays bas": "NL", "portugal": "PT",
    "royaume uni": "GB", "suisse": "CH", "austria": "AT", "belgium": "BE", "germany": "DE",
    "italy": "IT", "netherlands": "NL", "spain": "ES", "switzerland": "CH",
    "united kingdom": "GB", "united states": "US", "etats unis": "US", "canada": "CA",
}  # fmt: skip


class BadCell(Unreadable):
    """One cell cannot be taken; `column` is the field."""

    def __init__(self, reason: Reason, field: str) -> None:
        super().__init__(reason, column=field)


def as_text(cell: Cell, field: str) -> str:
    """Return a cell as text: whole numbers without a point, never in scientific notation."""
    if isinstance(cell, Decimal):
        return f"{cell:f}" if cell % 1 else f"{cell.to_integral_value():f}"
    text = str(cell)
    if _SCIENTIFIC.fullmatch(text):
        raise BadCell(
            say(
                _("“%(text)s” was shortened by a spreadsheet: format the column as text."),
                text=text,
            ),
            field,
        )
    return text.removeprefix("'")


def read_client(cells: dict[str, Cell]) -> ImportedParty:
    """Build the client from the cells by field. Raises BadCell for the first one that is wrong."""
    text = {name: as_text(cells.get(name, ""), name) for name in CLIENT_FIELDS}
    name = text["client"] or text["client_reference"]
    if not name:
        raise BadCell(say(_("The client is missing.")), "client")
    siret = _siret(text["siret"])
    vat_number = _vat_number(text["vat_number"])
    emails = _emails(text["email"])
    contact = ImportedContact(
        name=text["contact"], email=emails[0] if emails else "", phone=text["phone"]
    )
    return ImportedParty(
        name=name,
        reference=text["client_reference"],
        siren=_one_company(_siren(text["siren"]), siret, vat_number),
        siret=siret,
        vat_number=vat_number,
        address_lines=tuple(part for part in text["address"].split("\n") if part),
        postcode=text["postcode"],
        city=text["city"],
        country=_country(text["country"]),
        emails=emails,
        contacts=(contact,) if contact.name or contact.phone else (),
    )


def key_of(party: ImportedParty) -> str:
    """Return what tells two clients of one file apart: the surest identifier there is."""
    return party.siren or party.vat_number or party.reference or plain(party.name)


def plain(text: str) -> str:
    """Return a text for comparison: no accents, no capitals, single blanks, no punctuation."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", letters)) or text.casefold()


def _siren(text: str) -> str:
    if not text:
        return ""
    digits = identifiers.compact(text)
    if digits.isdigit():
        digits = digits.zfill(_SIREN_DIGITS)  # spreadsheets eat leading zeros
    siren = identifiers.valid_siren(digits)
    if not siren:
        raise BadCell(say(_("“%(text)s” is not a valid SIREN."), text=text), "siren")
    return siren


def _siret(text: str) -> str:
    if not text:
        return ""
    digits = identifiers.compact(text)
    if digits.isdigit():
        digits = digits.zfill(_SIRET_DIGITS)
    siret = identifiers.valid_siret(digits)
    if not siret:
        raise BadCell(say(_("“%(text)s” is not a valid SIRET."), text=text), "siret")
    return siret


def _vat_number(text: str) -> str:
    number = identifiers.valid_vat_number(text) if text else ""
    if text and not number:
        raise BadCell(say(_("“%(text)s” is not a valid VAT number."), text=text), "vat_number")
    return number


def _one_company(siren: str, siret: str, vat_number: str) -> str:
    named = [
        each
        for each in (
            siren,
            identifiers.siren_of(siret_number=siret),
            identifiers.siren_of(vat_number=vat_number),
        )
        if each
    ]
    if len(set(named)) > 1:
        raise BadCell(
            say(
                _("SIREN, SIRET and VAT number belong to different companies: %(sirens)s."),
                sirens=", ".join(dict.fromkeys(named)),
            ),
            "siren",
        )
    return named[0] if named else ""


def _emails(text: str) -> tuple[str, ...]:
    found = []
    for each in _BETWEEN_EMAILS.split(text):
        if not each:
            continue
        email = identifiers.valid_email(each)
        if not email:
            raise BadCell(say(_("“%(text)s” is not an email address."), text=each), "email")
        found.append(email)
    return tuple(dict.fromkeys(found))


def _country(text: str) -> str:
    if not text:
        return ""
    code = _COUNTRIES.get(plain(text), text.upper())
    if len(code) != len("FR") or not code.isascii() or not code.isalpha():
        raise BadCell(
            say(_("“%(text)s” is not a country: write its two-letter code."), text=text),
            "country",
        )
    return code
