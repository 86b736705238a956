"""What leaves today and in the next days if nobody pays: a dry run, and the outlook after it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice

from clients.models import Client
from dunning.case_facts import KnownCase, read_coming, read_due
from dunning.ladder_rows import ladder_of
from dunning.planning import ClientDay, plan_days
from dunning.policy import Act, AwaitApproval, CaseFacts, StepRule, outlook
from dunning.words import step_name

HORIZON = 14  # days
MOST = 300  # debts looked ahead of

Steps = tuple[int, CaseFacts, StepRule, bool]


@dataclass(slots=True)
class Leaving:
    """What one client gets on one day: the steps, and the sum they ask for, by currency."""

    client: Client
    steps: set[str] = field(default_factory=set)
    amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    asks: bool = False
    """The owner is asked first."""

    @property
    def sums(self) -> list[tuple[str, Decimal]]:
        """The amounts for a template, where `items` of a defaultdict would be a key."""
        return sorted(self.amounts.items())

    @property
    def step_names(self) -> str:
        return ", ".join(step_name(step) for step in sorted(self.steps))


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a run would do now, and the days that follow."""

    today: list[Leaving]
    later: list[tuple[dt.date, list[Leaving]]]


def look_ahead(today: dt.date) -> Ahead:
    """Today and the next `HORIZON` days, client by client; four queries.

    The days to come look at no more than `MOST` debts, those with something due today included:
    what leaves today has its next step ahead of it.
    """
    due = read_due(today=today)
    until = today + dt.timedelta(days=HORIZON)
    coming = read_coming(after=today, until=until, most=MOST)
    clients = Client.objects.in_bulk({case.client_id for case in (*due, *coming)})
    first = _gathered(_planned(plan_days(due, today=today)), clients)
    days = _outlook(islice((*due, *coming), MOST), today)
    return Ahead(first, [(on, _gathered(days[on], clients)) for on in sorted(days) if on > today])


def _planned(days: Iterable[ClientDay]) -> list[Steps]:
    return [
        (day.client_id, day.cases[pk].facts, decision.step, isinstance(decision, AwaitApproval))
        for day in days
        for pk, decision in day.plan.decisions.items()
        if isinstance(decision, Act | AwaitApproval)
    ]


def _outlook(cases: Iterable[KnownCase], today: dt.date) -> dict[dt.date, list[Steps]]:
    days: dict[dt.date, list[Steps]] = defaultdict(list)
    for case in cases:
        for on, step in outlook(case.facts, ladder_of(case.policy_id), today, HORIZON):
            days[on].append((case.client_id, case.facts, step, step.needs_approval))
    return days


def _gathered(steps: Sequence[Steps], clients: Mapping[int, Client]) -> list[Leaving]:
    """One entry per client, in the order of their names."""
    found: dict[int, Leaving] = {}
    for client_id, facts, step, asks in steps:
        entry = found.setdefault(client_id, Leaving(clients[client_id]))
        entry.steps.add(step.key)
        entry.amounts[facts.currency] += facts.to_ask
        entry.asks = entry.asks or asks
    return sorted(found.values(), key=lambda entry: entry.client.search_key)
