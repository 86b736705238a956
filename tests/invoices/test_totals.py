"""Totals against the worked examples of the law reference, and their invariants."""

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.totals import (
    CreditTooHigh,
    DraftLine,
    InvalidLine,
    InvalidTotals,
    Line,
    LineTotal,
    VatCategory,
    VatTotal,
    compute_totals,
    draft_totals,
    net_of_gross,
    remainder_of,
    share_of,
    vat_collected,
)

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "law_vectors.json").read_text())
CENT = Decimal("0.01")
RATES = st.sampled_from([Decimal(rate) for rate in ("20", "10", "5.5", "2.1", "8.5")])


def some_lines(quantity, price, discount):
    return st.lists(
        st.builds(
            Line,
            quantity=st.decimals(quantity, "9999", places=4),
            unit_price=st.decimals(price, "9999", places=4),
            vat_rate=RATES,
            discount_percent=st.decimals("0", discount, places=2),
        ),
        max_size=12,
    )


LINES = some_lines("0", "0", "100")
# Of a few cents, three shares of 30 % can be more than the whole once each is rounded.
LINES_WORTH_SHARING = some_lines("1", "100", "50")


def line(quantity, price, rate="20", category=VatCategory.STANDARD, discount="0"):
    return Line(Decimal(quantity), Decimal(price), Decimal(rate), category, Decimal(discount))


def amounts(totals):
    return tuple(str(amount) for amount in (totals.net, totals.vat, totals.gross))


def per_rate(parts):
    return {str(part.rate): [str(part.base), str(part.vat)] for part in parts}


@pytest.mark.parametrize("vector", VECTORS["vat"], ids=lambda vector: vector["ttc"])
def test_totals_are_those_of_the_worked_examples(vector):
    totals = compute_totals([line(*facts) for facts in vector["lines"]])

    assert amounts(totals) == (vector["ht"], vector["vat"], vector["ttc"])
    assert per_rate(totals.by_rate) == vector["per_rate"]


@pytest.mark.parametrize("vector", VECTORS["ttc_to_ht"], ids=str)
def test_an_all_in_price_is_taken_apart(vector):
    net, vat = net_of_gross(Decimal(vector["ttc"]), Decimal(vector["rate"]))

    assert (str(net), str(vat)) == (vector["ht"], vector["vat"])


@pytest.mark.parametrize("vector", VECTORS["deposits"], ids=lambda vector: vector["ht"])
def test_deposits_and_balance_add_up_to_the_deal(vector):
    whole = compute_totals([line("1", vector["ht"], vector["rate"])])

    deposits = [share_of(whole, Decimal(30)), share_of(whole, Decimal(40))]
    balance = remainder_of(whole, deposits)

    assert [list(amounts(part)) for part in (*deposits, balance)] == vector["rows"]
    assert str(whole.vat) == vector["vat"]


def test_a_deposit_over_two_rates_is_taken_from_each():
    whole = compute_totals([line("1", "6000"), line("1", "4000", "10")])

    deposit = share_of(whole, Decimal(30))
    balance = remainder_of(whole, [deposit])

    assert per_rate(deposit.by_rate) == {"20": ["1800.00", "360.00"], "10": ["1200.00", "120.00"]}
    assert str(deposit.gross) == "3480.00"
    assert str(balance.gross) == "8120.00"


def test_a_discount_on_the_document_is_shared_by_rate():
    lines = [line("1", "1000"), line("1", "500", "10")]

    totals = compute_totals(lines, discount_percent=Decimal(5))

    assert per_rate(totals.by_rate) == {"20": ["950.00", "190.00"], "10": ["475.00", "47.50"]}
    assert str(totals.allowance) == "75.00"
    assert [str(part.allowance) for part in totals.by_rate] == ["50.00", "25.00"]


def test_a_discount_on_a_line_is_rounded_by_itself():
    totals = compute_totals([line("3", "19.99", discount="12.5")])

    assert totals.lines == (LineTotal(Decimal("59.97"), Decimal("7.50"), Decimal("52.47")),)
    assert amounts(totals) == ("52.47", "10.49", "62.96")


