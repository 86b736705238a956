"""Late-payment interest against the worked examples of the law reference."""

import csv
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.late_fees import (
    Imputation,
    PartPayment,
    RateBasis,
    RateRule,
    business_rule,
    contract_rule,
    exact_late_interest,
    late_interest,
    legal_rule,
    public_body_rule,
    recovery_indemnity,
)
from legal.errors import RateMissing
from legal.rates import HalfYearRates

ROOT = Path(__file__).parent.parent.parent
VECTORS = json.loads((ROOT / "tests" / "data" / "law_vectors.json").read_text())
ECB10 = business_rule(Decimal(10))
NAMED_RULES = {
    "ecb10": ECB10,
    "legal3": legal_rule(Decimal(3)),
    "legal": legal_rule(),
    "ecb8@start": public_body_rule(Decimal(8)),
}


def day(text):
    return dt.date.fromisoformat(text)


def shipped_rates():
    with (ROOT / "legal" / "data" / "rates.csv").open(encoding="utf-8") as file:
        return [
            HalfYearRates(
                half_year=row["half_year"],
                valid_from=day(row["valid_from"]),
                valid_to=day(row["valid_to"]),
                **{
                    name: Decimal(row[name]) if row[name] else None
                    for name in ("legal_pro", "legal_individual", "ecb_refi")
                },
                source=row["source"],
            )
            for row in csv.DictReader(file)
        ]


RATES = shipped_rates()


def interest(amount, due, until, rule=ECB10, **facts):
    return late_interest(
        principal=Decimal(amount),
        after=day(due),
        until=day(until),
        rule=rule,
        rates=RATES,
        **facts,
    )


@pytest.mark.parametrize("vector", VECTORS["penalties"], ids=lambda vector: vector["id"])
def test_interest_is_that_of_the_worked_examples(vector):
    rule = NAMED_RULES.get(vector["rate"]) or contract_rule(Decimal(vector["rate"]))

    statement = interest(vector["amount_ttc"], vector["due"], vector["paid"], rule)

    assert str(statement.interest) == vector["expected"]
    assert sum(segment.days for segment in statement.segments) == vector["days"]
    assert statement.is_complete
    assert statement.known_until == day(vector["paid"])


def test_a_long_delay_is_cut_by_half_year():
    statement = interest("10000", "2023-03-31", "2025-03-31")

    assert [(part.days, str(part.rate)) for part in statement.segments] == [
        (91, "12.50"),
        (184, "14.00"),
        (182, "14.50"),
        (184, "14.25"),
        (90, "13.15"),
    ]


def test_a_rate_that_does_not_move_is_one_stretch():
    contract = interest("1200", "2025-12-01", "2026-01-31", contract_rule(Decimal(12)))
    public = interest("1200", "2025-05-31", "2025-08-31", NAMED_RULES["ecb8@start"])

    assert [(part.days, str(part.rate)) for part in contract.segments] == [(61, "12")]
    assert [(part.days, str(part.rate)) for part in public.segments] == [(92, "11.15")]


def test_a_consumer_paid_late_is_owed_the_rate_of_private_creditors():
    rule = RateRule(RateBasis.LEGAL_INDIVIDUAL)

    assert str(interest("1000", "2026-04-10", "2026-06-30", rule).interest) == "14.80"


PARTS = [
    PartPayment(day("2026-05-15"), Decimal(700)),
    PartPayment(day("2026-04-20"), Decimal(500)),
]


def test_part_payments_reduce_the_principal_first_and_interest_is_rounded_once():
    statement = interest("1200", "2026-03-31", "2026-05-15", payments=PARTS)

    assert [f"{part.base} {part.amount:.4f}" for part in statement.segments] == [
        "1200 7.9890",
        "700 5.8253",
    ]
    assert str(statement.interest) == "13.81"
    assert statement.interest_paid == 0
    assert str(statement.owed) == "13.81"


def test_part_payments_may_pay_interest_first_as_the_civil_code_has_it():
    statement = interest(
        "1200", "2026-03-31", "2026-05-15", payments=PARTS, imputation=Imputation.INTEREST_FIRST
    )

    assert [str(part.base) for part in statement.segments] == ["1200", "707.99"]
    assert str(statement.interest_paid) == "13.88"
    assert str(statement.principal_left) == "13.88"
    assert str(statement.owed) == "13.88"


def test_payments_before_the_due_date_bear_no_interest():
    early = [PartPayment(day("2026-03-31"), Decimal(1000))]

    statement = interest("1200", "2026-03-31", "2026-05-15", payments=early)

    assert [str(part.base) for part in statement.segments] == ["200"]
    assert statement.segments[0].days == 45


def test_payments_after_the_day_asked_for_do_not_count_yet():
    late = [PartPayment(day("2026-05-16"), Decimal(1200))]

    statement = interest("1200", "2026-03-31", "2026-05-15", payments=late)

    assert str(statement.owed) == "1217.98"


def test_nothing_accrues_once_all_is_paid():
    paid = [PartPayment(day("2026-04-20"), Decimal(1300))]

    statement = interest("1200", "2026-03-31", "2026-05-15", payments=paid)

    assert [part.to_on for part in statement.segments] == [day("2026-04-20")]
    assert statement.principal_left == 0
    assert statement.per_day == 0


def test_the_notice_may_state_what_each_further_day_costs():
    assert str(interest("1200", "2026-03-31", "2026-05-15").per_day)[:7] == "0.39945"
    assert interest("1200", "2026-03-31", "2026-03-31").per_day == 0


def test_a_missing_half_year_stops_the_reckoning_and_is_named():
    statement = interest("1200", "2026-06-15", "2026-07-20")

    assert [part.days for part in statement.segments] == [15]
    assert str(statement.interest) == "5.99"
    assert statement.known_until == day("2026-06-30")
    assert statement.missing == ("2026-H2",)
    assert statement.is_complete is False


