"""Every official and community sample: valid ones come in whole, invalid ones say why not."""

import json
import os
from collections import Counter
from decimal import Decimal

import pytest
from lxml import etree

from invoices.importing.facturx_reader import take_xml
from invoices.importing.reader import read_file
from invoices.importing.verdicts import verdicts

# file: kind, number, seller, buyer, net, gross, due, currency
VALID = {
    "pdf-valid/Avoir_FR_type381_BASIC.pdf": (
        "CREDIT_NOTE AV-2017-0005|Au bon moulin|Ma jolie boutique|218.48 233.47 233.47 EUR"
    ),
    "pdf-valid/EN16931_Einfach.pdf": (
        "INVOICE 471102|Lieferant GmbH|Kunden AG Mitte|473.00 529.87 529.87 EUR"
    ),
    "pdf-valid/Facture_F20260023-LE_FOURNISSEUR-POUR-LE_CLIENT_EN_16931.pdf": (
        "INVOICE F20260023|LE FOURNISSEUR|LE CLIENT|100.00 104.90 104.90 EUR"
    ),
    "pdf-valid/Facture_F20260024-LE_FOURNISSEUR-POUR-LE_CLIENT_BASIC.pdf": (
        "INVOICE F20260024|LE FOURNISSEUR|LE CLIENT|100.00 108.00 108.00 EUR"
    ),
    "pdf-valid/UC1_F202500003_00-INV_20250701_FX_EN16931.pdf": (
        "INVOICE F202500003|LE VENDEUR|LE CLIENT|10000.00 12000.00 12000.00 EUR"
    ),
    "xml-cen/CII-BR-CO-10-RoundingIssue.xml": (
        "INVOICE 0|Seller GmbH|BuyerName|0.00 0.00 0.00 EUR"
    ),
    "xml-cen/CII_business_example_01.xml": (
        "INVOICE TOSL108|Salescompany ltd.|The Buyercompany|1436.50 1801.78 801.78 NOK"
    ),
    "xml-cen/CII_business_example_Z.xml": (
        "INVOICE 2016166|XXX AG|XXX AG|11693.87 11693.87 11693.87 EUR"
    ),
    "xml-cen/CII_example1.xml": ("INVOICE 12115118|De Koksmaat|ODIN 59|229.60 250.33 250.33 EUR"),
    "xml-cen/CII_example2.xml": (
        "INVOICE TOSL108|Salescompany ltd.|The Buyercompany|1436.50 1801.78 801.78 NOK"
    ),
    "xml-cen/CII_example3.xml": (
        "INVOICE TOSL108|SubscriptionSeller|Buyercompany ltd|900.00 1125.00 1125.00 DKK"
    ),
    "xml-cen/CII_example4.xml": (
        "INVOICE TOSL110|SellerCompany|Buyercompany ltd|4000.00 4675.00 4675.00 DKK"
    ),
    "xml-de/EN16931_1_Teilrechnung.cii.xml": (
        "INVOICE 471102|Lieferant GmbH|Kunden AG Mitte|177.49 197.65 147.65 EUR"
    ),
    "xml-de/EN16931_Einfach.cii.xml": (
        "INVOICE 471102|Lieferant GmbH|Kunden AG Mitte|473.00 529.87 529.87 EUR"
    ),
    "xml-de/EN16931_Gutschrift.cii.xml": (
        "INVOICE 471102|Lieferant GmbH|Kunden AG Mitte|473.00 529.87 529.87 EUR"
    ),
    "xml-de/EN16931_Innergemeinschaftliche_Lieferungen.cii.xml": (
        "INVOICE 47110818|Global Supplies Ltd.|Metallbau Leipzig GmbH & Co. KG|"
        "2000.00 2000.00 2000.00 EUR"
    ),
    "xml-de/EN16931_Rabatte.cii.xml": (
        "INVOICE 471102|Lieferant GmbH|Kunden AG Mitte|193.77 215.07 165.07 EUR"
    ),
    "xml-fr/F202500001_INV_20250201_CII_Commentee_EN16931.xml": (
        "INVOICE F202500001|LE VENDEUR|LE CLIENT|110.00 118.70 118.70 EUR"
    ),
    "xml-fr/UC12_F202600025_SOUS-LIGNE_CII_Commentee_EXTENDED.xml": (
        "INVOICE F202600025|LE VENDEUR|LE CLIENT|500.00 580.00 580.00 EUR"
    ),
    "xml-fr/UC1_F202500003_00-INV_20250701_CII_EN16931.xml": (
        "INVOICE F202500003|LE VENDEUR|LE CLIENT|10000.00 12000.00 12000.00 EUR"
    ),
    "xml-fr/UC4b_F202500010_00-INVCORR_20250702_CII_EN16931.xml": (
        "CORRECTIVE F202500010|LE VENDEUR|LE CLIENT|10000.00 12000.00 12000.00 EUR"
    ),
}
STATUS = "This is a life-cycle status message about an invoice, not an invoice."
NO_SCHEMA = "The XML breaks the rules of the profile that it declares "
INVALID = {
    "cdar/UC1_F202500003_01-CDV-200_Deposee.xml": STATUS,
    "cdar/UC1_F202500003_07-CDV-212_Encaissee.xml": STATUS,
    "cdar/UC1_F202500003_07-CDV-212_Encaissee_POUR_PPF.xml": STATUS,
    "cdar/UC4_F202500006_04-CDV-207_En_litige.xml": STATUS,
    "pdf-bad/Facture_FR_EN16931.pdf": "Line 1 says 81.90, but 20.00 × 4.10 is 82.00.",
    "pdf-bad/MustangGnuaccountingBeispielRE-20190610_507blanko.pdf": (
        "This PDF carries no invoice data (no factur-x.xml inside). Type the invoice by hand, or "
        "import it from a CSV file."
    ),
    "pdf-bad/XMLinvalidV2PDF.pdf": (
        NO_SCHEMA + "(EXTENDED): Element 'Name': This element is not expected."
    ),
    "pdf-bad/invalidXMP-ParseError.pdf": "The PDF's own description (XMP) is broken.",
    "pdf-bad/invalidXMP.pdf": (
        "The PDF declares the Factur-X level “no thing”, which does not exist."
    ),
    "xml-invalid/BR-CO-17.xml": ("This is not a CII invoice: the document starts with “testSet”."),
    "xml-invalid/FAIL_zugferd_2p1_MINIMUM_Rechnung_380.xml": (
        NO_SCHEMA + "(MINIMUM): Element 'PostcodeCode': This element is not expected."
    ),
    "xml-invalid/invalidArithmetics.xml": "Line 1 says 160.00, but 2.00 × 160.00 is 320.00.",
    "xml-invalid/invalidV2.xml": "The buyer has no name.",
    "xml-invalid/invalidV2Root.xml": (
        "This is not a CII invoice: the document starts with “myinvoice”."
    ),
    "xml-invalid/roundingDifferenceIsInTolerance.xml": (
        "VAT at 19.00 % is charged and a reason for exemption is given."
    ),
}
# Official rules on sums and identity. The others concern form, and are none of a debtor's business.
FATAL = ("BR-CO-", "BR-S-", "BR-02", "BR-03", "BR-05", "BR-06", "BR-07", "BR-13", "BR-14", "BR-15")
# EXTENDED has sub-lines; the rules of EN 16931 count headings and details twice.
NOT_EN16931 = {"UC12_F202600025_SOUS-LIGNE_CII_Commentee_EXTENDED.xml"}


