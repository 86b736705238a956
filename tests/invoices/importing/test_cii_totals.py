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
