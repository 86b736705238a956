"""What will leave in the next weeks if nothing happens."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from dunning.policy.decision import decide
from dunning.policy.facts import CaseFacts, StepDone
from dunning.policy.ladder import Ladder, StepRule
from dunning.policy.outcomes import Act, AwaitApproval


def outlook(
    facts: CaseFacts, ladder: Ladder, today: dt.date, days: int = 30
) -> list[tuple[dt.date, StepRule]]:
    """Return the steps of the next `days` days, by asking `decide` on each day that matters.

    Supposes that every approval is given on the day it is asked, that an invoice not mailed yet
    is mailed today, that bank entries keep coming, and that the client does nothing.
    """
    facts = replace(
        facts, ladder_approved=True, mailed_on=facts.mailed_on or today, bank_seen_through=None
    )
    plan = []
    day: dt.date | None = today
    while day is not None and (day - today).days <= days:
        decision = decide(facts, ladder, day)
        if isinstance(decision, Act | AwaitApproval):
            plan.append((day, decision.step))
            done = StepDone(decision.step.key, day, decision.cycle)
            facts = replace(facts, cycle=decision.cycle, done=(*facts.done, done))
        else:
            day = decision.next_on
    return plan