@pytest.fixture(scope="session")
def samples(shared_data):
    return shared_data / "facturx" / "samples"


def read(path):
    with path.open("rb") as stream:
        return read_file(stream, file=path.name, size=path.stat().st_size)


@pytest.mark.parametrize(("name", "expected"), VALID.items())
def test_a_valid_sample_comes_in_with_its_parties_and_totals(samples, name, expected):
    report = read(samples / name)

    assert [str(each.reason) for each in report.refusals] == []
    (found,) = report.invoices
    summary = "|".join(
        (
            f"{found.kind} {found.number}",
            found.seller.name,
            found.buyer.name,
            f"{found.total_net} {found.total_gross} {found.remaining} {found.currency}",
        )
    )
    assert summary == expected


@pytest.mark.parametrize(("name", "expected"), INVALID.items())
def test_an_invalid_sample_is_refused_with_the_reason(samples, name, expected):
    report = read(samples / name)

    assert report.invoices == ()
    assert str(report.refusals[0].reason) == expected


def test_every_sample_there_is_has_an_expected_verdict(samples):
    manifest = json.loads((samples.parent / "manifest.json").read_text())
    there = {f"{path.parent.name}/{path.name}" for path in samples.rglob("*") if path.is_file()}

    assert there == VALID.keys() | INVALID.keys()
    assert there == manifest.keys()


