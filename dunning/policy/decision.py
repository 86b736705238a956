"""The heart of the product: what to do today about one receivable, or why to keep silent."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from dunning.policy.days import next_business_day, roll_forward
from dunning.policy.facts import Approval, CaseFacts, ClientKind
from dunning.policy.ladder import Channel, Ladder, Severity, StepRule
from dunning.policy.outcomes import Act, AwaitApproval, Decision, Finished, Silent
from dunning.policy.silences import standing_silence
from dunning.policy.turns import Turn, last_done, next_turn, turn_after
from dunning.reasons import Reason

# Consumers, public bodies and associations hear nothing past J+2 until their regime is built.
COVERED_OFFSET_DAYS = 2
# A yes answers what the owner saw: a week later the step is put to him again.
APPROVAL_DAYS = 7
# Silences of a part that no day ends by itself.
_NO_WORD = frozenset({Reason.UNDELIVERED, Reason.IN_DOUBT, Reason.NO_CONTACT})
# A formal notice sent on older bank entries may claim what has been paid.
BANK_FEED_DAYS = 5


def decide(facts: CaseFacts, ladder: Ladder, today: dt.date) -> Decision:
    """Return the step to take today, or why the client hears nothing and when to look again.

    The only place that decides: the timer, the button, the dry run, the plan of the next weeks
    and the line "why was nothing sent?" all ask here.
    """
    if silence := standing_silence(facts, today):
        return silence
    decision = _decide_step(facts, ladder, today)
    return _within_plan(decision, facts, today)


def _decide_step(facts: CaseFacts, ladder: Ladder, today: dt.date) -> Decision:
    """Decide what the ladder says, nothing else standing in its way."""
    if silence := _undelivered(facts, ladder):
        return silence
    turn = next_turn(facts, ladder, today)
    if turn is None:
        return Finished()
    return (
        _out_of_reach(turn, facts, today)
        or _too_early(turn, facts, today)
        or _unapproved(turn, facts, today)
        or _act(turn, facts, ladder, today)
    )


def _within_plan(decision: Decision, facts: CaseFacts, today: dt.date) -> Decision:
    """Turn the end of a part's ladder into the silence of its plan, then into the owner's choice.

    So does what no message can reach: the owner decides about it once the grace is over, too.
    """
    grace_until = facts.grace_until
    if grace_until is None:
        return decision
    if isinstance(decision, Act) and decision.next_on is None:
        return replace(decision, next_on=next_business_day(grace_until, facts.region))
    if not (isinstance(decision, Finished) or decision.reason in _NO_WORD):
        return decision
    if today > grace_until:
        return Silent(Reason.PLAN_MISSED)
    reason = Reason.PLAN if isinstance(decision, Finished) else decision.reason
    ended = next_business_day(grace_until, facts.region)
    until = min(decision.next_on or ended, ended)
    return Silent(reason or Reason.PLAN, until, decision.next_step)


def _undelivered(facts: CaseFacts, ladder: Ladder) -> Silent | None:
    """Return a silence if the client never got the last step, or perhaps not: none harder then."""
    last = last_done(facts, ladder)
    if last is None or last.delivered:
        return None
    step = ladder.steps[ladder.places[last.key]]
    if step.is_pre_due:
        return None
    return Silent(Reason.IN_DOUBT if last.in_doubt else Reason.UNDELIVERED, step=step)


def _out_of_reach(turn: Turn, facts: CaseFacts, today: dt.date) -> Silent | None:
    """Return a silence if this step cannot be taken with this client, known ahead of its day."""
    step = turn.step
    if facts.client_kind != ClientKind.BUSINESS and step.offset_days > COVERED_OFFSET_DAYS:
        return Silent(Reason.KIND_NOT_COVERED, step=step)
    if step.channels and not _channels(step, facts):
        on = _earliest(turn, facts, today)
        return Silent(Reason.NO_CONTACT, on if on > today else turn.lapses_on, step)
    return None


def _too_early(turn: Turn, facts: CaseFacts, today: dt.date) -> Silent | None:
    """Return a silence if the day of the step, its amount or its bank entries are not there."""
    step, on = turn.step, _earliest(turn, facts, today)
    if on > today:
        return Silent(Reason.NOT_YET, on, step)
    if facts.to_ask < step.minimum_amount:
        return Silent(Reason.BELOW_MINIMUM, turn.lapses_on, step)
    if step.is_formal_notice and _is_old(facts.bank_seen_through, today):
        return Silent(Reason.BANK_FEED_OLD, next_business_day(today, facts.region), step)
    return None


def _unapproved(turn: Turn, facts: CaseFacts, today: dt.date) -> AwaitApproval | None:
    if _needs_approval(turn.step, facts) and not _is_approved(turn, facts.approval, today):
        return AwaitApproval(turn.step, turn.day, turn.cycle, next_on=turn.lapses_on)
    return None


def _act(turn: Turn, facts: CaseFacts, ladder: Ladder, today: dt.date) -> Act:
    above = turn_after(turn, facts, ladder, today)
    return Act(
        step=turn.step,
        on=today,
        cycle=turn.cycle,
        channels=_channels(turn.step, facts),
        next_step=above.step if above else None,
        next_on=above.day if above else None,
        asks_rest=turn.asks_rest,
    )


def _earliest(turn: Turn, facts: CaseFacts, today: dt.date) -> dt.date:
    """Return the first business day, from today on, that the step may be taken."""
    return max(turn.day, roll_forward(today, facts.region))


def _channels(step: StepRule, facts: CaseFacts) -> tuple[Channel, ...]:
    return tuple(channel for channel in step.channels if channel in facts.reachable)


def _is_old(bank_seen_through: dt.date | None, today: dt.date) -> bool:
    return bank_seen_through is not None and (today - bank_seen_through).days > BANK_FEED_DAYS


def _needs_approval(step: StepRule, facts: CaseFacts) -> bool:
    """Say whether the owner is asked first: as the ladder says, and for firm words by default."""
    firm = step.severity >= Severity.FIRM and step.is_written
    return step.needs_approval or (firm and not facts.firm_steps_alone)


def _is_approved(turn: Turn, approval: Approval | None, today: dt.date) -> bool:
    """Say whether the owner agreed to this very step, and not too long ago."""
    return (
        approval is not None
        and (approval.key, approval.cycle) == (turn.step.key, turn.cycle)
        and 0 <= (today - approval.on).days <= APPROVAL_DAYS
    )
