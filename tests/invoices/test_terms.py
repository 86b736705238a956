"""Due dates and their caps, against the worked examples of the law reference."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.terms import (
    Caps,
    Reading,
    Terms,
    TermsKind,
    TermsNotLawful,
    caps_for,
    check_due,
    check_terms,
    due_on,
    latest_due,
)

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "law_vectors.json").read_text())
BUSINESS = Caps("BUSINESS", days=60, end_of_month_days=45)
PUBLIC_BODY = Caps("PUBLIC_BODY", days=30)
CONSUMER = Caps("CONSUMER", days=50)
THRESHOLDS = {
    "MAX_TERM_BUSINESS": Decimal(60),
    "MAX_TERM_END_OF_MONTH": Decimal(45),
    "MAX_TERM_PUBLIC_BODY": Decimal(30),
    "MAX_TERM_TRANSPORT": Decimal(30),
    "CONSUMER_DEFERRAL": Decimal(50),
}


def day(text):
    return dt.date.fromisoformat(text)


def net(days):
    return Terms(TermsKind.NET_DAYS, days)


def end_of_month(days, reading=Reading.A):
    return Terms(TermsKind.END_OF_MONTH, days, reading)


def refusal_of(due, issued_on, caps, terms=None):
    with pytest.raises(TermsNotLawful) as refusal:
        check_due(day(due), issued_on=day(issued_on), caps=caps, terms=terms)
    return str(refusal.value)


@pytest.mark.parametrize("vector", VECTORS["due_45fdm"], ids=lambda vector: vector["issue"])
@pytest.mark.parametrize("reading", Reading)
def test_forty_five_days_end_of_month_has_two_lawful_readings(vector, reading):
    issued_on, terms = day(vector["issue"]), end_of_month(45, reading)

    due = due_on(terms, issued_on)
    check_due(due, issued_on=issued_on, caps=BUSINESS, terms=terms)

    assert due == day(vector[reading])


@pytest.mark.parametrize("vector", VECTORS["due_net"], ids=lambda vector: vector["issue"])
def test_net_days_are_counted_from_the_invoice_and_never_moved(vector):
    assert due_on(net(vector["days"]), day(vector["issue"])) == day(vector["due"])


def test_on_receipt_and_on_a_date():
    fixed = Terms(TermsKind.FIXED, fixed_on=day("2026-12-31"))

    assert due_on(Terms(TermsKind.ON_RECEIPT), day("2026-11-22")) == day("2026-11-22")
    assert due_on(fixed, day("2026-11-22")) == day("2026-12-31")


def test_thirty_days_end_of_month_the_tenth():
    terms = Terms(TermsKind.END_OF_MONTH, 30, day_of_month=10)

    due = due_on(terms, day("2026-01-10"))
    check_due(due, issued_on=day("2026-01-10"), caps=BUSINESS, terms=terms)

    assert due == day("2026-03-10")
    assert refusal_of("2026-04-10", "2026-01-30", BUSINESS, terms) == (
        "The due date 2026-04-10 is too late: the latest that the law allows is 2026-03-31."
    )


def test_the_thirty_first_of_a_short_month_is_its_last_day():
    terms = Terms(TermsKind.END_OF_MONTH, 0, day_of_month=31)

    assert due_on(terms, day("2026-01-10")) == day("2026-02-28")


def test_sixty_days_end_of_month_is_refused():
    with pytest.raises(TermsNotLawful) as refusal:
        check_terms(end_of_month(60), BUSINESS)

    assert str(refusal.value) == (
        "“60 days end of month” is not lawful: 45 days end of month at most."
    )
    assert refusal_of("2026-05-31", "2026-03-02", BUSINESS, end_of_month(60)) == (
        "“60 days end of month” is not lawful: 45 days end of month at most."
    )


def test_ninety_days_are_refused_whatever_the_date():
    with pytest.raises(TermsNotLawful) as refusal:
        check_terms(net(90), BUSINESS)

    assert str(refusal.value) == (
        "A term of 90 days is not lawful for this client: 60 days at most."
    )


def test_a_date_typed_by_hand_is_held_to_the_days():
    check_due(day("2026-03-02"), issued_on=day("2026-01-01"), caps=BUSINESS)

    assert refusal_of("2026-03-03", "2026-01-01", BUSINESS) == (
        "The due date 2026-03-03 is too late: the latest that the law allows is 2026-03-02."
    )


def test_a_due_date_before_the_invoice_is_refused():
    assert refusal_of("2026-11-21", "2026-11-22", BUSINESS) == (
        "The due date 2026-11-21 is before the invoice date 2026-11-22."
    )


def test_a_consumer_may_be_given_fifty_days_and_not_one_more():
    check_due(day("2027-01-14"), issued_on=day("2026-11-25"), caps=CONSUMER)

    assert refusal_of("2027-01-15", "2026-11-25", CONSUMER) == (
        "The due date 2027-01-15 is too late: to let a consumer pay more than 50 days after the"
        " invoice is consumer credit. The latest date is 2027-01-14."
    )


def test_a_public_body_has_thirty_days():
    assert refusal_of("2026-12-23", "2026-11-22", PUBLIC_BODY) == (
        "The due date 2026-12-23 is too late: a public body has to pay within 30 days, that is by"
        " 2026-12-22."
    )


def test_end_of_month_terms_lengthen_nothing_where_the_law_has_no_such_alternative():
    terms = end_of_month(30)

    assert latest_due(day("2026-11-22"), caps=PUBLIC_BODY, terms=terms) == day("2026-12-22")
    assert latest_due(day("2026-11-22"), caps=BUSINESS, terms=terms) == day("2027-01-31")
    assert latest_due(day("2026-11-22"), caps=BUSINESS, terms=net(30)) == day("2027-01-21")


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        (net(-1), "A payment term has 0 to 365 days, not -1."),
        (net(366), "A payment term has 0 to 365 days, not 366."),
        (Terms(TermsKind.FIXED), "Say on which date the invoice falls due."),
        (
            Terms(TermsKind.ON_RECEIPT, 30),
            "An invoice due on receipt has no payment term in days.",
        ),
        (
            Terms(TermsKind.END_OF_MONTH, 30, day_of_month=32),
            "The day of the month is a number from 1 to 31.",
        ),
    ],
)
def test_terms_that_make_no_sense_are_refused(terms, sentence):
    with pytest.raises(TermsNotLawful) as refusal:
        due_on(terms, day("2026-11-22"))

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("kind", "cap_key", "caps"),
    [
        ("BUSINESS", None, BUSINESS),
        ("ASSOCIATION", None, Caps("ASSOCIATION", 60, 45)),
        ("PUBLIC_BODY", None, PUBLIC_BODY),
        ("CONSUMER", None, CONSUMER),
        ("BUSINESS", "MAX_TERM_TRANSPORT", Caps("BUSINESS", 30)),
    ],
)
def test_caps_come_from_the_dated_thresholds(kind, cap_key, caps):
    assert caps_for(kind, THRESHOLDS.__getitem__, cap_key=cap_key) == caps


@given(
    st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)),
    st.integers(0, 45),
    st.sampled_from(Reading),
)
def test_lawful_end_of_month_terms_give_lawful_dates_all_year_round(issued_on, days, reading):
    terms = end_of_month(days, reading)

    due = due_on(terms, issued_on)
    check_due(due, issued_on=issued_on, caps=BUSINESS, terms=terms)

    assert issued_on <= due <= latest_due(issued_on, caps=BUSINESS, terms=terms)