def test_the_verdicts_per_folder_are_those_of_the_report(samples):
    counts = Counter((each.folder, each.is_accepted) for each in verdicts(samples))

    assert counts == {
        ("cdar", False): 4,
        ("pdf-bad", False): 5,
        ("pdf-valid", True): 5,
        ("xml-cen", True): 7,
        ("xml-de", True): 5,
        ("xml-fr", True): 4,
        ("xml-invalid", False): 6,
    }


@pytest.fixture(scope="session")
def official_rules(shared_data):
    """The CEN schematron for CII, run by Saxon: rules that nobody here wrote."""
    try:
        from saxonche import PySaxonProcessor
    except ImportError:
        if os.environ.get("CI"):
            pytest.fail("saxonche is needed in CI")
        pytest.skip("needs the package saxonche")
    processor = PySaxonProcessor(license=False)
    sheet = shared_data / "facturx/rules/en16931-cii-1.3.16/EN16931-CII-validation.xslt"
    rules = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(sheet))

    def broken(xml: bytes) -> set[str]:
        node = processor.parse_xml(xml_text=xml.decode("utf-8-sig"))
        result = etree.fromstring(rules.transform_to_string(xdm_node=node).encode())
        asserts = result.iterfind(".//{*}failed-assert")
        return {each.get("id") for each in asserts if each.get("flag") == "fatal"}

    return broken


def test_nothing_is_accepted_that_breaks_an_official_rule_on_sums_or_identity(
    samples, official_rules
):
    disagreements = {}
    for name in VALID:
        path = samples / name
        content = path.read_bytes()
        xml = take_xml(content)[0] if path.suffix == ".pdf" else content
        broken = {rule for rule in official_rules(xml) if rule.startswith(FATAL)}
        if broken:
            disagreements[path.name] = broken

    assert disagreements.keys() == NOT_EN16931


def test_the_official_rules_miss_what_we_refuse_for_lines_that_do_not_multiply(
    samples, official_rules
):
    path = samples / "xml-invalid/invalidArithmetics.xml"

    assert official_rules(path.read_bytes()) == set()
    assert read(path).invoices == ()


def test_a_copy_in_zugferd_1_does_not_hide_the_factur_x_invoice(samples):
    content = (samples / "pdf-bad/invalidXMP.pdf").read_bytes()

    xml, _metadata = take_xml(content)

    assert etree.fromstring(xml).tag.endswith("}CrossIndustryInvoice")


def test_a_sample_read_with_doubts_accepted_keeps_the_doubt_as_a_warning(samples):
    path = samples / "pdf-bad/invalidXMP.pdf"
    with path.open("rb") as stream:
        (invoice,) = read_file(stream, file=path.name, accept_doubts=True).invoices

    assert invoice.total_gross == Decimal("571.04")
    assert str(invoice.warnings[-1].reason) == INVALID["pdf-bad/invalidXMP.pdf"]
