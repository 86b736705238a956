"""Amounts, currencies and rates that are refused."""

from decimal import Decimal

import pytest

from core.errors import DomainError
from invoices.models import Invoice
from invoices.services import create_invoice, issue_invoice
from invoices.services.issue_checks import CannotIssue
from tests.factories.invoices import NOW, TODAY, make_buyer, make_draft, make_line


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            {"price": "-5"},
            (
                "Line 1: a unit price is zero or more, with at most ten digits and four"
                " decimals; to take something back, make the quantity negative."
            ),
        ),
        (
            {"price": "99999999999"},
            (
                "Line 1: a unit price is zero or more, with at most ten digits"
                " and four decimals; to take something back, make the quantity"
                " negative."
            ),
        ),
        ({"price": "9999999999", "quantity": Decimal(9999)}, "Line 1: the amount is too large."),
        (
            {"price": "NaN"},
            (
                "Line 1: a unit price is zero or more, with at most ten digits and four"
                " decimals; to take something back, make the quantity negative."
            ),
        ),
        ({"rate": "-20"}, "Line 1: this is not a VAT rate."),
        ({"rate": "0"}, "Line 1: at a rate of 0 say why no VAT is due."),
        ({"quantity": Decimal(-1)}, "The total is below zero: make a credit note instead."),
        (
            {"discount_percent": Decimal(101)},
            "Line 1: a discount is 0 to 100 %, with at most two decimals.",
        ),
    ],
)
def test_an_absurd_amount_is_refused_and_nothing_is_written(in_acme, line, sentence):
    with pytest.raises(DomainError) as refusal:
        create_invoice(client=make_buyer(), lines=[make_line(**line)], user=None)

    assert str(refusal.value) == sentence
    assert Invoice.objects.count() == 0


def test_a_currency_nobody_knows_is_refused(in_acme):
    with pytest.raises(DomainError) as refusal:
        make_draft(currency="XAU")

    assert str(refusal.value) == (
        "The currency “XAU” is not supported; use one of EUR, CHF, GBP, USD, XPF."
    )


def test_a_rate_of_another_country_is_refused(in_acme):
    draft = make_draft(lines=[make_line(rate="19")])

    with pytest.raises(CannotIssue) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == ("19% is not a VAT rate of Mainland France on 2026-11-23.")
