"""One CII invoice and what happens to it when one thing in it is wrong."""

import datetime as dt
import hashlib
from decimal import Decimal

import pytest

from invoices.importing.cii_reader import read_cii
from invoices.importing.records import (
    ImportedContact,
    ImportedInstallment,
    ImportedKind,
    PrecedingInvoice,
)
from tests.invoices.importing.documents import xml
from tests.invoices.importing.electronic import reasons, the_invoice, warnings

DUE_DATE = (
    '<ram:DueDateDateTime><udt:DateTimeString format="102">20261001</udt:DateTimeString>'
    "\n  </ram:DueDateDateTime>"
)


def test_an_invoice_is_read_whole():
    invoice = the_invoice(xml())

    assert invoice.kind is ImportedKind.INVOICE
    assert invoice.number == "FA-2026-7"
    assert (invoice.issued_on, invoice.due_on) == (dt.date(2026, 9, 1), dt.date(2026, 10, 1))
    assert (invoice.total_net, invoice.total_vat) == (Decimal("1000.00"), Decimal("200.00"))
    assert (invoice.total_gross, invoice.prepaid) == (Decimal("1200.00"), Decimal("300.00"))
    assert (invoice.remaining, invoice.currency) == (Decimal("900.00"), "EUR")
    assert (invoice.seller.siren, invoice.seller.vat_number) == ("100000009", "FR88100000009")
    assert (invoice.buyer.name, invoice.buyer.siren) == ("Cliente SAS", "200000008")
    assert invoice.buyer.address_lines == ("1 rue du Port",)
    assert (invoice.buyer.postcode, invoice.buyer.city) == ("69001", "Lyon")
    assert invoice.buyer.emails == ("compta@cliente.fr",)
    assert invoice.buyer.contacts == (ImportedContact("Anne Roy", "compta@cliente.fr"),)
    assert (invoice.order_reference, invoice.payment_reference) == ("BC-12", "FA-2026-7")
    assert (invoice.terms, invoice.notes) == ("30 jours", ("Merci",))
    assert invoice.iban == "FR7630006000011234567890189"
    assert [(vat.rate, vat.base) for vat in invoice.vat] == [(20, 1000)]
    assert [(line.quantity, line.unit, line.net) for line in invoice.lines] == [(10, "HUR", 1000)]
    assert invoice.sha256 == hashlib.sha256(xml()).hexdigest()
    assert invoice.warnings == ()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<ram:ID>FA-2026-7</ram:ID>", "", "The invoice has no number."),
        (
            "<ram:ID>FA-2026-7</ram:ID>",
            f"<ram:ID>{'9' * 36}</ram:ID>",
            "The invoice number is longer than 35 characters.",
        ),
        ("20260901", "", "The invoice has no issue date."),
        ("20260901", "20260931", "“20260931” is not a date."),
        ('"102">20260901', '"610">202609', "“202609” is not a date."),
        (">EUR<", ">EUX<", "“EUX” is not a currency."),
        (">EUR<", ">XXX<", "“XXX” is not a currency."),
        ("Vendeur SARL", "", "The seller has no name."),
        ("Cliente SAS", " ", "The buyer has no name."),
        (">1200.00<", "><", "The total with VAT is missing."),
        (">900.00<", "><", "The amount due is missing."),
        (">1200.00<", ">12e2<", "“12e2” is not an amount."),
        (">1200.00<", ">1200.001<", "The amount 1200.001 has more than two decimals."),
        (">900.00<", ">9999999999999<", "The amount 9999999999999 is absurdly large."),
        (
            ">1200.00<",
            ">-1200.00<",
            "The total is negative. A credit note states its amounts as positive.",
        ),
        (
            "20261001",
            "20260831",
            "The due date 2026-08-31 is before the issue date 2026-09-01.",
        ),
        (">380<", ">325<", "A document of type “325” is not an invoice that can be collected."),
        (
            ">380<",
            ">393<",
            "The claim was sold to a factor (type 393): it is not yours to collect.",
        ),
        (
            "<ram:DuePayableAmount>",
            '<ram:DuePayableAmount currencyID="USD">',
            "The invoice is in EUR, but one amount is in USD.",
        ),
        (
            ">1200.00<",
            ">1300.00<",
            "The total with VAT is 1300.00, but net and VAT give 1200.00.",
        ),
        (
            ">900.00<",
            ">901.00<",
            "The amount due is 901.00, but the total less what was prepaid gives 900.00.",
        ),
        (
            "<ram:TaxBasisTotalAmount>",
            "<ram:AllowanceTotalAmount>1.00</ram:AllowanceTotalAmount><ram:TaxBasisTotalAmount>",
            "The total without VAT is 1000.00, but lines, allowances and charges give 999.00.",
        ),
        (
            ">200.00</ram:Calc",
            ">198.99</ram:Calc",
            "The total VAT is 200.00, but its breakdown adds up to 198.99.",
        ),
    ],
)
def test_what_would_make_a_wrong_debt_is_refused(old, new, reason):
    content = xml((old, new))

    assert reasons(content)[0] == reason
    assert reasons(content, accept_doubts=True)[0] == reason


