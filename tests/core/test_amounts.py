"""Amounts as people type them and programs export them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.amounts import AmbiguousAmount, parse_amount
from core.money import InvalidAmount, format_money


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1'234.50", "1234.50"),
        ("1\u202f234,56\u00a0€", "1234.56"),
        ("1 234 567", "1234567"),
        ("1,234,567.89", "1234567.89"),
        ("1.234.567,89", "1234567.89"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("12.5 €", "12.5"),
        ("12,50EUR", "12.50"),
        ("eur 12,50", "12.50"),
        ("€1,234.50", "1234.50"),
        ("€ -12", "-12"),
        ("-€12", "-12"),
        ("−12,00", "-12.00"),
        ("12,50-", "-12.50"),
        ("(12,50)", "-12.50"),
        (" 0 ", "0"),
        ("-0", "0"),
        ("999999999999,99", "999999999999.99"),
    ],
)
def test_what_people_write_is_understood(text, amount):
    assert str(parse_amount(text)) == amount


@pytest.mark.parametrize("text", ["1,234", "1.234", "12,500 €", "-999.000"])
def test_a_lone_separator_before_three_digits_is_not_guessed(text):
    with pytest.raises(AmbiguousAmount):
        parse_amount(text)


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [("1,234", ".", "1234"), ("1.234", ",", "1234"), ("1.234,5", ",", "1234.5")],
)
def test_the_decimal_mark_settles_it(text, mark, amount):
    assert str(parse_amount(text, decimal_mark=mark)) == amount


def test_unit_prices_may_have_more_decimals():
    assert str(parse_amount("33,3330", decimals=4)) == "33.3330"
    assert str(parse_amount("0,125", decimals=4)) == "0.125"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0.123", "“0.123” has more than 2 decimals."),
        ("1234,567", "“1234,567” has more than 2 decimals."),
        ("1,234.567", "“1,234.567” has more than 2 decimals."),
        ("12,34,56", "“12,34,56” is not an amount."),
        ("1 23,45", "“1 23,45” is not an amount."),
        ("1,234 567", "“1,234 567” is not an amount."),
        ("1 234.567,89", "“1 234.567,89” is not an amount."),
        ("1e5", "“1e5” is not an amount."),
        ("NaN", "“NaN” is not an amount."),
        ("", "“” is not an amount."),
        ("€", "“€” is not an amount."),
        (",5", "“,5” is not an amount."),
        ("5,", "“5,” is not an amount."),
        ("--5", "“--5” is not an amount."),
        ("١٢", "“١٢” is not an amount."),
        ("12 $", "“12 $” is not an amount."),
        ("1000000000000", "“1000000000000” is too large an amount."),
        ("9" * 41, f"“{'9' * 40}…” is too long for an amount."),
    ],
)
def test_everything_else_is_refused_with_its_reason(text, reason):
    with pytest.raises(InvalidAmount) as refusal:
        parse_amount(text)

    assert str(refusal.value) == reason


def test_the_sign_of_another_currency_is_not_swallowed():
    assert parse_amount("12 $", code="USD") == 12
    with pytest.raises(InvalidAmount):
        parse_amount("12,5", code="XPF")


@given(st.decimals(-(10**11), 10**11, places=2), st.sampled_from(["fr", "en"]))
def test_what_we_show_can_be_typed_back(amount, language):
    assert parse_amount(format_money(amount, "EUR", language)) == amount


@given(st.text(max_size=50))
def test_no_text_whatever_breaks_the_reader(text):
    try:
        amount = parse_amount(text)
    except InvalidAmount:
        return

    assert abs(amount) < Decimal(10) ** 12
    assert amount == round(amount, 2)
