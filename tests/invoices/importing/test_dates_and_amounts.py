"""How tables write dates and amounts, and what proves which way to read them."""

import datetime as dt
from decimal import Decimal

import pytest

from invoices.importing.amounts import MarkEvidence, parse_amount
from invoices.importing.dates import DAY_FIRST, MONTH_FIRST, OrderEvidence, parse_date
from invoices.importing.findings import Unreadable


@pytest.mark.parametrize(
    ("text", "order", "date"),
    [
        ("03/04/2026", DAY_FIRST, dt.date(2026, 4, 3)),
        ("03/04/2026", MONTH_FIRST, dt.date(2026, 3, 4)),
        ("3-4-26", DAY_FIRST, dt.date(2026, 4, 3)),
        ("3.4.26", MONTH_FIRST, dt.date(2026, 4, 3)),
        ("31.12.99", DAY_FIRST, dt.date(1999, 12, 31)),
        ("2026-04-03", MONTH_FIRST, dt.date(2026, 4, 3)),
        ("2026/4/3", DAY_FIRST, dt.date(2026, 4, 3)),
        ("20260403", DAY_FIRST, dt.date(2026, 4, 3)),
        ("2026-04-03 00:00:00", DAY_FIRST, dt.date(2026, 4, 3)),
        ("2026-04-03T10:00:00Z", DAY_FIRST, dt.date(2026, 4, 3)),
        ("03/04/2026 14:30", DAY_FIRST, dt.date(2026, 4, 3)),
        ("3 avril 2026", DAY_FIRST, dt.date(2026, 4, 3)),
        ("1er août 2026", DAY_FIRST, dt.date(2026, 8, 1)),
        ("12-janv.-26", DAY_FIRST, dt.date(2026, 1, 12)),
        ("12 Dec 2025", DAY_FIRST, dt.date(2025, 12, 12)),
        ("45000", DAY_FIRST, dt.date(2023, 3, 15)),
        (Decimal("45000.5"), DAY_FIRST, dt.date(2023, 3, 15)),
        (dt.date(2026, 4, 3), DAY_FIRST, dt.date(2026, 4, 3)),
    ],
)
def test_dates_are_read(text, order, date):
    assert parse_date(text, order) == date


@pytest.mark.parametrize(
    "text",
    ["31/02/2026", "13/13/2026", "hier", "12", "99999999", "12 brumaire 2026", "3/4", "1/2-2026"],
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(Unreadable) as caught:
        parse_date(text, DAY_FIRST)

    assert str(caught.value) == f"“{text}” is not a date."


@pytest.mark.parametrize("text", ["01/01/1970", "2101-01-01"])
def test_a_date_of_another_age_is_refused(text):
    with pytest.raises(Unreadable) as caught:
        parse_date(text, DAY_FIRST)

    assert str(caught.value) == f"The date {text} is too far away."


def order_of(*dates, french=False, pairs=()):
    evidence = OrderEvidence()
    for line, date in enumerate(dates, start=2):
        evidence.see(date, line)
    for issued, due in pairs:
        evidence.see_pair(issued, due)
    return evidence.order(headings_are_french=french)


def test_one_day_past_twelve_proves_the_order_of_the_whole_file():
    assert order_of("03/04/2026", "13/04/2026") == DAY_FIRST
    assert order_of("03/04/2026", "04/13/2026") == MONTH_FIRST


def test_dates_that_read_the_same_both_ways_need_no_proof():
    assert order_of("04/04/2026", "2026-01-02", "3.4.2026") == DAY_FIRST


def test_two_orders_in_one_file_are_refused_with_both_lines():
    with pytest.raises(Unreadable) as caught:
        order_of("13/04/2026", "04/13/2026")

    assert str(caught.value) == (
        "Line 2 writes the day first and line 3 the month first: use one order in the whole file."
    )


def test_without_any_proof_the_user_is_asked():
    with pytest.raises(Unreadable) as caught:
        order_of("03/04/2026")

    assert str(caught.value) == (
        "“03/04/2026” can be read with the day first or the month first, and nothing in the file "
        "tells which. Say which it is, or write dates as 2026-01-31."
    )
    assert caught.value.line == 2


def test_french_headings_prove_the_day_first():
    assert order_of("03/04/2026", french=True) == DAY_FIRST


def test_due_dates_that_would_precede_their_invoices_prove_the_other_order():
    backwards_if_day_first = [("05/01/2026", "04/02/2026"), ("03/11/2026", "04/10/2026")]

    assert order_of("03/04/2026", pairs=backwards_if_day_first[1:]) == MONTH_FIRST
    assert order_of("03/04/2026", pairs=backwards_if_day_first[:1]) == DAY_FIRST


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [
        ("1200", ".", "1200.00"),
        ("1 200,50", ",", "1200.50"),
        ("1\u202f200,50\u00a0€", ",", "1200.50"),
        ("1.200,50", ",", "1200.50"),
        ("1.234", ",", "1234.00"),
        ("1,234.5", ".", "1234.50"),
        ("1,234", ".", "1234.00"),
        ("1'234.50 CHF", ".", "1234.50"),
        ("€ 12.30", ".", "12.30"),
        ("EUR 12,3000", ",", "12.30"),
        ("(45.00)", ".", "-45.00"),
        ("45,00-", ",", "-45.00"),
        ("−45,00", ",", "-45.00"),
        ("+45", ",", "45.00"),
        (Decimal("0.30000000000000004"), ",", "0.30"),
    ],
)
def test_amounts_are_read_to_the_cent(text, mark, amount):
    assert parse_amount(text, mark) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "abc", "1,2,3", "12.3.4", "1e5", "--5", "1.2345,00", "NaN", "1 200,50 ?"]
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(Unreadable) as caught:
        parse_amount(text, ",")

    assert str(caught.value) == f"“{text}” is not an amount."


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("12,345", "The amount 12,345 has more than two decimals."),
        (Decimal("1.005"), "The amount 1.005 has more than two decimals."),
        ("1000000000000", "The amount 1000000000000 is absurdly large."),
        (dt.date(2026, 1, 1), "“2026-01-01” is not an amount."),
    ],
)
def test_an_amount_that_no_invoice_has_is_refused(amount, reason):
    with pytest.raises(Unreadable) as caught:
        parse_amount(amount, ",")

    assert str(caught.value) == reason


def mark_of(*amounts):
    evidence = MarkEvidence()
    for line, amount in enumerate(amounts, start=2):
        evidence.see(amount, line)
    return evidence.mark


@pytest.mark.parametrize(
    ("amounts", "mark"),
    [
        (("1,50",), ","),
        (("1.50",), "."),
        (("1.234,50",), ","),
        (("1,234.50",), "."),
        (("1.234.567",), ","),
        (("1,234,567",), "."),
        (("0,125",), ","),
        (("1234,567",), ","),
        (("1.234", "7,5"), ","),
        (("1.234",), None),
        (("12", Decimal("1.5"), ""), None),
        (("1,2,3.4.5",), None),
    ],
)
def test_the_decimal_mark_is_proved_by_the_column(amounts, mark):
    assert mark_of(*amounts) == mark


def test_two_decimal_marks_in_one_column_are_refused_with_both_lines():
    with pytest.raises(Unreadable) as caught:
        mark_of("1,50", "2", "1.50")

    assert str(caught.value) == (
        "Line 2 writes decimals with a comma and line 4 with a point: use one of them in the whole "
        "column."
    )
