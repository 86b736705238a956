"""Totals of a CII invoice that state less than usual."""

from decimal import Decimal

from tests.invoices.importing.documents import xml
from tests.invoices.importing.electronic import reasons, the_invoice


def test_vat_stated_only_in_the_currency_of_accounting_is_not_the_invoices_vat():
    content = xml(('currencyID="EUR">200.00', 'currencyID="USD">220.00'))

    assert reasons(content)[0] == "The total with VAT is 1200.00, but net and VAT give 1000.00."


def test_totals_without_a_net_are_held_to_what_is_due():
    content = xml(("  <ram:TaxBasisTotalAmount>1000.00</ram:TaxBasisTotalAmount>\n", ""))

    invoice = the_invoice(content, accept_doubts=True)

    assert (invoice.total_net, invoice.total_gross) == (None, Decimal("1200.00"))


def test_an_allowance_under_a_rate_that_the_breakdown_does_not_have_is_a_doubt():
    allowance = (
        "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false"
        "</udt:Indicator></ram:ChargeIndicator><ram:ActualAmount>0.00</ram:ActualAmount>"
        "<ram:Reason>Remise</ram:Reason><ram:CategoryTradeTax><ram:TypeCode>VAT</ram:TypeCode>"
        "<ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>10"
        "</ram:RateApplicablePercent></ram:CategoryTradeTax></ram:SpecifiedTradeAllowanceCharge>"
        " <ram:SpecifiedTradePaymentTerms>"
    )
    harmless = xml((" <ram:SpecifiedTradePaymentTerms>", allowance))
    wrong = harmless.replace(b"ActualAmount>0.00", b"ActualAmount>0.50")

    assert the_invoice(harmless).remaining == Decimal("900.00")
    assert reasons(wrong) == ["The base of VAT S 10 % is 0, but its lines give -0.50."]