def test_a_lines_total_that_is_not_their_sum_is_refused():
    content = xml(
        ("<ram:LineTotalAmount>1000.00", "<ram:LineTotalAmount>990.00"),
        (
            "<ram:LineTotalAmount>990.00</ram:LineTotalAmount>\n  <ram:TaxBasis",
            "<ram:LineTotalAmount>1000.00</ram:LineTotalAmount>\n  <ram:TaxBasis",
        ),
    )

    assert reasons(content)[0] == (
        "The total of the lines is 1000.00, but the lines add up to 990.00."
    )


def test_vat_that_is_not_base_times_rate_is_refused():
    content = xml((">20</ram:Rate", ">10</ram:Rate"))

    assert reasons(content) == ["The VAT of one rate is 200.00, but base and rate give 100.00."]


def test_every_reason_is_told_with_its_line_and_term():
    content = xml(("Cliente SAS", ""), ("20261001", "2026-10-01"))

    refusals = read_cii(content, file="facture.xml").refusals

    assert [(each.file, each.column) for each in refusals] == [
        ("facture.xml", "BT-44"),
        ("facture.xml", "BT-9"),
    ]
    assert refusals[1].line == content[: content.index(b"2026-10-01")].count(b"\n") + 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ([(">10</ram:Billed", ">20</ram:Billed")], "Line 1 says 1000.00, but 20.00 × 100.00 is "),
        ([(">100.00</ram:Charge", ">99.90</ram:Charge")], "Line 1 says 1000.00, but 10.00 × 99.90"),
        (
            [("<ram:BasisAmount>1000", "<ram:BasisAmount>1001.01"), (".01.00", ".01")],
            "The base of VAT S 20 % is 1001.01, but its lines give 1000.00.",
        ),
        ([("FR88100000009", "FR37200000008")], "“Vendeur SARL” has the SIREN 100000009 but the "),
        ([("<ram:Name>Conseil</ram:Name>", "<ram:Nom>Conseil</ram:Nom>")], "The XML breaks the "),
    ],
)
def test_a_contradiction_beside_the_sum_is_a_doubt_that_the_user_may_accept(changes, reason):
    content = xml(*changes)

    refusals = read_cii(content, file="f").refusals

    assert [each.is_doubt for each in refusals] == [True]
    assert str(refusals[0].reason).startswith(reason)
    assert str(the_invoice(content, accept_doubts=True).warnings[-1].reason).startswith(reason)


def test_vat_charged_with_a_reason_for_exemption_is_a_doubt():
    content = xml(
        (
            "<ram:BasisAmount>",
            "<ram:ExemptionReason>Exonéré</ram:ExemptionReason><ram:BasisAmount>",
        )
    )

    assert reasons(content) == ["VAT at 20 % is charged and a reason for exemption is given."]


@pytest.mark.parametrize(
    ("quantity", "price", "net"),
    [
        ("6", "166.67", "1000.00"),  # the price was rounded: 1000.02
        ("-10", "100.00", "1000.00"),  # a sign lost, as in an official example
        ("400", "2.50", "1000.00"),
    ],
)
def test_a_line_may_be_off_by_what_rounding_its_price_explains(quantity, price, net):
    content = xml(
        (">10</ram:Billed", f">{quantity}</ram:Billed"), (">100.00</ram:Ch", f">{price}</ram:Ch")
    )

    assert the_invoice(content).lines[0].net == Decimal(net)


