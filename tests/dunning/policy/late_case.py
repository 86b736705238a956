"""A late case to start from, and a timer that lives through a stretch of days."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from dunning.ladders import STANDARD
from dunning.policy import Act, Approval, CaseFacts, StepDone, decide

ONE_DAY = dt.timedelta(days=1)


def day(text):
    """`day("09-16")` is in 2026, the year of these tests."""
    return dt.date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


# Monday 14 September 2026: no public holiday from mailing to hand-over.
DUE = day("09-14")


def a_case(**facts):
    return CaseFacts(
        **{
            "due_on": DUE,
            "balance": Decimal("1200.00"),
            "mailed_on": DUE - 30 * ONE_DAY,
            "ladder_approved": True,
            "firm_steps_alone": True,
            **facts,
        }
    )


def done(*steps, cycle=1):
    """`done("FIRST 09-16", ...)`: steps already taken, on their day."""
    return tuple(StepDone(key, day(on), cycle) for key, on in (step.split() for step in steps))


def after(facts, act):
    """The facts once an act is done, as the services write them."""
    taken = StepDone(act.step.key, act.on, act.cycle)
    return replace(facts, cycle=act.cycle, done=(*facts.done, taken))


def live(facts, first, last, *, ladder=STANDARD, events=None, yes=True, down=()):
    """Run the timer every day, weekends too, and return what it did: `["09-16 FIRST", ...]`.

    `events` are facts that change on a day, before the timer runs; with `yes` the owner approves
    on the day he is asked; the timer is `down` on those days.
    """
    told, today = [], day(first)
    events = {day(on): changes for on, changes in (events or {}).items()}
    while today <= day(last):
        facts = replace(facts, **events.get(today, {}))
        decision = None if today in down else decide(facts, ladder, today)
        if yes and decision and decision.reason == "AWAITING_APPROVAL":
            approval = Approval(decision.step.key, today, decision.cycle)
            facts = replace(facts, approval=approval)
            decision = decide(facts, ladder, today)
        if isinstance(decision, Act):
            facts = after(facts, decision)
            told.append(f"{today:%m-%d} {decision.step.key}")
        today += ONE_DAY
    return told
