"""Reading the plan: for the clients of a page, or for all who are agreed to, by day and by week."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from clients.models import Client
from dunning.case_facts import KnownCase, read_cases
from dunning.first_wave import planned_days
from dunning.going_live import mailed_in_rehearsal, rehearsed
from dunning.history import contacts
from dunning.models import Case
from dunning.plan import DAYS, ONE_DAY, Amounts, Departure, decided_or_none, forecast, supposed
from dunning.policy import Channel, Contact
from dunning.services.approving import is_kind_guessed
from dunning.words import what_next
from tenants.models import Tenant
from tenants.scope import current_tenant

_OPEN = Q(cases__state=Case.State.OPEN, cases__receivable__balance__gt=0)


@dataclass(frozen=True, slots=True)
class SilentDebt:
    """A debt of which nothing is said in the days of the plan, and why."""

    case: KnownCase
    why: str


@dataclass(frozen=True, slots=True)
class ClientForecast:
    """One client's days."""

    client: Client
    cases: Mapping[int, KnownCase]
    departures: list[Departure]
    silent: list[SilentDebt]

    @property
    def is_approved(self) -> bool:
        return all(case.facts.ladder_approved for case in self.cases.values())

    @property
    def asks_kind(self) -> bool:
        return is_kind_guessed(self.client)

    @property
    def owed(self) -> Amounts:
        return added((case.facts.currency, case.facts.balance) for case in self.cases.values())


@dataclass(frozen=True, slots=True)
class Totals:
    """All that is owed, and by how many: cheap, whatever the plan says."""

    owed: Amounts
    debts: int
    clients: int
    unapproved: int


@dataclass(slots=True)
class Period:
    """What leaves in a day or in a week. `amounts` counts each debt once."""

    first: dt.date
    last: dt.date
    emails: int = 0
    letters: int = 0
    calls: int = 0
    decisions: int = 0
    asking: int = 0
    asking_emails: int = 0
    _debts: dict[int, tuple[str, Decimal]] = field(default_factory=dict)

    @property
    def amounts(self) -> Amounts:
        return added(self._debts.values())

    def add(self, departure: Departure, cases: Mapping[int, KnownCase]) -> None:
        if departure.channel is None:
            self.decisions += 1
        elif departure.channel == Channel.EMAIL:
            self.emails += 1
        elif departure.channel == Channel.CALL:
            self.calls += 1
        else:
            self.letters += 1
        self.asking += departure.asks
        self.asking_emails += departure.asks and departure.channel == Channel.EMAIL
        for pk in (*departure.late, *departure.coming):
            facts = cases[pk].facts
            self._debts[pk] = (facts.currency, facts.balance)


def added(amounts: Iterable[tuple[str, Decimal]]) -> Amounts:
    """Amounts by currency: they never add up across two."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for currency, amount in amounts:
        sums[currency] += amount
    return sorted(sums.items())


def indebted() -> QuerySet[Client]:
    """The clients who owe something under dunning, with `owed`: what it comes to.

    It sorts them and nothing else: currencies are not told apart.
    """
    return Client.objects.filter(_OPEN).annotate(owed=Sum("cases__receivable__balance"))


def unapproved() -> QuerySet[Client]:
    """Those whose ladder waits for the owner's yes."""
    return indebted().exclude(dunning_profiles__approved_at__isnull=False)


def read_totals() -> Totals:
    """Two queries."""
    rows = (
        Case.objects.filter(state=Case.State.OPEN, receivable__balance__gt=0)
        .values("receivable__currency")
        .annotate(owed=Sum("receivable__balance"), n=Count("pk"))
        .order_by("receivable__currency")
    )
    sums = [(row["receivable__currency"], row["owed"], row["n"]) for row in rows]
    agreed = Q(dunning_profiles__approved_at__isnull=False)
    clients = Client.objects.filter(_OPEN).aggregate(
        n=Count("pk", distinct=True), agreed=Count("pk", distinct=True, filter=agreed)
    )
    return Totals(
        owed=[(currency, owed) for currency, owed, _count in sums],
        debts=sum(count for _currency, _owed, count in sums),
        clients=clients["n"],
        unapproved=clients["n"] - clients["agreed"],
    )