def test_lines_of_a_file_that_declares_no_known_profile_are_only_warned_about():
    content = xml(
        ("urn:cen.eu:en16931:2017", "urn:ferd:CrossIndustryDocument:invoice:1p0:comfort"),
        (">10</ram:Billed", ">20</ram:Billed"),
    )

    assert warnings(content) == ["Line 1 says 1000.00, but 20.00 × 100.00 is 2000.00."]


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        (
            ">200000008<",
            ">200000009<",
            "“200000009” is not a valid SIREN or SIRET: it is left out.",
        ),
        (
            "FR88100000009",
            "FR00100000009",
            "“FR00100000009” is not a valid VAT number: it is left out.",
        ),
        (
            "FR7630006000011234567890189",
            "FR7630006000011234567890188",
            "“FR7630006000011234567890188” is not a valid IBAN: it is left out.",
        ),
        ("compta@cliente.fr", "compta", "“compta” is not an email address: it is left out."),
        (
            DUE_DATE,
            "",
            "The file gives no due date: your usual payment terms will be applied.",
        ),
        (">380<", ">389<", "Your client wrote this invoice in your name."),
        (
            " <ram:SpecifiedTradeSettlementPaymentMeans>",
            (
                " <ram:PayeeTradeParty><ram:Name>Facto</ram:Name></ram:PayeeTradeParty>"
                "<ram:SpecifiedTradeSettlementPaymentMeans>"
            ),
            "The invoice is payable to “Facto”, not to the seller.",
        ),
    ],
)
def test_what_touches_no_sum_is_left_out_and_warned_about(old, new, warning):
    assert warnings(xml((old, new))) == [warning]


def test_an_identifier_that_does_not_hold_never_reaches_the_record():
    invoice = the_invoice(xml((">200000008<", ">200000009<"), ("compta@cliente.fr", "compta")))

    assert (invoice.buyer.siren, invoice.buyer.emails) == ("", ())


def test_a_due_date_is_never_guessed_from_the_text_of_the_terms():
    assert the_invoice(xml((DUE_DATE, ""))).due_on is None


def test_nothing_due_is_said():
    content = xml((">300.00<", ">1200.00<"), (">900.00<", ">0.00<"))

    assert warnings(content) == ["Nothing is due on this invoice."]


def test_a_credit_note_needs_no_due_date_and_names_what_it_corrects():
    reference = (
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:InvoiceReferencedDocument>"
        "<ram:IssuerAssignedID>FA-2026-1</ram:IssuerAssignedID><ram:FormattedIssueDateTime>"
        '<qdt:DateTimeString xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:100"'
        ' format="102">20260801</qdt:DateTimeString></ram:FormattedIssueDateTime>'
        "</ram:InvoiceReferencedDocument>"
    )
    content = xml(
        (">380<", ">381<"),
        ("20261001", "20260101"),
        ("</ram:SpecifiedTradeSettlementHeaderMonetarySummation>", reference),
    )

    invoice = the_invoice(content)

    assert invoice.kind is ImportedKind.CREDIT_NOTE
    assert invoice.preceding == (PrecedingInvoice("FA-2026-1", dt.date(2026, 8, 1)),)


def test_instalments_are_read_when_each_date_has_its_amount():
    second = (
        "</ram:SpecifiedTradePaymentTerms><ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>"
        '<udt:DateTimeString format="102">20261101</udt:DateTimeString></ram:DueDateDateTime>'
        "<ram:PartialPaymentAmount>400.00</ram:PartialPaymentAmount></ram:SpecifiedTradePaymentTerms>"
    )
    content = xml(
        ("urn:cen.eu:en16931:2017", "urn:cen.eu:en16931:2017#conformant#urn:x:1p0:extended"),
        (
            "</ram:SpecifiedTradePaymentTerms>",
            "<ram:PartialPaymentAmount>500.00</ram:PartialPaymentAmount>" + second,
        ),
    )

    invoice = the_invoice(content)

    assert invoice.installments == (
        ImportedInstallment(dt.date(2026, 10, 1), Decimal("500.00")),
        ImportedInstallment(dt.date(2026, 11, 1), Decimal("400.00")),
    )
    assert invoice.due_on == dt.date(2026, 11, 1)
    without_amounts = content.replace(
        b"<ram:PartialPaymentAmount>400.00</ram:PartialPaymentAmount>", b""
    )
    assert reasons(without_amounts) == [
        "The invoice has several due dates and does not say how much is due on each."
    ]


