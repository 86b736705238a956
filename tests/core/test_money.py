"""Rounding, splitting and showing amounts."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import (
    InvalidAmount,
    UnknownCurrency,
    currency,
    format_decimal,
    format_money,
    format_percent,
    from_minor,
    round_amount,
    round_cents,
    split_amount,
    to_minor,
)

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "law_vectors.json").read_text())
SPACE = "\u00a0"


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.01"), ("2.675", "2.68"), ("-0.005", "-0.01"), ("0.00499", "0.00")],
)
def test_a_half_cent_goes_up_away_from_zero(amount, rounded):
    assert str(round_cents(Decimal(amount))) == rounded


def test_the_pacific_franc_has_no_decimals():
    assert str(round_amount(Decimal("1234.5"), "XPF")) == "1235"


def test_an_unknown_currency_is_refused_by_name():
    with pytest.raises(UnknownCurrency) as refusal:
        currency("BTC")

    assert str(refusal.value) == (
        "The currency “BTC” is not supported; use one of EUR, CHF, GBP, USD, XPF."
    )


@pytest.mark.parametrize("vector", VECTORS["split"], ids=lambda vector: vector["total"])
def test_a_plan_is_split_as_the_worked_examples_say(vector):
    parts = split_amount(Decimal(vector["total"]), vector["n"])

    assert [str(part) for part in parts] == vector["parts"]


@given(st.integers(1, 10**14 - 1), st.integers(1, 120))
def test_parts_add_up_and_differ_by_one_cent_at_most(minor, parts):
    amount = from_minor(max(minor, parts), "EUR")

    split = split_amount(amount, parts)

    assert len(split) == parts
    assert sum(split) == amount
    assert max(split) - min(split) <= Decimal("0.01")
    assert split == sorted(split, reverse=True)


@pytest.mark.parametrize(("amount", "parts"), [("0.02", 3), ("10", 0), ("-10", 2), ("0", 1)])
def test_what_cannot_be_split_is_refused(amount, parts):
    with pytest.raises(InvalidAmount):
        split_amount(Decimal(amount), parts)


@given(st.integers(-(10**14), 10**14), st.sampled_from(["EUR", "XPF"]))
def test_minor_units_there_and_back_change_nothing(minor, code):
    assert to_minor(from_minor(minor, code), code) == minor


@pytest.mark.parametrize(("amount", "code"), [("1.005", "EUR"), ("1.5", "XPF")])
def test_a_gateway_never_gets_a_rounded_amount(amount, code):
    with pytest.raises(InvalidAmount):
        to_minor(Decimal(amount), code)


@pytest.mark.parametrize(
    ("amount", "code", "french", "english"),
    [
        ("1234.5", "EUR", "1_234,50_€", "€1,234.50"),
        ("-1234567.891", "EUR", "−1_234_567,89_€", "−€1,234,567.89"),
        ("0", "EUR", "0,00_€", "€0.00"),
        ("-0.001", "EUR", "0,00_€", "€0.00"),
        ("0.005", "EUR", "0,01_€", "€0.01"),
        ("999.99", "CHF", "999,99_CHF", "CHF_999.99"),
        ("12", "GBP", "12,00_£", "£12.00"),
        ("12", "USD", "12,00_$", "$12.00"),
        ("1234.5", "XPF", "1_235_F_CFP", "XPF_1,235"),
    ],
)
def test_amounts_read_as_each_language_writes_them(amount, code, french, english):
    assert format_money(Decimal(amount), code, "fr") == french.replace("_", SPACE)
    assert format_money(Decimal(amount), code, "en") == english.replace("_", SPACE)


def test_a_language_without_a_format_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="'de'"):
        format_money(Decimal(1), "EUR", "de")


@pytest.mark.parametrize(
    ("value", "least", "french", "english"),
    [
        ("1234.5000", 0, "1_234,5", "1,234.5"),
        ("3.0000", 0, "3", "3"),
        ("33.3330", 2, "33,333", "33.333"),
        ("80", 2, "80,00", "80.00"),
        ("-0.5", 0, "−0,5", "−0.5"),
    ],
)
def test_quantities_lose_their_trailing_zeros(value, least, french, english):
    assert format_decimal(Decimal(value), "fr", least) == french.replace("_", SPACE)
    assert format_decimal(Decimal(value), "en", least) == english


def test_rates_are_shown_with_their_sign():
    assert format_percent(Decimal("12.150"), "fr") == f"12,15{SPACE}%"
    assert format_percent(Decimal("20.00"), "en") == "20%"