def read_forecasts(
    clients: Sequence[Client], *, today: dt.date, first: dt.date, suppose_yes: bool
) -> list[ClientForecast]:
    """The `DAYS` days from `first` of each client; a fixed number of queries.

    In test mode they are those after going live today: what was rehearsed is said afresh.
    `suppose_yes`: as if the owner agreed today to the clients that wait for it; else those are
    silent.
    """
    ids = [client.pk for client in clients]
    by_client = _cases_of(ids, today)
    starts = planned_days(today=today)
    in_test = current_tenant().mode == Tenant.Mode.TEST
    history = contacts(ids, today=today, as_live=in_test) if ids else {}
    found = []
    for client in clients:
        cases = by_client[client.pk]
        agreed = {pk: case for pk, case in cases.items() if case.facts.ladder_approved}
        planned = supposed(cases if suppose_yes else agreed, starts)
        said = history.get(client.pk, ())
        found.append(_forecast(client, cases, planned, said, today=today, first=first))
    return found


def _forecast(
    client: Client,
    cases: Mapping[int, KnownCase],
    planned: Mapping[int, KnownCase],
    history: Sequence[Contact],
    *,
    today: dt.date,
    first: dt.date,
) -> ClientForecast:
    departures = forecast(planned, history, first=first, until=first + DAYS * ONE_DAY)
    spoken_of = {pk for departure in departures for pk in (*departure.late, *departure.coming)}
    silent = [
        SilentDebt(case, _why(case, today)) for pk, case in planned.items() if pk not in spoken_of
    ]
    return ClientForecast(client, cases, departures, silent)


def _why(case: KnownCase, today: dt.date) -> str:
    decision = decided_or_none(case, today=today)
    if decision is None:
        return _("It could not be decided: the page of dunning says why.")
    return what_next(decision, today)


def _cases_of(client_ids: Collection[int], today: dt.date) -> dict[int, dict[int, KnownCase]]:
    """The open cases of each client, the oldest due first."""
    rows = Case.objects.filter(
        client_id__in=client_ids, state=Case.State.OPEN, receivable__balance__gt=0
    )
    left_out: list[int] = []
    unmailed: set[int] = set()
    if current_tenant().mode == Tenant.Mode.TEST:
        left_out = list(rehearsed().values_list("pk", flat=True))
        unmailed = set(mailed_in_rehearsal().values_list("pk", flat=True))
    known = read_cases(list(rows.values_list("pk", flat=True)), today=today, leaving_out=left_out)
    found: dict[int, dict[int, KnownCase]] = defaultdict(dict)
    for case in sorted(known.values(), key=lambda each: (each.facts.due_on, each.pk)):
        found[case.client_id][case.pk] = (
            replace(case, facts=replace(case.facts, mailed_on=None))
            if case.pk in unmailed
            else case
        )
    return found


def by_day(forecasts: Iterable[ClientForecast]) -> list[Period]:
    """The days on which something leaves."""
    return _periods(forecasts, lambda on: (on, on))


def by_week(forecasts: Iterable[ClientForecast]) -> list[Period]:
    """The weeks, from Monday to Sunday, in which something leaves."""
    return _periods(forecasts, _week)


def _week(on: dt.date) -> tuple[dt.date, dt.date]:
    monday = on - on.weekday() * ONE_DAY
    return monday, monday + 6 * ONE_DAY


def _periods(
    forecasts: Iterable[ClientForecast], period_of: Callable[[dt.date], tuple[dt.date, dt.date]]
) -> list[Period]:
    found: dict[dt.date, Period] = {}
    for each in forecasts:
        for departure in each.departures:
            first, last = period_of(departure.on)
            found.setdefault(first, Period(first, last)).add(departure, each.cases)
    return [found[first] for first in sorted(found)]
