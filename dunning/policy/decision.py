"""The heart of the product: what to do today about one receivable, or why to keep silent."""

from __future__ import annotations

import datetime as dt

from core.calendar import next_business_day
from dunning.policy.days import roll_forward
from dunning.policy.facts import Approval, CaseFacts, ClientKind
from dunning.policy.ladder import Ladder
from dunning.policy.outcomes import Act, AwaitApproval, Decision, Finished, Silent
from dunning.policy.silences import standing_silence
from dunning.policy.turns import Turn, day_of_following, last_done, next_turn
from dunning.reasons import Reason

# Consumers, public bodies and associations hear nothing past J+2 until their regime is built.
COVERED_OFFSET_DAYS = 2
# A yes answers what the owner saw: a week later the step is put to him again.
APPROVAL_DAYS = 7
# A formal notice sent on older bank entries may claim what has been paid.
BANK_FEED_DAYS = 5


def decide(facts: CaseFacts, ladder: Ladder, today: dt.date) -> Decision:
    """Return the step to take today, or why the client hears nothing and when to look again.

    The only place that decides: the timer, the button, the dry run, the plan of the next weeks
    and the line "why was nothing sent?" all ask here.
    """
    if silence := standing_silence(facts, today) or _undelivered(facts, ladder):
        return silence
    turn = next_turn(facts, ladder, today)
    if turn is None:
        return Finished()
    step, on = turn.step, max(turn.day, roll_forward(today, facts.region))
    if facts.client_kind != ClientKind.BUSINESS and step.offset_days > COVERED_OFFSET_DAYS:
        return Silent(Reason.KIND_NOT_COVERED, step=step)
    channels = tuple(channel for channel in step.channels if channel in facts.reachable)
    if step.channels and not channels:
        return Silent(Reason.NO_CONTACT, on if on > today else turn.lapses_on, step)
    if on > today:
        return Silent(Reason.NOT_YET, on, step)
    return _refusal(turn, facts, today) or Act(
        step=step,
        on=today,
        cycle=turn.cycle,
        channels=channels,
        next_on=day_of_following(step, facts, ladder, today),
        asks_rest=turn.asks_rest,
    )


def _undelivered(facts: CaseFacts, ladder: Ladder) -> Silent | None:
    """Return a silence if the client never got the last step: he cannot be told a harder one."""
    last = last_done(facts, ladder)
    if last is None or last.delivered:
        return None
    step = ladder.steps[ladder.places[last.key]]
    return None if step.is_pre_due else Silent(Reason.UNDELIVERED, step=step)


def _refusal(turn: Turn, facts: CaseFacts, today: dt.date) -> Decision | None:
    """Return what still stands between a step and its sending when its day has come."""
    step = turn.step
    if facts.to_ask < step.minimum_amount:
        return Silent(Reason.BELOW_MINIMUM, turn.lapses_on, step)
    if step.is_formal_notice and _is_old(facts.bank_seen_through, today):
        return Silent(Reason.BANK_FEED_OLD, next_business_day(today, facts.region), step)
    if step.needs_approval and not _is_approved(turn, facts.approval, today):
        return AwaitApproval(step, turn.day, turn.cycle, next_on=turn.lapses_on)
    return None


def _is_old(bank_seen_through: dt.date | None, today: dt.date) -> bool:
    return bank_seen_through is not None and (today - bank_seen_through).days > BANK_FEED_DAYS


def _is_approved(turn: Turn, approval: Approval | None, today: dt.date) -> bool:
    """Say whether the owner agreed to this very step, and not too long ago."""
    return (
        approval is not None
        and (approval.key, approval.cycle) == (turn.step.key, turn.cycle)
        and 0 <= (today - approval.on).days <= APPROVAL_DAYS
    )
