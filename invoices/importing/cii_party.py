"""Reads the seller and the buyer of a CII invoice, and tells which identifiers do not hold."""

from __future__ import annotations

from lxml import etree

from core.errors import gettext_noop as _
from invoices.importing import identifiers
from invoices.importing.cii_values import find, find_all, text
from invoices.importing.cii_xml import line_of
from invoices.importing.findings import Findings
from invoices.importing.records import ImportedContact, ImportedParty, say

_FRENCH_SCHEMES = frozenset({"0002", "0009"})  # SIREN and SIRET; writers mix the two
_SIREN_DIGITS = 9


def read_party(element: etree._Element | None, findings: Findings) -> ImportedParty | None:
    """Return the party, or None when there is no name to call it by."""
    name = text(element, "ram:Name")
    if element is None or not name:
        return None
    siren, siret, registrations = _registrations(element, findings)
    vat_number = _vat_number(element, findings)
    inside_vat = identifiers.siren_of(vat_number=vat_number)
    if siren and inside_vat and siren != inside_vat:
        findings.doubt(
            say(
                _("“%(name)s” has the SIREN %(siren)s but the VAT number %(vat_number)s, which "
                  "belongs to another company."),
                name=name,
                siren=siren,
                vat_number=vat_number,
            ),
            line=line_of(element),
        )  # fmt: skip
    contacts = tuple(
        _contact(each, findings) for each in find_all(element, "ram:DefinedTradeContact")
    )
    address = find(element, "ram:PostalTradeAddress")
    lines = [text(address, f"ram:{each}") for each in ("LineOne", "LineTwo", "LineThree")]
    return ImportedParty(
        name=name,
        trading_name=text(element, "ram:SpecifiedLegalOrganization/ram:TradingBusinessName"),
        reference=text(element, "ram:ID"),
        siren=siren or inside_vat,
        siret=siret,
        vat_number=vat_number,
        registrations=registrations,
        emails=_emails(element, contacts, findings),
        contacts=tuple(each for each in contacts if each != ImportedContact()),
        electronic_address=_electronic_address(element),
        address_lines=tuple(line for line in lines if line),
        postcode=text(address, "ram:PostcodeCode"),
        city=text(address, "ram:CityName"),
        country=text(address, "ram:CountryID").upper(),
    )


def _registrations(
    element: etree._Element, findings: Findings
) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    siren = siret = ""
    others = []
    path = "ram:SpecifiedLegalOrganization/ram:ID"
    for found in [*find_all(element, path), *find_all(element, "ram:GlobalID")]:
        scheme, value = found.get("schemeID", ""), text(found)
        if scheme not in _FRENCH_SCHEMES or not value:
            others.append((scheme, value))
            continue
        digits = identifiers.compact(value)
        long, short = identifiers.valid_siret(digits), identifiers.valid_siren(digits[:9])
        if not long and not (short and len(digits) == _SIREN_DIGITS):
            findings.note(
                say(_("“%(text)s” is not a valid SIREN or SIRET: it is left out."), text=value),
                line=line_of(found),
            )
        siren, siret = siren or short, siret or long
    return siren, siret, tuple(others)


def _vat_number(element: etree._Element, findings: Findings) -> str:
    for found in find_all(element, "ram:SpecifiedTaxRegistration/ram:ID"):
        value = text(found)
        if found.get("schemeID") not in {"VA", "VAT"} or not value:
            continue
        number = identifiers.valid_vat_number(value)
        if number:
            return number
        findings.note(
            say(_("“%(text)s” is not a valid VAT number: it is left out."), text=value),
            line=line_of(found),
        )
    return ""


def _contact(element: etree._Element, findings: Findings) -> ImportedContact:
    email = text(element, "ram:EmailURIUniversalCommunication/ram:URIID")
    valid = identifiers.valid_email(email) if email else ""
    if email and not valid:
        findings.note(
            say(_("“%(text)s” is not an email address: it is left out."), text=email),
            line=line_of(element),
        )
    return ImportedContact(
        name=text(element, "ram:PersonName") or text(element, "ram:DepartmentName"),
        email=valid,
        phone=text(element, "ram:TelephoneUniversalCommunication/ram:CompleteNumber"),
    )


def _emails(
    element: etree._Element, contacts: tuple[ImportedContact, ...], findings: Findings
) -> tuple[str, ...]:
    found = [each.email for each in contacts if each.email]
    electronic = find(element, "ram:URIUniversalCommunication/ram:URIID")
    if electronic is not None and electronic.get("schemeID") == "EM":
        found.append(identifiers.valid_email(text(electronic)))
    return tuple(dict.fromkeys(each for each in found if each))


def _electronic_address(element: etree._Element) -> tuple[str, str] | None:
    found = find(element, "ram:URIUniversalCommunication/ram:URIID")
    if found is None or not text(found):
        return None
    return found.get("schemeID", ""), text(found)
