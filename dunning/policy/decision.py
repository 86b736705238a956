"""The heart of the product: what to do today about one receivable, or why to keep silent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from core.calendar import (
    add_business_days,
    first_day_after_due,
    next_business_day,
    pre_due_day,
    roll_forward,
)
from dunning.policy.facts import Approval, CaseFacts, ClientKind, DocumentState, StepDone
from dunning.policy.ladder import Channel, Ladder, Severity, StepRule
from dunning.reasons import Reason

# An invoice mailed a few days ago needs no other word yet.
FRESH_INVOICE_DAYS = 7
# Consumers, public bodies and associations get nothing past J+2 until their regime is built.
COVERED_OFFSET_DAYS = 2
# A yes answers what the owner saw: a week later the step is put to him again.
APPROVAL_DAYS = 7
BANK_FEED_DAYS = 5
# Business days of silence.
PART_PAID_DAYS = 5
SAYS_PAID_DAYS = 3
# The slowest direct debit is known by then.
PAYMENT_PENDING_DAYS = 15


@dataclass(frozen=True, slots=True)
class Act:
    """Take this step today, as this cycle. `asks_rest`: say thanks for the part, ask the rest."""

    step: StepRule
    on: dt.date
    cycle: int
    channels: tuple[Channel, ...]
    next_on: dt.date | None
    """When to look again once the step is taken."""
    asks_rest: bool = False

    reason = None


@dataclass(frozen=True, slots=True)
class AwaitApproval:
    """This step has been ready since a day, and leaves when the owner says yes."""

    step: StepRule
    since: dt.date
    cycle: int

    reason = Reason.AWAITING_APPROVAL
    next_on = None


@dataclass(frozen=True, slots=True)
class Silent:
    """Say nothing. `until` is the first day that may differ; None: an event will tell."""

    reason: Reason
    until: dt.date | None = None
    step: StepRule | None = None

    @property
    def next_on(self) -> dt.date | None:
        return self.until


@dataclass(frozen=True, slots=True)
class Finished:
    """Every step of the ladder has been taken."""

    reason = Reason.FINISHED
    next_on = None


Decision = Act | AwaitApproval | Silent | Finished


def decide(facts: CaseFacts, ladder: Ladder, today: dt.date) -> Decision:
    """Return the step to take today, or the reason for silence and when to look again.

    The only place that decides: the timer, the button, the dry run, the plan of the next weeks
    and the line "why was nothing sent?" all ask here.
    """
    if reason := _closed(facts, today) or _held(facts):
        return Silent(reason)
    if silence := _waiting(facts, today):
        return silence
    if reason := _too_small(facts.to_ask, facts.minimum) or _not_started(facts):
        return Silent(reason)
    return _climb(facts, ladder, today)


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
    """Return what holds the case until somebody lifts it."""
    if facts.stopped:
        return Reason.STOPPED
    if facts.never_remind:
        return Reason.NEVER_REMIND
    if facts.insolvent:
        return Reason.INSOLVENCY
    if facts.on_plan:
        return Reason.PLAN
    if facts.disputed:
        return Reason.DISPUTED
    if facts.pause and facts.pause.through is None:
        return Reason.PAUSED
    return None


def _waiting(facts: CaseFacts, today: dt.date) -> Silent | None:
    """Return the silence that ends last among those that end by themselves."""
    silences = []
    if facts.pause and facts.pause.through:
        silences.append((Reason.PAUSED, _after(facts.pause.through, 0, facts)))
    if since := facts.payment_pending_since:
        silences.append((Reason.PAYMENT_PENDING, _after(since, PAYMENT_PENDING_DAYS, facts)))
    if since := facts.says_paid_since:
        silences.append((Reason.SAYS_PAID, _after(since, SAYS_PAID_DAYS, facts)))
    if facts.promised_on:
        silences.append((Reason.PROMISED, _after(facts.promised_on, 0, facts)))
    if facts.part_paid_on:
        silences.append((Reason.PART_PAID, _after(facts.part_paid_on, PART_PAID_DAYS, facts)))
    reason, until = max(silences, key=lambda silence: silence[1], default=(None, today))
    return Silent(reason, until) if reason and until > today else None


def _after(day: dt.date, business_days: int, facts: CaseFacts) -> dt.date:
    """Return the first business day once that day and so many business days have passed."""
    return add_business_days(day, business_days + 1, facts.region)


def _too_small(amount: Decimal, minimum: Decimal) -> Reason | None:
    if amount <= 0:
        return Reason.COVERED_BY_CREDIT
    return Reason.BELOW_MINIMUM if amount < minimum else None


def _not_started(facts: CaseFacts) -> Reason | None:
    if facts.mailed_on is None:
        return Reason.NOT_MAILED
    return None if facts.ladder_approved else Reason.LADDER_NOT_APPROVED


def _climb(facts: CaseFacts, ladder: Ladder, today: dt.date) -> Decision:
    """Return the decision about the next step of a case that nothing holds back."""
    last = _last_of_cycle(facts, ladder)
    if last and not last.delivered and not _step(last, ladder).is_pre_due:
        return Silent(Reason.UNDELIVERED, step=_step(last, ladder))
    turn = _next_turn(facts, ladder, last, today)
    if turn is None:
        return Finished()
    step, on = turn.step, max(turn.day, roll_forward(today, facts.region))
    channels = tuple(channel for channel in step.channels if channel in facts.reachable)
    if facts.client_kind != ClientKind.BUSINESS and step.offset_days > COVERED_OFFSET_DAYS:
        return Silent(Reason.KIND_NOT_COVERED, step=step)
    if step.channels and not channels:
        return Silent(Reason.NO_CONTACT, on if on > today else None, step)
    if on > today:
        return Silent(Reason.NOT_YET, on, step)
    return _refused(turn, facts, today) or Act(
        step=step,
        on=today,
        cycle=turn.cycle,
        channels=channels,
        next_on=_day_after(step, ladder, facts, today),
        asks_rest=turn.asks_rest,
    )


@dataclass(frozen=True, slots=True)
class _Turn:
    """The step whose turn it is, and the business day from which it may be taken."""

    step: StepRule
    day: dt.date
    cycle: int
    asks_rest: bool = False


def _next_turn(
    facts: CaseFacts, ladder: Ladder, last: StepDone | None, today: dt.date
) -> _Turn | None:
    """Return the first step not taken yet. A step missed stays the next one, at any age."""
    if last and (again := _again(facts, _step(last, ladder), last)):
        return again
    taken = ladder.position_of(last.key) + 1 if last else 0
    previous = max((done.on for done in facts.done), default=None)
    for step in ladder.steps[taken:]:
        if not (step.is_pre_due and _is_dropped(step, facts, today)):
            return _Turn(step, _day_of(step, facts, previous), facts.cycle)
    return None


def _again(facts: CaseFacts, step: StepRule, last: StepDone) -> _Turn | None:
    """Return the last step once more, as a new cycle, if part of it was paid since.

    A formal notice stands for the rest without being said twice.
    """
    part_paid_on = facts.part_paid_on
    if part_paid_on is None or part_paid_on < last.on:
        return None
    if not Severity.COURTEOUS <= step.severity < Severity.FORMAL_NOTICE:
        return None
    day = _after(part_paid_on, PART_PAID_DAYS, facts)
    return _Turn(step, day, facts.cycle + 1, asks_rest=True)


def _is_dropped(step: StepRule, facts: CaseFacts, today: dt.date) -> bool:
    """Say whether the word before the due date is unwanted, useless or too late."""
    day = _day_of(step, facts, None)
    return (
        facts.no_pre_due
        or facts.first_word_after_days is not None
        or max(day, roll_forward(today, facts.region)) >= facts.due_on
        or (facts.mailed_on is not None and (day - facts.mailed_on).days < FRESH_INVOICE_DAYS)
    )


def _day_of(step: StepRule, facts: CaseFacts, previous: dt.date | None) -> dt.date:
    """Return the business day of a step: max(due + offset, previous step + gap)."""
    if step.is_pre_due:
        return pre_due_day(facts.due_on, facts.region, -step.offset_days)
    offset = max(step.offset_days, facts.first_word_after_days or 0)
    day = first_day_after_due(facts.due_on, offset, facts.region)
    if previous:
        day = max(day, previous + dt.timedelta(days=step.gap_days))
    if facts.mailed_on and facts.mailed_on > facts.due_on:
        # The client heard of the debt after its due date: that is the owner's delay, not his.
        day = max(day, facts.mailed_on + dt.timedelta(days=FRESH_INVOICE_DAYS))
    return roll_forward(day, facts.region)


def _day_after(step: StepRule, ladder: Ladder, facts: CaseFacts, today: dt.date) -> dt.date | None:
    """Return the day of the step that follows the one taken today."""
    following = ladder.position_of(step.key) + 1
    if following == len(ladder.steps):
        return None
    return _day_of(ladder.steps[following], facts, today)


def _refused(turn: _Turn, facts: CaseFacts, today: dt.date) -> Decision | None:
    """Return what still stands between a step and its sending on the day itself."""
    step = turn.step
    if facts.to_ask < step.minimum_amount:
        return Silent(Reason.BELOW_MINIMUM, step=step)
    if step.is_formal_notice and _bank_feed_is_old(facts, today):
        return Silent(Reason.BANK_FEED_OLD, next_business_day(today, facts.region), step)
    if step.needs_approval and not _is_approved(turn, facts.approval, today):
        return AwaitApproval(step, since=turn.day, cycle=turn.cycle)
    return None


def _bank_feed_is_old(facts: CaseFacts, today: dt.date) -> bool:
    seen = facts.bank_seen_through
    return seen is not None and (today - seen).days > BANK_FEED_DAYS


def _is_approved(turn: _Turn, approval: Approval | None, today: dt.date) -> bool:
    """Say whether the owner agreed to this very step, and not too long ago."""
    return (
        approval is not None
        and (approval.key, approval.cycle) == (turn.step.key, turn.cycle)
        and 0 <= (today - approval.on).days <= APPROVAL_DAYS
    )


def _last_of_cycle(facts: CaseFacts, ladder: Ladder) -> StepDone | None:
    """Return the step of the present cycle that stands highest on the ladder."""
    known = (
        done
        for done in facts.done
        if done.cycle == facts.cycle and ladder.position_of(done.key) >= 0
    )
    return max(known, key=lambda done: ladder.position_of(done.key), default=None)


def _step(done: StepDone, ladder: Ladder) -> StepRule:
    return ladder.steps[ladder.position_of(done.key)]