def test_instalments_that_are_not_the_amount_due_are_refused():
    second = (
        "</ram:SpecifiedTradePaymentTerms><ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>"
        '<udt:DateTimeString format="102">20261101</udt:DateTimeString></ram:DueDateDateTime>'
        "<ram:PartialPaymentAmount>400.00</ram:PartialPaymentAmount></ram:SpecifiedTradePaymentTerms>"
    )
    content = xml(
        ("urn:cen.eu:en16931:2017", "urn:cen.eu:en16931:2017#conformant#urn:x:1p0:extended"),
        (
            "</ram:SpecifiedTradePaymentTerms>",
            "<ram:PartialPaymentAmount>600.00</ram:PartialPaymentAmount>" + second,
        ),
    )

    assert reasons(content) == ["The instalments add up to 1000.00, but 900.00 is due."]


def test_a_document_marked_as_a_test_is_refused():
    content = xml(
        ("urn:cen.eu:en16931:2017", "urn:other"),
        (
            "<rsm:ExchangedDocumentContext>",
            (
                "<rsm:ExchangedDocumentContext><ram:TestIndicator><udt:Indicator>true</udt:Indicator>"
                "</ram:TestIndicator>"
            ),
        ),
    )

    assert reasons(content) == ["The invoice is marked as a test."]


@pytest.mark.parametrize("profile", ["minimum", "basicwl"])
def test_a_profile_without_lines_is_read_by_its_totals(profile):
    text = xml(("urn:cen.eu:en16931:2017", f"urn:factur-x.eu:1p0:{profile}")).decode()
    start, end = text.index("<ram:IncludedSupply"), text.index("<ram:ApplicableHeaderTradeAgr")
    content = (text[:start] + text[end:]).encode()

    invoice = the_invoice(content, accept_doubts=True)

    assert (invoice.lines, invoice.remaining) == ((), Decimal("900.00"))


def test_an_xrechnung_is_held_to_the_whole_of_cii():
    guideline = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"

    assert the_invoice(xml(("urn:cen.eu:en16931:2017", guideline))).profile == "XRECHNUNG"


def test_a_shipping_charge_counts_among_the_charges():
    charge = (
        "<ram:SpecifiedLogisticsServiceCharge><ram:Description>Port</ram:Description>"
        "<ram:AppliedAmount>10.00</ram:AppliedAmount><ram:AppliedTradeTax><ram:TypeCode>VAT"
        "</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>20"
        "</ram:RateApplicablePercent></ram:AppliedTradeTax></ram:SpecifiedLogisticsServiceCharge>"
    )
    content = xml(
        ("urn:cen.eu:en16931:2017", "urn:cen.eu:en16931:2017#conformant#urn:x:1p0:extended"),
        (" <ram:SpecifiedTradePaymentTerms>", f"{charge} <ram:SpecifiedTradePaymentTerms>"),
        ("<ram:BasisAmount>1000.00", "<ram:BasisAmount>1010.00"),
        (">200.00</ram:Calc", ">202.00</ram:Calc"),
        (
            "<ram:TaxBasisTotalAmount>1000.00",
            "<ram:ChargeTotalAmount>10.00</ram:ChargeTotalAmount><ram:TaxBasisTotalAmount>1010.00",
        ),
        ('"EUR">200.00', '"EUR">202.00'),
        (">1200.00<", ">1212.00<"),
        (">900.00<", ">912.00<"),
    )

    assert the_invoice(content).remaining == Decimal("912.00")


def test_an_invoice_cut_off_before_its_totals_tells_all_that_is_missing():
    text = xml().decode()
    start, end = text.index("<ram:ApplicableHeaderTradeSet"), text.index("</rsm:SupplyChain")

    assert reasons((text[:start] + text[end:]).encode())[:3] == [
        "The invoice has no currency.",
        "The total with VAT is missing.",
        "The amount due is missing.",
    ]