def test_an_early_payment_discount_takes_its_vat_along():
    whole = compute_totals([line("1", "847.35")])

    discount = share_of(whole, Decimal("1.5"))

    assert amounts(discount) == ("12.71", "2.54", "15.25")
    assert amounts(remainder_of(whole, [discount])) == ("834.64", "166.93", "1001.57")


def test_a_credit_note_is_reckoned_with_positive_amounts():
    invoice = compute_totals([line("5", "39.90")])
    credit = compute_totals([line("2", "39.90")])

    assert amounts(credit) == ("79.80", "15.96", "95.76")
    assert amounts(remainder_of(invoice, [credit])) == ("119.70", "23.94", "143.64")


@pytest.mark.parametrize("credit", [line("6", "39.90"), line("1", "1", "10")], ids=str)
def test_no_more_is_credited_than_was_invoiced_at_that_rate(credit):
    invoice = compute_totals([line("5", "39.90")])

    with pytest.raises(CreditTooHigh) as refusal:
        remainder_of(invoice, [compute_totals([credit])])

    left = {"20": "199.50 before VAT and 39.90", "10": "0 before VAT and 0"}[str(credit.vat_rate)]
    assert str(refusal.value) == (
        f"At the VAT rate of {credit.vat_rate} % only {left} of VAT are left of the invoice."
    )


def test_a_line_that_takes_back_can_be_credited_too():
    invoice = compute_totals([line("1", "100"), line("-1", "30", "10")])
    half = compute_totals([line("1", "50"), line("-1", "15", "10")])

    left = remainder_of(invoice, [half])

    assert per_rate(left.by_rate) == {"20": ["50.00", "10.00"], "10": ["-15.00", "-1.50"]}
    assert amounts(remainder_of(left, [left])) == ("0.00", "0.00", "0.00")


def test_vat_on_a_part_payment_is_spread_over_the_rates():
    whole = compute_totals([line("1", "1000"), line("1", "500", "10")])

    assert per_rate(vat_collected(whole, Decimal(700))) == {
        "20": ["400.00", "80.00"],
        "10": ["200.00", "20.00"],
    }


def test_a_charged_back_payment_takes_its_vat_back():
    whole = compute_totals([line("1", "1000")])

    assert per_rate(vat_collected(whole, Decimal(500))) == {"20": ["416.67", "83.33"]}
    assert per_rate(vat_collected(whole, Decimal(-500))) == {"20": ["-416.67", "-83.33"]}


def test_nothing_is_collected_on_nothing():
    assert vat_collected(compute_totals([]), Decimal(10)) == ()


def test_the_pacific_franc_is_rounded_to_the_unit():
    totals = compute_totals([line("3", "33.5", "13")], code="XPF")

    assert amounts(totals) == ("101", "13", "114")


@given(LINES, st.decimals("0", "100", places=2))
def test_the_whole_is_the_sum_of_its_parts(lines, discount):
    totals = compute_totals(lines, discount_percent=discount)

    nets = sum((part.net for part in totals.lines), Decimal(0))
    assert totals.net + totals.allowance == nets
    assert totals.gross == totals.net + totals.vat
    assert totals.net == sum((part.base for part in totals.by_rate), Decimal(0))
    assert len({part.rate for part in totals.by_rate}) == len(totals.by_rate)
    for part in totals.by_rate:
        assert part.vat == (part.base * part.rate / 100).quantize(CENT, ROUND_HALF_UP)
    for part in totals.lines:
        assert part.net == part.gross - part.discount
        assert part.net == part.net.quantize(CENT)


@given(LINES_WORTH_SHARING, st.lists(st.integers(1, 30), max_size=3))
def test_shares_and_the_rest_are_the_whole(lines, percents):
    whole = compute_totals(lines)

    shares = [share_of(whole, Decimal(percent)) for percent in percents]
    rest = remainder_of(whole, shares)

    assert sum((part.net for part in shares), rest.net) == whole.net
    assert sum((part.vat for part in shares), rest.vat) == whole.vat


