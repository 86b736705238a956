"""Late-payment interest and the recovery indemnity, from dated rates (C. com. L441-10 II)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.calendar import ONE_DAY, end_of_half_year, half_year
from core.money import round_cents
from legal.errors import RateMissing
from legal.rates import HalfYearRates

ZERO = Decimal(0)
_PERCENT_YEAR = Decimal(36500)  # percent, and 365 days in leap years too


class RateBasis(StrEnum):
    """What a rate is built on."""

    CONTRACT = "CONTRACT"  # nothing: the points are the rate
    ECB = "ECB"
    LEGAL_PRO = "LEGAL_PRO"
    LEGAL_INDIVIDUAL = "LEGAL_INDIVIDUAL"


class Imputation(StrEnum):
    """What a part payment pays first."""

    PRINCIPAL_FIRST = "PRINCIPAL_FIRST"
    INTEREST_FIRST = "INTEREST_FIRST"  # the law's own order (C. civ. 1343-1)


@dataclass(frozen=True, slots=True)
class RateRule:
    """Percent a year = basis of the half-year × times + points.

    `fixed_at_start` keeps the rate of the half-year in which interest began for the whole run,
    as public buyers owe it (CCP R2192-31).
    """

    basis: RateBasis
    times: Decimal = Decimal(1)
    points: Decimal = ZERO
    fixed_at_start: bool = False


@dataclass(frozen=True, slots=True)
class PartPayment:
    """Money received on a day; that day still bears interest on what was owed before it."""

    received_on: dt.date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Segment:
    """Days at one rate on one base; both days count."""

    from_on: dt.date
    to_on: dt.date
    base: Decimal
    rate: Decimal
    half_year: str
    source: str

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1

    @property
    def amount(self) -> Decimal:
        """Return the interest, not rounded."""
        return self.weight / _PERCENT_YEAR

    @property
    def weight(self) -> Decimal:
        """Return base × rate × days, exact: sums of it are divided and rounded only once."""
        return self.base * self.rate * self.days


@dataclass(frozen=True, slots=True)
class InterestStatement:
    """Interest from the day after `after` up to `known_until`, in the currency of the debt.

    `known_until` is the last day asked for that the known rates reach, None when not one day
    can be reckoned; `missing` names the half-years after it. `interest` is all that accrued,
    rounded half-up; `interest_paid` the part that payments have settled.
    """

    segments: tuple[Segment, ...]
    interest: Decimal
    interest_paid: Decimal
    principal_left: Decimal
    known_until: dt.date | None
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def owed(self) -> Decimal:
        """Return what is still to be paid: principal, and interest as far as it is known."""
        return self.principal_left + self.interest - self.interest_paid

    @property
    def per_day(self) -> Decimal:
        """Return a further day's interest at the last known rate, not rounded."""
        if not self.segments:
            return ZERO
        return self.principal_left * self.segments[-1].rate / _PERCENT_YEAR


def business_rule(points: Decimal) -> RateRule:
    """Return the rate that applies where nothing is agreed: ECB + 10 points."""
    return RateRule(RateBasis.ECB, points=points)


def contract_rule(percent: Decimal) -> RateRule:
    """Return an agreed rate; `legal.rates` says whether it is lawful."""
    return RateRule(RateBasis.CONTRACT, points=percent)


def public_body_rule(points: Decimal) -> RateRule:
    """Return what public buyers owe: ECB + 8 points, of the half-year interest began in."""
    return RateRule(RateBasis.ECB, points=points, fixed_at_start=True)


def legal_rule(times: Decimal = Decimal(1), points: Decimal = ZERO) -> RateRule:
    """Return a rate built on the legal rate for creditors in business.

    Consumers owe it as it is, from a formal notice; businesses three times it at least; five
    points are added after a judgment.
    """
    return RateRule(RateBasis.LEGAL_PRO, times, points)


def late_interest(
    *,
    principal: Decimal,
    after: dt.date,
    until: dt.date,
    rule: RateRule,
    rates: Iterable[HalfYearRates],
    payments: Sequence[PartPayment] = (),
    imputation: Imputation = Imputation.PRINCIPAL_FIRST,
) -> InterestStatement:
    """Reckon interest on an amount including VAT, as far as the rates are known.

    It runs from the day after `after` (the due date; for consumers the formal notice) to
    `until`, included. Actual days over 365, per half-year; rounded half-up once at the end or,
    interest first, each time a payment settles interest. Reckoning stops at the first
    half-year whose rate is missing; later payments then go against what is known.
    """
    calendar = _RateCalendar(rule, {row.half_year: row for row in rates}, after + ONE_DAY)
    last_known, missing = calendar.reach(until)
    run = _Run(principal, imputation)
    day = after
    for payment in sorted(payments, key=lambda paid: paid.received_on):
        if payment.received_on > until:
            break
        stop = min(payment.received_on, last_known)
        run.accrue(calendar.segments(run.principal, day + ONE_DAY, stop))
        run.pay(payment.amount)
        day = max(day, stop)
    run.accrue(calendar.segments(run.principal, day + ONE_DAY, last_known))
    run.close()
    return InterestStatement(
        segments=tuple(run.segments),
        interest=run.interest,
        interest_paid=run.interest_paid,
        principal_left=run.principal,
        known_until=None if missing and last_known <= after else last_known,
        missing=missing,
    )


