"""From due cases to what each client gets today: decides, writes nothing.

The timer, the dry run and the button all come through here, so they cannot disagree.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dunning.case_facts import KnownCase
from dunning.history import contacts
from dunning.ladder_rows import ladder_of
from dunning.policy import CaseFacts, ClientPlan, Contact, Decision, compose, decide

logger = logging.getLogger(__name__)

LAST_HOUR = 19  # nobody is written to in the evening (law-fr R2)


class OnLadder(Protocol):
    """Whatever says by which policy it is dunned: a `Case`, or what was read of one."""

    @property
    def policy_id(self) -> int: ...


@dataclass(slots=True)
class ClientDay:
    """One client today: the cases (by id), what was decided, and what could not be."""

    client_id: int
    cases: dict[int, KnownCase]
    plan: ClientPlan[int]
    poisoned: dict[int, str] = field(default_factory=dict)
    is_by_hand: bool = False

    @property
    def language(self) -> str:
        """The client's own, if it has one."""
        return next(iter(self.cases.values())).language


def plan_days(cases: Iterable[KnownCase], *, today: dt.date) -> list[ClientDay]:
    """Decide every case, and gather the decisions of each client into one plan."""
    by_client: dict[int, dict[int, KnownCase]] = defaultdict(dict)
    for case in cases:
        by_client[case.client_id][case.pk] = case
    if not by_client:
        return []
    history = contacts(by_client, today=today)
    return [
        plan_client(client_id, its_cases, history.get(client_id, ()), today)
        for client_id, its_cases in by_client.items()
    ]


def decide_case(case: OnLadder, facts: CaseFacts, *, today: dt.date) -> Decision:
    return decide(facts, ladder_of(case.policy_id), today)


def plan_client(
    client_id: int, cases: dict[int, KnownCase], history: Sequence[Contact], today: dt.date
) -> ClientDay:
    """Decide one client's cases. A case that cannot be decided is set aside; it blocks nobody."""
    decisions: dict[int, Decision] = {}
    poisoned: dict[int, str] = {}
    for pk, case in cases.items():
        try:
            decisions[pk] = decide_case(case, case.facts, today=today)
        except Exception as error:
            logger.exception("A case could not be decided", extra={"case": case.public_id})
            poisoned[pk] = f"{type(error).__name__}: {error}"
    currencies = {pk: cases[pk].facts.currency for pk in decisions}
    plan = compose(decisions, history, today, currencies=currencies)
    return ClientDay(client_id, cases, plan, poisoned)
