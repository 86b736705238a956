"""Builds the files that the tests import: a CII invoice, a PDF around it, a workbook."""

import io
import zipfile

import openpyxl
from pypdf import PdfWriter

XML = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice
 xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext>
 <ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID>
 </ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>FA-2026-7</ram:ID><ram:TypeCode>380</ram:TypeCode>
 <ram:IssueDateTime><udt:DateTimeString format="102">20260901</udt:DateTimeString>
 </ram:IssueDateTime>
 <ram:IncludedNote><ram:Content>Merci</ram:Content></ram:IncludedNote></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
<ram:IncludedSupplyChainTradeLineItem>
 <ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>
 <ram:SpecifiedTradeProduct><ram:Name>Conseil</ram:Name></ram:SpecifiedTradeProduct>
 <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>
  <ram:ChargeAmount>100.00</ram:ChargeAmount></ram:NetPriceProductTradePrice>
 </ram:SpecifiedLineTradeAgreement>
 <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="HUR">10</ram:BilledQuantity>
 </ram:SpecifiedLineTradeDelivery>
 <ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode>
  <ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>20</ram:RateApplicablePercent>
  </ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementLineMonetarySummation>
  <ram:LineTotalAmount>1000.00</ram:LineTotalAmount>
  </ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
</ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement>
 <ram:SellerTradeParty><ram:Name>Vendeur SARL</ram:Name><ram:SpecifiedLegalOrganization>
  <ram:ID schemeID="0002">100000009</ram:ID></ram:SpecifiedLegalOrganization>
  <ram:PostalTradeAddress><ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress>
  <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">FR88100000009</ram:ID>
  </ram:SpecifiedTaxRegistration></ram:SellerTradeParty>
 <ram:BuyerTradeParty><ram:Name>Cliente SAS</ram:Name><ram:SpecifiedLegalOrganization>
  <ram:ID schemeID="0002">200000008</ram:ID></ram:SpecifiedLegalOrganization>
  <ram:DefinedTradeContact><ram:PersonName>Anne Roy</ram:PersonName>
  <ram:EmailURIUniversalCommunication><ram:URIID>compta@cliente.fr</ram:URIID>
  </ram:EmailURIUniversalCommunication></ram:DefinedTradeContact>
  <ram:PostalTradeAddress><ram:PostcodeCode>69001</ram:PostcodeCode>
  <ram:LineOne>1 rue du Port</ram:LineOne><ram:CityName>Lyon</ram:CityName>
  <ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress></ram:BuyerTradeParty>
 <ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>BC-12</ram:IssuerAssignedID>
 </ram:BuyerOrderReferencedDocument>
</ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery/>
<ram:ApplicableHeaderTradeSettlement>
 <ram:PaymentReference>FA-2026-7</ram:PaymentReference>
 <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
 <ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>30</ram:TypeCode>
  <ram:PayeePartyCreditorFinancialAccount><ram:IBANID>FR7630006000011234567890189</ram:IBANID>
  </ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
 <ram:ApplicableTradeTax><ram:CalculatedAmount>200.00</ram:CalculatedAmount>
  <ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>1000.00</ram:BasisAmount>
  <ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>20</ram:RateApplicablePercent>
 </ram:ApplicableTradeTax>
 <ram:SpecifiedTradePaymentTerms><ram:Description>30 jours</ram:Description>
  <ram:DueDateDateTime><udt:DateTimeString format="102">20261001</udt:DateTimeString>
  </ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
 <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
  <ram:LineTotalAmount>1000.00</ram:LineTotalAmount>
  <ram:TaxBasisTotalAmount>1000.00</ram:TaxBasisTotalAmount>
  <ram:TaxTotalAmount currencyID="EUR">200.00</ram:TaxTotalAmount>
  <ram:GrandTotalAmount>1200.00</ram:GrandTotalAmount>
  <ram:TotalPrepaidAmount>300.00</ram:TotalPrepaidAmount>
  <ram:DuePayableAmount>900.00</ram:DuePayableAmount>
 </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>
"""

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<r:Description xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">'
    "<fx:ConformanceLevel>%s</fx:ConformanceLevel></r:Description></r:RDF></x:xmpmeta>"
)


def xml(*changes: tuple[str, str]) -> bytes:
    """The invoice above with texts exchanged; each must be there."""
    text = XML
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def pdf(
    *attachments: tuple[str, bytes], level: str = "EN 16931", password: str | None = None
) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=100, height=100)
    for name, content in attachments:
        writer.add_attachment(name, content)
    if level:
        writer.xmp_metadata = (XMP % level).encode()
    if password is not None:
        writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def xlsx(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Feuille {number}")
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def repacked(workbook: bytes, name: str, content: bytes) -> bytes:
    """The workbook with one part exchanged or added."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return target.getvalue()