def exact_late_interest(
    *,
    principal: Decimal,
    after: dt.date,
    until: dt.date,
    rule: RateRule,
    rates: Iterable[HalfYearRates],
    payments: Sequence[PartPayment] = (),
    imputation: Imputation = Imputation.PRINCIPAL_FIRST,
) -> InterestStatement:
    """Do the same, and raise RateMissing unless every day's rate is known."""
    statement = late_interest(
        principal=principal,
        after=after,
        until=until,
        rule=rule,
        rates=rates,
        payments=payments,
        imputation=imputation,
    )
    if statement.missing:
        raise RateMissing(statement.missing[0])
    return statement


def recovery_indemnity(
    *,
    client_kind: str,
    due_on: dt.date,
    settled_on: dt.date | None,
    today: dt.date,
    amount: Decimal,
) -> Decimal:
    """Return the fixed indemnity (€40) of one invoice: owed once, in full, when it was late.

    By businesses and public bodies only; `settled_on` is the day the last cent arrived.
    """
    is_late = (settled_on or today) > due_on
    return amount if is_late and client_kind in {"BUSINESS", "PUBLIC_BODY"} else ZERO


class _Run:
    """Principal and interest of one debt as time passes and money comes in."""

    def __init__(self, principal: Decimal, imputation: Imputation) -> None:
        self.principal = principal
        self.imputation = imputation
        self.segments: list[Segment] = []
        self.interest = ZERO
        self.interest_paid = ZERO
        self._weight = ZERO  # not rounded yet

    def accrue(self, segments: Iterator[Segment]) -> None:
        for segment in segments:
            self.segments.append(segment)
            self._weight += segment.weight

    def pay(self, amount: Decimal) -> None:
        if self.imputation == Imputation.INTEREST_FIRST:
            self.close()
            settled = min(amount, self.interest - self.interest_paid)
            self.interest_paid += settled
            amount -= settled
        self.principal = max(self.principal - amount, ZERO)

    def close(self) -> None:
        """Round what has accrued since the last time it was rounded."""
        self.interest += round_cents(self._weight / _PERCENT_YEAR)
        self._weight = ZERO


@dataclass(frozen=True, slots=True)
class _RateCalendar:
    """The rate of each day of a run that starts on `start`."""

    rule: RateRule
    table: dict[str, HalfYearRates]
    start: dt.date

    def reach(self, until: dt.date) -> tuple[dt.date, tuple[str, ...]]:
        """Return the last day that can be reckoned, and the half-years that are missing."""
        last_known, missing = until, []
        for first, _last in self._stretches(self.start, until):
            if self._rate(first) is None:
                last_known = min(last_known, first - ONE_DAY)
                missing.append(half_year(first))
        return last_known, tuple(missing)

    def segments(self, base: Decimal, start: dt.date, end: dt.date) -> Iterator[Segment]:
        """Yield the stretches between two days, both included, for an amount that is owed."""
        for first, last in self._stretches(start, end):
            rate = self._rate(first)
            if base and rate is not None:
                name = self._half_year(first)
                yield Segment(first, last, base, rate, name, self._source(name))

    def _stretches(self, start: dt.date, end: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
        one_rate = self.rule.fixed_at_start or self.rule.basis == RateBasis.CONTRACT
        while start <= end:
            last = end if one_rate else min(end_of_half_year(start), end)
            yield start, last
            start = last + ONE_DAY

    def _half_year(self, day: dt.date) -> str:
        return half_year(self.start if self.rule.fixed_at_start else day)

    def _source(self, name: str) -> str:
        return "" if self.rule.basis == RateBasis.CONTRACT else self.table[name].source

    def _rate(self, day: dt.date) -> Decimal | None:
        """Return the percent a year that holds on a day, None if unknown."""
        if self.rule.basis == RateBasis.CONTRACT:
            return self.rule.points
        row = self.table.get(self._half_year(day))
        if row is None:
            return None
        known = {
            RateBasis.ECB: row.ecb_refi,
            RateBasis.LEGAL_PRO: row.legal_pro,
            RateBasis.LEGAL_INDIVIDUAL: row.legal_individual,
        }[self.rule.basis]
        return None if known is None else known * self.rule.times + self.rule.points
