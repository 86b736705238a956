"""What the next run of the timer sends if nobody pays before: the evening's question."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from clients.models import Client
from core.calendar import is_business_day, next_business_day, region_named
from dunning.case_facts import KnownCase, read_cases, read_due
from dunning.models import Case
from dunning.planning import LAST_HOUR, ClientDay, plan_days
from dunning.policy import Act
from dunning.words import step_name
from tenants.models import Tenant
from tenants.rows import read_rows

ZERO = Decimal(0)


class UnknownDebt(LookupError):
    """A debt that is not there, or not of one client and one currency."""


@dataclass(frozen=True, slots=True)
class OwedLine:
    """What one client is asked for in one currency, debt by debt, and by which steps."""

    client: Client
    currency: str
    cases: tuple[KnownCase, ...]
    steps: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal:
        """What is left to ask for, the client's credit deducted."""
        return sum((case.facts.to_ask for case in self.cases), ZERO)

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(case.number for case in self.cases if case.facts.to_ask > 0)

    @property
    def step_names(self) -> str:
        return ", ".join(step_name(step) for step in self.steps)


def next_run_on(tenant: Tenant, moment: dt.datetime) -> dt.date:
    """The day of the next run: today while today's is still to come, else a business day later."""
    local = moment.astimezone(ZoneInfo(tenant.time_zone))
    day, region = local.date(), region_named(tenant.region)
    is_over = local.hour >= LAST_HOUR or tenant.last_run_on == day
    if is_business_day(day, region) and not is_over:
        return day
    return next_business_day(day, region)


def leaving_on(day: dt.date) -> list[OwedLine]:
    """What a run on that day would send as things stand, the largest amount first.

    It is the run's own plan, `decide` and `compose` included, so the two cannot disagree: the day
    has to be that of the next run. What waits for the owner's yes does not leave.
    """
    found: dict[tuple[int, str], dict[int, tuple[KnownCase, str]]] = {}
    for planned in plan_days(read_due(today=day), today=day):
        for pk in _leaving(planned):
            case, decision = planned.cases[pk], planned.plan.decisions[pk]
            if isinstance(decision, Act):
                key = (planned.client_id, case.facts.currency)
                found.setdefault(key, {})[pk] = (case, decision.step.key)
    clients = _clients({client_id for client_id, _currency in found})
    lines = [
        OwedLine(
            client=clients[client_id],
            currency=currency,
            cases=tuple(case for case, _step in its.values()),
            steps=tuple(dict.fromkeys(step for _case, step in its.values())),
        )
        for (client_id, currency), its in found.items()
    ]
    return sorted(lines, key=lambda line: (-line.amount, line.client.search_key))


def lines_of(groups: Sequence[Collection[uuid.UUID]], *, today: dt.date) -> list[OwedLine]:
    """The lines made of these cases (by public id), as they stand now.

    Raises:
        UnknownDebt: one of them is not the current tenant's, or a line is of two clients.
    """
    wanted = {public_id for group in groups for public_id in group}
    pks = Case.objects.filter(public_id__in=wanted).values_list("pk", flat=True)
    known = {
        uuid.UUID(case.public_id): case for case in read_cases(list(pks), today=today).values()
    }
    if len(known) != len(wanted):
        raise UnknownDebt
    clients = _clients({case.client_id for case in known.values()})
    return [_line([known[public_id] for public_id in group], clients) for group in groups]


def _line(cases: Sequence[KnownCase], clients: dict[int, Client]) -> OwedLine:
    whose = {(case.client_id, case.facts.currency) for case in cases}
    if len(whose) != 1:
        raise UnknownDebt
    ((client_id, currency),) = whose
    return OwedLine(clients[client_id], currency, tuple(cases))


def _clients(ids: Collection[int]) -> dict[int, Client]:
    rows = read_rows(Client, "id = ANY (%(ids)s::bigint[])", {"ids": list(ids)}) if ids else []
    return {client.pk: client for client in rows}


def _leaving(planned: ClientDay) -> Iterable[int]:
    """The cases (ids) of a client's messages, each once."""
    return dict.fromkeys(
        pk for message in planned.plan.messages for pk in (*message.late, *message.coming)
    )
