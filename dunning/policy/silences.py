"""What keeps a case silent whatever its next step is."""

from __future__ import annotations

import datetime as dt

from core.calendar import Region, add_business_days
from dunning.policy.facts import CaseFacts, DocumentState
from dunning.policy.outcomes import Silent
from dunning.reasons import Reason

# In business days, all of them silent.
PART_PAID_DAYS = 5
SAYS_PAID_DAYS = 3
PAYMENT_PENDING_DAYS = 15  # the fate of the slowest direct debit is known by then


def standing_silence(facts: CaseFacts, today: dt.date) -> Silent | None:
    """Return the silence that holds today, the most lasting one first."""
    if reason := _closed(facts, today) or _held(facts):
        return Silent(reason)
    if silence := _passing(facts, today):
        return silence
    if reason := _too_small(facts) or _not_started(facts):
        return Silent(reason)
    return None


def day_after_part_payment(part_paid_on: dt.date, region: Region) -> dt.date:
    """Return the business day on which the rest may be asked for."""
    return _after(part_paid_on, PART_PAID_DAYS, region)


def _closed(facts: CaseFacts, today: dt.date) -> Reason | None:
    """Return why nothing can be claimed at all."""
    if facts.document == DocumentState.CANCELLED:
        return Reason.CANCELLED
    if facts.document == DocumentState.WRITTEN_OFF:
        return Reason.WRITTEN_OFF
    if facts.balance <= 0 or not facts.is_open:
        return Reason.PLAN if facts.on_plan else Reason.PAID
    if facts.prescribed_on and today > facts.prescribed_on:
        return Reason.PRESCRIBED
    return None


def _held(facts: CaseFacts) -> Reason | None:
    """Return what silences the case until somebody lifts it."""
    holds = (
        (facts.stopped, Reason.STOPPED),
        (facts.never_remind, Reason.NEVER_REMIND),
        (facts.insolvent, Reason.INSOLVENCY),
        (facts.on_plan, Reason.PLAN),
        (facts.disputed, Reason.DISPUTED),
        (facts.pause is not None and facts.pause.through is None, Reason.PAUSED),
    )
    return next((reason for holds_now, reason in holds if holds_now), None)


def _passing(facts: CaseFacts, today: dt.date) -> Silent | None:
    """Return, among the silences that end by themselves, the one that ends last."""
    windows = (
        (facts.pause and facts.pause.through, 0, Reason.PAUSED),
        (facts.payment_pending_since, PAYMENT_PENDING_DAYS, Reason.PAYMENT_PENDING),
        (facts.says_paid_since, SAYS_PAID_DAYS, Reason.SAYS_PAID),
        (facts.promised_on, 0, Reason.PROMISED),
        (facts.offered_until, 0, Reason.PLAN_OFFERED),
        (facts.part_paid_on, PART_PAID_DAYS, Reason.PART_PAID),
    )
    until, last = today, None
    for day, business_days, reason in windows:
        if day and (end := _after(day, business_days, facts.region)) > until:
            until, last = end, reason
    return Silent(last, until) if last else None


def _after(day: dt.date, business_days: int, region: Region) -> dt.date:
    """Return the first business day once that day and so many business days have passed."""
    return add_business_days(day, business_days + 1, region)


def _too_small(facts: CaseFacts) -> Reason | None:
    if facts.to_ask <= 0:
        return Reason.COVERED_BY_CREDIT
    return Reason.BELOW_MINIMUM if facts.to_ask < facts.minimum else None


def _not_started(facts: CaseFacts) -> Reason | None:
    if facts.mailed_on is None:
        return Reason.NOT_MAILED
    return None if facts.ladder_approved else Reason.LADDER_NOT_APPROVED
