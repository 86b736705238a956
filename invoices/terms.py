"""When an invoice falls due, and how late the law lets that be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.calendar import ONE_DAY, add_months, end_of_month
from core.errors import DomainError
from core.errors import gettext_noop as _

_MOST_DAYS = 365


class TermsKind(StrEnum):
    NET_DAYS = "NET_DAYS"  # so many days after the invoice date
    END_OF_MONTH = "END_OF_MONTH"  # so many days, and the end of a month
    FIXED = "FIXED"  # a date
    ON_RECEIPT = "ON_RECEIPT"  # the invoice date itself


class Reading(StrEnum):
    """The two lawful readings of “45 days end of month” (DGCCRF)."""

    A = "A"  # add the days, then go to the end of that month
    B = "B"  # go to the end of the invoice's month, then add the days


class TermsNotLawful(DomainError):
    """The payment terms, or the due date they give, are not allowed."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Payment terms as agreed.

    `day_of_month` serves “30 days end of month, the 10th”: that day of the month that follows.
    """

    kind: TermsKind
    days: int = 0
    reading: Reading = Reading.A
    fixed_on: dt.date | None = None
    day_of_month: int | None = None


@dataclass(frozen=True, slots=True)
class Caps:
    """How late a due date may be for one kind of client, in days after the invoice date.

    `end_of_month_days` is the alternative that businesses may agree on expressly; None where it
    does not exist. Both are legal thresholds as of the invoice date.
    """

    client_kind: str
    days: int
    end_of_month_days: int | None = None


_CAP_KEYS = {
    "BUSINESS": "MAX_TERM_BUSINESS",
    "ASSOCIATION": "MAX_TERM_BUSINESS",
    "PUBLIC_BODY": "MAX_TERM_PUBLIC_BODY",
    "CONSUMER": "CONSUMER_DEFERRAL",
}
_END_OF_MONTH_KEY = "MAX_TERM_END_OF_MONTH"

_TOO_LATE = {
    "PUBLIC_BODY": _(
        "The due date %(due_on)s is too late: a public body has to pay within %(days)s days,"
        " that is by %(latest)s."
    ),
    "CONSUMER": _(
        "The due date %(due_on)s is too late: to let a consumer pay more than %(days)s days after"
        " the invoice is consumer credit. The latest date is %(latest)s."
    ),
}
_TOO_LATE_FOR_BUSINESS = _(
    "The due date %(due_on)s is too late: the latest that the law allows is %(latest)s."
)


def caps_for(
    client_kind: str, threshold: Callable[[str], Decimal], *, cap_key: str | None = None
) -> Caps:
    """Return the caps of a kind of client; `threshold` gives a legal number by its key.

    `cap_key` names a stricter or wider rule for the case at hand: MAX_TERM_TRANSPORT,
    MAX_TERM_PERIODIC_INVOICE, MAX_TERM_HOSPITAL, MAX_TERM_PUBLIC_COMPANY. The “end of month”
    alternative goes with the general business rule only (C. com. L441-10 I).
    """
    key = cap_key or _CAP_KEYS[client_kind]
    alternative = threshold(_END_OF_MONTH_KEY) if key == "MAX_TERM_BUSINESS" else None
    return Caps(
        client_kind=client_kind,
        days=int(threshold(key)),
        end_of_month_days=None if alternative is None else int(alternative),
    )


def due_on(terms: Terms, issued_on: dt.date) -> dt.date:
    """Return the due date; weekends and holidays do not move it (no text does)."""
    check_terms(terms)
    if terms.kind == TermsKind.FIXED and terms.fixed_on:
        return terms.fixed_on
    if terms.kind == TermsKind.END_OF_MONTH:
        return _end_of_month_due(terms, issued_on)
    return issued_on + terms.days * ONE_DAY


def check_terms(terms: Terms, caps: Caps | None = None) -> None:
    """Refuse terms that make no sense or, given the caps, that can never be lawful."""
    if not 0 <= terms.days <= _MOST_DAYS:
        raise TermsNotLawful(
            _("A payment term has 0 to %(most)s days, not %(days)s."),
            most=_MOST_DAYS,
            days=terms.days,
        )
    if terms.kind == TermsKind.FIXED and terms.fixed_on is None:
        raise TermsNotLawful(_("Say on which date the invoice falls due."))
    if terms.kind == TermsKind.ON_RECEIPT and terms.days:
        raise TermsNotLawful(_("An invoice due on receipt has no payment term in days."))
    if terms.day_of_month is not None and not 1 <= terms.day_of_month <= 31:  # noqa: PLR2004
        raise TermsNotLawful(_("The day of the month is a number from 1 to 31."))
    if caps:
        _check_days(terms, caps)


def check_due(due: dt.date, *, issued_on: dt.date, caps: Caps, terms: Terms | None = None) -> None:
    """Refuse a due date before the invoice, or beyond the cap of the client's kind.

    “45 days end of month” is held to the end-of-month cap of its own reading; every other term,
    and every date typed by hand, to the days after the invoice date.
    """
    if due < issued_on:
        raise TermsNotLawful(
            _("The due date %(due_on)s is before the invoice date %(issued_on)s."),
            due_on=due,
            issued_on=issued_on,
        )
    if terms:
        check_terms(terms, caps)
    latest = latest_due(issued_on, caps=caps, terms=terms)
    if due > latest:
        raise TermsNotLawful(
            _TOO_LATE.get(caps.client_kind, _TOO_LATE_FOR_BUSINESS),
            due_on=due,
            days=caps.days,
            latest=latest,
        )


def latest_due(issued_on: dt.date, *, caps: Caps, terms: Terms | None = None) -> dt.date:
    """Return the last lawful due date of an invoice."""
    latest = issued_on + caps.days * ONE_DAY
    agreed_end_of_month = terms is not None and terms.kind == TermsKind.END_OF_MONTH
    if terms is None or caps.end_of_month_days is None or not agreed_end_of_month:
        return latest
    longest = Terms(TermsKind.END_OF_MONTH, caps.end_of_month_days, terms.reading)
    return max(latest, _end_of_month_due(longest, issued_on))


def _end_of_month_due(terms: Terms, issued_on: dt.date) -> dt.date:
    if terms.reading == Reading.B:
        due = end_of_month(issued_on) + terms.days * ONE_DAY
    else:
        due = end_of_month(issued_on + terms.days * ONE_DAY)
    if terms.day_of_month is None:
        return due
    return add_months(due.replace(day=1), 1, anchor=terms.day_of_month)


def _check_days(terms: Terms, caps: Caps) -> None:
    is_end_of_month = terms.kind == TermsKind.END_OF_MONTH
    most = (caps.end_of_month_days if is_end_of_month else None) or caps.days
    if terms.days <= most:
        return
    if is_end_of_month:
        raise TermsNotLawful(
            _("“%(days)s days end of month” is not lawful: %(most)s days end of month at most."),
            days=terms.days,
            most=most,
        )
    raise TermsNotLawful(
        _("A term of %(days)s days is not lawful for this client: %(most)s days at most."),
        days=terms.days,
        most=most,
    )
