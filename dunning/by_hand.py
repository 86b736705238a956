"""The next step before its day, because a human wants it now.

What silences a case still does; only the day and the owner's yes are not waited for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from dunning.case_facts import read_cases
from dunning.history import contacts
from dunning.models import Case
from dunning.planning import ClientDay, OnLadder, decide_case
from dunning.policy import Act, AwaitApproval, CaseFacts, ClientPlan, Decision, Silent, compose
from dunning.policy.facts import Approval
from dunning.reasons import Reason


def decide_by_hand(case: OnLadder, facts: CaseFacts, *, today: dt.date) -> Decision:
    """What a human may have now: the next step as an `Act` of today, or why not."""
    decision = decide_case(case, facts, today=today)
    if isinstance(decision, Silent) and decision.reason == Reason.NOT_YET and decision.until:
        later = replace(facts, firm_steps_alone=True)
        decision = decide_case(case, later, today=decision.until)
    if isinstance(decision, AwaitApproval):
        yes = Approval(decision.step.key, today, decision.cycle)
        allowed = replace(facts, approval=yes, firm_steps_alone=True)
        decision = decide_case(case, allowed, today=max(today, decision.since))
    return replace(decision, on=today) if isinstance(decision, Act) else decision


def plan_by_hand(case: Case, *, today: dt.date) -> tuple[ClientDay, Decision]:
    """One case's next step alone, and what the usual limits would have made of it."""
    cases = read_cases([case.pk], today=today)
    decision = decide_by_hand(case, cases[case.pk].facts, today=today)
    history = contacts([case.client_id], today=today).get(case.client_id, [])
    limited = compose({case.pk: decision}, history, today).decisions[case.pk]
    plan: ClientPlan[int] = compose({case.pk: decision}, (), today)
    return ClientDay(case.client_id, cases, plan, is_by_hand=True), limited
