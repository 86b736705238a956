"""A ladder with its days: for the open invoices of a client, and as an example."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dunning.case_facts import read_facts
from dunning.ladder_rows import ladder_of
from dunning.models import Case
from dunning.policy import CaseFacts, Ladder, StepRule, outlook
from dunning.words import CHANNELS, step_name

WHOLE_LADDER = 150  # days: past the last step of every ladder


@dataclass(frozen=True, slots=True)
class DatedStep:
    """One step and the day it is taken if nothing happens."""

    label: str
    name: str
    on: dt.date
    channels: str
    asks: bool


@dataclass(frozen=True, slots=True)
class DatedInvoice:
    """One debt and the steps ahead of it."""

    case: Case
    steps: list[DatedStep]


def dated_ladders(client_id: int, *, today: dt.date) -> list[DatedInvoice]:
    """The days of every step ahead for each open debt of a client."""
    cases: Mapping[int, Case] = {
        case.pk: case
        for case in Case.objects.select_related("invoice", "receivable")
        .filter(client_id=client_id, state=Case.State.OPEN)
        .order_by("receivable__due_on", "id")
    }
    facts = read_facts(cases, today=today)
    return [
        DatedInvoice(case, _dated(facts[pk], ladder_of(case.policy_id), today))
        for pk, case in cases.items()
    ]


def example(ladder: Ladder, *, due_on: dt.date) -> list[DatedStep]:
    """The days of a ladder for an invoice of 1,000 due on that day, mailed a month before."""
    mailed_on = due_on - dt.timedelta(days=30)
    facts = CaseFacts(due_on=due_on, balance=Decimal(1000), mailed_on=mailed_on)
    return _dated(facts, ladder, mailed_on)


def _dated(facts: CaseFacts, ladder: Ladder, today: dt.date) -> list[DatedStep]:
    days = WHOLE_LADDER + max((facts.due_on - today).days, 0)
    return [_step(step, on) for on, step in outlook(facts, ladder, today, days)]


def _step(step: StepRule, on: dt.date) -> DatedStep:
    channels = ", ".join(str(CHANNELS[channel]) for channel in step.channels)
    return DatedStep(step.label, step_name(step.key), on, channels, step.needs_approval)