def test_a_missing_first_half_year_leaves_nothing_known():
    statement = interest("1200", "2026-07-10", "2027-01-20")

    assert statement.segments == ()
    assert statement.known_until is None
    assert statement.missing == ("2026-H2", "2027-H1")
    assert statement.owed == 1200


def test_nothing_after_a_gap_is_reckoned():
    known = [row for row in RATES if row.half_year != "2025-H1"]

    statement = late_interest(
        principal=Decimal(1200),
        after=day("2024-11-30"),
        until=day("2025-08-31"),
        rule=ECB10,
        rates=known,
    )

    assert [part.half_year for part in statement.segments] == ["2024-H2"]
    assert statement.missing == ("2025-H1",)


@pytest.mark.parametrize("imputation", Imputation)
def test_payments_after_the_last_known_day_go_against_what_is_known(imputation):
    payments = [PartPayment(day("2026-08-01"), Decimal(1000))]

    statement = interest(
        "1200", "2026-06-15", "2026-09-01", payments=payments, imputation=imputation
    )

    assert str(statement.interest) == "5.99"
    assert str(statement.owed) == "205.99"


def test_a_public_buyer_needs_the_first_half_year_alone():
    rule = public_body_rule(Decimal(8))

    known = interest("1200", "2026-06-15", "2026-07-20", rule)
    unknown = interest("1200", "2026-06-30", "2026-07-20", rule)

    assert [(part.days, str(part.rate)) for part in known.segments] == [(35, "10.15")]
    assert unknown.missing == ("2026-H2",)
    assert unknown.known_until is None


def test_an_agreed_rate_needs_no_table():
    statement = late_interest(
        principal=Decimal(1200),
        after=day("2026-06-15"),
        until=day("2026-07-20"),
        rule=contract_rule(Decimal(12)),
        rates=[],
    )

    assert str(statement.interest) == "13.81"
    assert statement.missing == ()


def test_the_exact_reckoning_refuses_a_missing_rate():
    facts = {"principal": Decimal(1200), "rule": ECB10, "rates": RATES}

    with pytest.raises(RateMissing) as refusal:
        exact_late_interest(**facts, after=day("2026-06-15"), until=day("2026-07-20"))
    exact = exact_late_interest(**facts, after=day("2026-03-31"), until=day("2026-05-15"))

    assert refusal.value.half_year == "2026-H2"
    assert exact == interest("1200", "2026-03-31", "2026-05-15")


@pytest.mark.parametrize(
    ("kind", "settled_on", "today", "expected"),
    [
        ("BUSINESS", None, "2026-04-01", "40"),
        ("BUSINESS", "2026-04-01", "2026-11-22", "40"),
        ("PUBLIC_BODY", None, "2026-04-01", "40"),
        ("BUSINESS", None, "2026-03-31", "0"),
        ("BUSINESS", "2026-03-31", "2026-11-22", "0"),
        ("CONSUMER", None, "2026-04-01", "0"),
        ("ASSOCIATION", None, "2026-04-01", "0"),
    ],
)
def test_the_indemnity_is_owed_once_by_late_businesses(kind, settled_on, today, expected):
    amount = recovery_indemnity(
        client_kind=kind,
        due_on=day("2026-03-31"),
        settled_on=settled_on and day(settled_on),
        today=day(today),
        amount=Decimal(40),
    )

    assert str(amount) == expected


DAYS = st.integers(0, 1000)
AMOUNTS = st.decimals("0.01", "999999999.99", places=2)
RULES = st.sampled_from([ECB10, legal_rule(Decimal(3)), contract_rule(Decimal(12))])


def weight(statement):
    return sum((part.weight for part in statement.segments), Decimal(0))


@given(AMOUNTS, DAYS, DAYS, RULES)
def test_interest_over_two_periods_is_the_interest_over_both(amount, first, second, rule):
    start = day("2020-05-17")
    middle = start + dt.timedelta(days=first)
    end = middle + dt.timedelta(days=second)

    parts = [
        late_interest(principal=amount, after=a, until=b, rule=rule, rates=RATES)
        for a, b in ((start, middle), (middle, end), (start, end))
    ]

    assert weight(parts[0]) + weight(parts[1]) == weight(parts[2])


@given(AMOUNTS, AMOUNTS, DAYS, RULES)
def test_interest_on_two_debts_is_the_interest_on_their_sum(one, other, days, rule):
    facts = {
        "after": day("2020-05-17"),
        "until": day("2020-05-17") + dt.timedelta(days=days),
        "rule": rule,
        "rates": RATES,
    }

    parts = [late_interest(principal=amount, **facts) for amount in (one, other, one + other)]

    assert weight(parts[0]) + weight(parts[1]) == weight(parts[2])


@given(
    AMOUNTS,
    st.lists(st.tuples(st.integers(-30, 400), AMOUNTS), max_size=4),
    st.sampled_from(Imputation),
)
def test_money_is_neither_made_nor_lost(amount, paid, imputation):
    due = day("2024-11-30")
    payments = [PartPayment(due + dt.timedelta(days=after), sum_) for after, sum_ in paid]

    statement = late_interest(
        principal=amount,
        after=due,
        until=due + dt.timedelta(days=400),
        rule=ECB10,
        rates=RATES,
        payments=payments,
        imputation=imputation,
    )

    received = sum((payment.amount for payment in payments), Decimal(0))
    used = amount - statement.principal_left + statement.interest_paid
    assert 0 <= statement.interest_paid <= statement.interest
    assert used <= received
    assert used == received or statement.principal_left == 0
