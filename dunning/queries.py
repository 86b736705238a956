"""Reads for the pages of dunning; each costs a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from clients.models import Client, Message
from dunning.case_facts import read_facts
from dunning.engine import preview
from dunning.ladder_rows import ladder_of
from dunning.models import Approval, Case, Reminder
from dunning.policy import Act, AwaitApproval, outlook
from dunning.silent_cases import SilentLine, why_of
from dunning.words import sentence_for_many, step_name

HORIZON = 14  # days
MOST = 300  # cases looked ahead of
NAMED = 100  # silent cases shown by name
# having a day to come back on is no silence the owner needs to end
_PASSING = ("", "NOT_YET", "CAPPED", "MERGED", "PAID", "CANCELLED", "WRITTEN_OFF")


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
class Silence:
    """One reason for silence: how many debts, how much, and some of them by name."""

    reason: str
    sentence: str
    count: int
    total: Decimal
    lines: list[SilentLine]


def leaving_today(today: dt.date) -> list[Leaving]:
    """What a run would do now, client by client."""
    leaving: dict[int, Leaving] = {}
    days = preview(today=today)
    clients = Client.objects.in_bulk([day.client_id for day in days]) if days else {}
    for day in days:
        for pk, decision in day.plan.decisions.items():
            if isinstance(decision, Act | AwaitApproval):
                facts = day.cases[pk].facts
                entry = leaving.setdefault(day.client_id, Leaving(clients[day.client_id]))
                entry.steps.add(decision.step.key)
                entry.amounts[facts.currency] += facts.to_ask
                entry.asks = entry.asks or isinstance(decision, AwaitApproval)
    return sorted(leaving.values(), key=lambda entry: entry.client.search_key)


def leaving_later(today: dt.date) -> list[tuple[dt.date, list[Leaving]]]:
    """What will leave in the next days if nothing happens, at most `MOST` debts looked at."""
    until = today + dt.timedelta(days=HORIZON)
    cases = {
        case.pk: case
        for case in Case.objects.select_related("client")
        .filter(state=Case.State.OPEN, next_action_on__gt=today, next_action_on__lte=until)
        .order_by("next_action_on", "id")[:MOST]
    }
    days: dict[dt.date, dict[int, Leaving]] = defaultdict(dict)
    for pk, facts in read_facts(cases, today=today).items():
        case = cases[pk]
        for on, step in outlook(facts, ladder_of(case.policy_id), today, HORIZON):
            entry = days[on].setdefault(case.client_id, Leaving(case.client))
            entry.steps.add(step.key)
            entry.amounts[facts.currency] += facts.to_ask
            entry.asks = entry.asks or step.needs_approval
    return [
        (on, sorted(days[on].values(), key=lambda entry: entry.client.search_key))
        for on in sorted(days)
        if on > today
    ]


def silences() -> list[Silence]:
    """The debts about which nothing will be said until something happens, by reason."""
    silent = Case.objects.filter(state=Case.State.OPEN).exclude(silence__in=_PASSING)
    counted = silent.values("silence").annotate(n=Count("pk"), total=Sum("receivable__balance"))
    named: dict[str, list[SilentLine]] = defaultdict(list)
    shown = silent.select_related("client", "invoice", "receivable").order_by(
        "-receivable__balance"
    )
    for case in shown[:NAMED]:
        named[case.silence].append(SilentLine(case, case.receivable.balance, why_of(case)))
    return [
        Silence(
            row["silence"],
            sentence_for_many(row["silence"]),
            row["n"],
            row["total"],
            named[row["silence"]],
        )
        for row in counted.order_by("-total")
    ]


def failed_cases() -> list[Case]:
    """Cases that a run could not decide, set aside until tomorrow."""
    failed = Case.objects.filter(state=Case.State.OPEN, failures__gt=0)
    return list(failed.select_related("client", "invoice").order_by("id")[:NAMED])


def last_run(on: dt.date) -> list[tuple[str, int]]:
    """How many reminders were taken by step on the day of the last run."""
    rows = Reminder.objects.filter(taken_on=on).exclude(state=Reminder.State.CANCELLED)
    counted = rows.values("step").annotate(n=Count("pk")).order_by("step")
    return [(step_name(row["step"]), row["n"]) for row in counted]


def asked() -> list[Approval]:
    """The questions that wait for the owner, the hardest and oldest first."""
    waiting = Approval.objects.filter(state=Approval.State.ASKED)
    return list(
        waiting.select_related("case__client", "case__invoice", "case__receivable").order_by(
            "asked_on", "id"
        )
    )


def waiting_approvals() -> QuerySet[Approval]:
    """What waits for the owner to agree."""
    return Approval.objects.filter(state=Approval.State.ASKED)


def next_by_client(client_ids: Sequence[int]) -> Mapping[int, tuple[dt.date, str]]:
    """The next day and step of each client; one query."""
    rows = (
        Case.objects.filter(
            client_id__in=client_ids, state=Case.State.OPEN, next_action_on__isnull=False
        )
        .order_by("client_id", "next_action_on")
        .distinct("client_id")
    )
    return {
        client_id: (on, step)
        for client_id, on, step in rows.values_list("client_id", "next_action_on", "next_step")
        if on is not None
    }


def held() -> int:
    """How many messages wait to leave."""
    return Message.objects.filter(state=Message.State.QUEUED, channel=Message.Channel.EMAIL).count()