@given(LINES, st.decimals("0", "100000", places=2))
def test_what_is_received_is_all_accounted_for(lines, received):
    whole = compute_totals(lines)

    parts = vat_collected(whole, received)

    if whole.gross:
        assert sum(part.base + part.vat for part in parts) == received
        full = vat_collected(whole, whole.gross)
        assert [part.vat for part in full] == [part.vat for part in whole.by_rate]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            line("1.00001", "1"),
            "Line 2: a quantity has at most ten digits and four decimals.",
        ),
        (line("1e10", "1"), "Line 2: a quantity has at most ten digits and four decimals."),
        (line("NaN", "1"), "Line 2: a quantity has at most ten digits and four decimals."),
        (
            line("1", "-1"),
            (
                "Line 2: a unit price is zero or more, with at most ten digits and four decimals;"
                " to take something back, make the quantity negative."
            ),
        ),
        (line("9999999999", "9999999999"), "Line 2: the amount is too large."),
        (
            line("1", "1", discount="100.01"),
            "Line 2: a discount is 0 to 100 %, with at most two decimals.",
        ),
        (line("1", "1", "-5"), "Line 2: this is not a VAT rate."),
        (line("1", "1", "5.555"), "Line 2: this is not a VAT rate."),
        (line("1", "1", "0"), "Line 2: at a rate of 0 say why no VAT is due."),
        (
            line("1", "1", "20", VatCategory.EXEMPT),
            "Line 2: where no VAT is due the rate is 0, not 20.",
        ),
    ],
)
def test_a_line_that_cannot_be_reckoned_is_named(wrong, sentence):
    with pytest.raises(InvalidLine) as refusal:
        compute_totals([line("1", "1"), wrong])

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("lines", "discount", "sentence"),
    [
        ([line("-1", "1")], "0", "The total is below zero: make a credit note instead."),
        ([line("999999999", "999")] * 2, "0", "The total is too large."),
        (
            [line("1", "1"), line("1", "1", "0", VatCategory.OUTSIDE_SCOPE)],
            "0",
            "What is outside the scope of VAT goes on a document of its own (EN 16931 BR-O-11).",
        ),
        (
            [line("1", "1")],
            "-1",
            "The discount on the document is 0 to 100 percent, with at most two decimals.",
        ),
    ],
)
def test_lines_that_make_no_document_are_refused(lines, discount, sentence):
    with pytest.raises(InvalidTotals) as refusal:
        compute_totals(lines, discount_percent=Decimal(discount))

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    "category", [category for category in VatCategory if category != VatCategory.STANDARD]
)
def test_no_vat_is_due_outside_the_standard_category(category):
    totals = compute_totals([line("2", "50", "0", category)])

    assert totals.by_rate == (
        VatTotal(category, Decimal(0), Decimal("100.00"), Decimal("0.00"), Decimal("0.00")),
    )


def test_while_typing_incomplete_and_absurd_lines_count_for_nothing():
    drafts = [
        DraftLine(Decimal(2), Decimal("49.90"), Decimal(20)),
        DraftLine(Decimal(1), None, Decimal(20)),
        DraftLine(None, Decimal(1), Decimal(20)),
        DraftLine(Decimal(1), Decimal(1), None),
        DraftLine(Decimal(1), Decimal(-1), Decimal(20)),
        DraftLine(Decimal(1), Decimal(100), Decimal(20), discount_percent=Decimal(50)),
    ]

    totals, nets = draft_totals(drafts)

    assert amounts(totals) == ("149.80", "29.96", "179.76")
    assert nets == (Decimal("99.80"), None, None, None, None, Decimal("50.00"))


def test_while_typing_a_document_that_cannot_be_is_shown_as_nothing():
    totals, nets = draft_totals([DraftLine(Decimal(-1), Decimal(1), Decimal(20))])

    assert amounts(totals) == ("0.00", "0.00", "0.00")
    assert nets == (None,)
