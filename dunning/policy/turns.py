"""Whose turn it is on the ladder, and on which day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dunning.policy.days import first_day_after_due, pre_due_day, roll_forward
from dunning.policy.facts import CaseFacts, StepDone
from dunning.policy.ladder import Ladder, Severity, StepRule
from dunning.policy.silences import day_after_part_payment

# An invoice mailed a few days ago needs no other word yet.
FRESH_INVOICE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Turn:
    """A step, the business day from which it may be taken, and the cycle it belongs to."""

    step: StepRule
    day: dt.date
    cycle: int
    asks_rest: bool = False
    lapses_on: dt.date | None = None
    """When a word before the due date loses its point; later steps never lapse."""


def next_turn(facts: CaseFacts, ladder: Ladder, today: dt.date) -> Turn | None:
    """Return the first step not taken yet, or None at the top of the ladder.

    Age never skips a step: one that was missed stays the next, and those above it keep their
    distance from the day it is really taken.
    """
    last = last_done(facts, ladder)
    taken = ladder.places[last.key] if last else -1
    if last and (again := _again(ladder.steps[taken], last, facts)):
        return again
    previous = max((done.on for done in facts.done), default=None)
    for step in ladder.steps[taken + 1 :]:
        if not step.is_pre_due:
            return Turn(step, _day_of(step, facts, previous), facts.cycle)
        if not _is_dropped(step, facts, today):
            due_day = roll_forward(facts.due_on, facts.region)
            return Turn(step, _day_of(step, facts, None), facts.cycle, lapses_on=due_day)
    return None


def last_done(facts: CaseFacts, ladder: Ladder) -> StepDone | None:
    """Return the step of the present cycle that stands highest on the ladder."""
    places = ladder.places
    last = None
    for done in facts.done:
        if (
            done.cycle == facts.cycle
            and done.key in places
            and (last is None or places[done.key] > places[last.key])
        ):
            last = done
    return last


def turn_after(turn: Turn, facts: CaseFacts, ladder: Ladder, today: dt.date) -> Turn | None:
    """Return whose turn it is once this one is taken today."""
    above = ladder.steps[ladder.places[turn.step.key] + 1 :]
    if not above:
        return None
    return Turn(above[0], _day_of(above[0], facts, today), turn.cycle)


def _again(step: StepRule, last: StepDone, facts: CaseFacts) -> Turn | None:
    """Return the last step once more, as a new cycle, if part was paid since it was taken.

    A formal notice stands for the rest without being said twice.
    """
    if facts.part_paid_on is None or facts.part_paid_on < last.on:
        return None
    if not Severity.COURTEOUS <= step.severity < Severity.FORMAL_NOTICE:
        return None
    day = day_after_part_payment(facts.part_paid_on, facts.region)
    return Turn(step, day, facts.cycle + 1, asks_rest=True)


def _is_dropped(step: StepRule, facts: CaseFacts, today: dt.date) -> bool:
    """Say whether the word before the due date is unwanted, too late or too soon after mailing."""
    if facts.no_pre_due or facts.first_word_after_days:
        return True
    day = _day_of(step, facts, None)
    if max(day, roll_forward(today, facts.region)) >= facts.due_on:
        return True
    return facts.mailed_on is not None and (day - facts.mailed_on).days < FRESH_INVOICE_DAYS


def _day_of(step: StepRule, facts: CaseFacts, previous: dt.date | None) -> dt.date:
    """Return the business day of a step: max(due + offset, previous step + gap), rolled."""
    if step.is_pre_due:
        return pre_due_day(facts.due_on, facts.region, -step.offset_days)
    offset = max(step.offset_days, facts.first_word_after_days)
    day = first_day_after_due(facts.due_on, offset, facts.region)
    if previous:
        day = max(day, previous + dt.timedelta(days=step.gap_days))
    if facts.mailed_on and facts.mailed_on > facts.due_on:
        # The client heard of the debt after its due date: that delay is not his.
        day = max(day, facts.mailed_on + dt.timedelta(days=FRESH_INVOICE_DAYS))
    if facts.starts_on:
        day = max(day, facts.starts_on)
    return roll_forward(day, facts.region)
