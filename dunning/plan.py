"""The plan: what the timer would do for a client day by day, if nobody pays.

Nothing is decided here. Each day asks `decide` and `compose` as a run does, with what the days
before have said; the owner is taken to say yes on the day he is asked.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from dunning.case_facts import KnownCase
from dunning.planning import LAST_HOUR, ClientDay, decide_case, plan_client
from dunning.policy import (
    Act,
    Approval,
    AwaitApproval,
    Channel,
    Contact,
    ContactKind,
    Decision,
    PlannedMessage,
    StepDone,
    StepRule,
)
from dunning.writing import update_of
from tenants.models import Tenant

logger = logging.getLogger(__name__)

DAYS: Final = 30
ONE_DAY = dt.timedelta(days=1)
Amounts = list[tuple[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Departure:
    """What one client gets on one day by one channel; without a channel it is the owner's task.

    `asks`: it leaves only once the owner has said yes to it, on that day or a few days before.
    """

    on: dt.date
    channel: Channel | None
    lead: StepRule
    late: tuple[int, ...]
    coming: tuple[int, ...]
    acts: Mapping[int, Act]
    amounts: Amounts
    asks: bool

    @property
    def is_by_itself(self) -> bool:
        """Whether it leaves without a hand: calls, letters and tasks are the owner's."""
        return self.channel == Channel.EMAIL

    @property
    def is_notice(self) -> bool:
        return self.lead.is_formal_notice


def first_day(tenant: Tenant, moment: dt.datetime) -> dt.date:
    """The day of the next run: today, unless it was done or the evening has come.

    Going live wakes a run of its own, whatever test mode has done today.
    """
    here = moment.astimezone(ZoneInfo(tenant.time_zone))
    is_done = tenant.mode == Tenant.Mode.LIVE and tenant.last_run_on == here.date()
    return here.date() + ONE_DAY if is_done or here.hour >= LAST_HOUR else here.date()


def forecast(
    cases: Mapping[int, KnownCase],
    history: Sequence[Contact],
    *,
    first: dt.date,
    until: dt.date,
) -> list[Departure]:
    """The days of one client from `first` to `until`, both included; changes nothing."""
    return list(_Client(cases, history).live(first, until))


def supposed(cases: Mapping[int, KnownCase], starts: Mapping[int, dt.date]) -> dict[int, KnownCase]:
    """The cases as they would be once the owner has agreed to the plan today."""
    return {
        pk: replace(
            case,
            facts=replace(
                case.facts,
                ladder_approved=True,
                starts_on=starts.get(pk, case.facts.starts_on),
            ),
        )
        for pk, case in cases.items()
    }


def decided_or_none(case: KnownCase, *, today: dt.date) -> Decision | None:
    """What is decided of a case; None if it cannot be: the run sets it aside and says why."""
    try:
        return decide_case(case, case.facts, today=today)
    except Exception:
        logger.exception("A case could not be decided", extra={"case": case.public_id})
        return None


class _Client:
    """One client's cases while days pass: what was taken, what was said, when to look again."""

    def __init__(self, cases: Mapping[int, KnownCase], history: Sequence[Contact]) -> None:
        self._cases = dict(cases)
        self._history = list(history)
        self._next: dict[int, dt.date | None] = {}
        self._granted: set[tuple[int, str]] = set()  # case, step

    def live(self, first: dt.date, until: dt.date) -> Iterator[Departure]:
        self._wake(self._cases, first)
        day = first
        while day <= until:
            yield from self._run(day)
            coming = [on for on in self._next.values() if on is not None]
            if not coming:
                return
            day = max(min(coming), day + ONE_DAY)

    def _run(self, day: dt.date) -> Iterator[Departure]:
        """The run of a day, and those that the owner's answers of this day wake."""
        while True:
            due = {pk: self._cases[pk] for pk, on in self._next.items() if on and on <= day}
            if not due:
                return
            client_id = next(iter(due.values())).client_id
            planned = plan_client(client_id, due, self._history, day)
            yield from _departures(planned, day, self._granted)
            self._say(planned.plan.messages, day)
            asked = self._keep(planned, day)
            if not asked:
                return
            self._wake(asked, day)

    def _keep(self, planned: ClientDay, day: dt.date) -> set[int]:
        """What a run leaves on the cases; returns those whose step the owner was asked about."""
        self._next.update(dict.fromkeys(planned.poisoned))
        asked = set()
        for pk, decision in planned.plan.decisions.items():
            case = self._cases[pk]
            self._next[pk] = update_of(case, decision, day).next_action_on
            if isinstance(decision, Act):
                self._cases[pk] = _taken(case, decision, day)
            elif isinstance(decision, AwaitApproval):
                yes = Approval(decision.step.key, day, decision.cycle)
                self._cases[pk] = replace(case, facts=replace(case.facts, approval=yes))
                asked.add(pk)
                self._granted.add((pk, decision.step.key))
        return asked

    def _wake(self, pks: Mapping[int, KnownCase] | set[int], day: dt.date) -> None:
        """Decide anew, as an event does: what may be done now is left to the next run."""
        for pk in pks:
            case = self._cases[pk]
            decision = decided_or_none(case, today=day)
            self._next[pk] = (
                update_of(case, decision, day, acted=False).next_action_on if decision else None
            )

    def _say(self, messages: Sequence[PlannedMessage[int]], day: dt.date) -> None:
        """What the next days will read of this one; a call to make is no contact yet."""
        for message in messages:
            kind = _kind(message)
            is_second = message.lead.is_formal_notice and message.channel != messages[0].channel
            if message.channel != Channel.CALL and not is_second:
                self._history.append(Contact(day, kind, message.channel))


def _kind(message: PlannedMessage[int]) -> ContactKind:
    if message.lead.is_formal_notice:
        return ContactKind.FORMAL_NOTICE
    return ContactKind.REMINDER if message.late else ContactKind.PRE_DUE


def _taken(case: KnownCase, act: Act, day: dt.date) -> KnownCase:
    done = StepDone(act.step.key, day, act.cycle)
    facts = replace(case.facts, cycle=act.cycle, done=(*case.facts.done, done))
    return replace(case, cycle=act.cycle, facts=facts)


def _departures(
    planned: ClientDay, day: dt.date, granted: set[tuple[int, str]]
) -> Iterator[Departure]:
    acts = {pk: act for pk, act in planned.plan.decisions.items() if isinstance(act, Act)}
    for message in planned.plan.messages:
        lines = (*message.late, *message.coming)
        yield Departure(
            on=day,
            channel=message.channel,
            lead=message.lead,
            late=message.late,
            coming=message.coming,
            acts={pk: acts[pk] for pk in lines},
            amounts=_amounts(planned, lines),
            asks=any((pk, acts[pk].step.key) in granted for pk in lines),
        )
    for pk in planned.plan.tasks:
        step = acts[pk].step
        yield Departure(
            on=day,
            channel=None,
            lead=step,
            late=(pk,),
            coming=(),
            acts={pk: acts[pk]},
            amounts=_amounts(planned, (pk,)),
            asks=False,
        )


def _amounts(planned: ClientDay, pks: Sequence[int]) -> Amounts:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for pk in pks:
        facts = planned.cases[pk].facts
        sums[facts.currency] += facts.balance
    return sorted(sums.items())
