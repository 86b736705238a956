"""The evening round: what leaves next, who has paid today, and what waits for a word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import DateField, DateTimeField, F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dunning.next_run import OwedLine, leaving_on, next_run_on
from payments.models import Payment
from reports import places
from reports.sources import SOURCES
from reports.together import Given, Query, Row, read_kept
from reports.words import day_name, money_text
from reports.worklist import TaskRow, build_worklist
from tenants import clock
from tenants.models import Tenant

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN = 50
LAST = 50
NOTED_LATE = dt.timedelta(days=31)  # money that came so long ago may have been noted today
NUMBERS = 3
ZERO = Decimal(0)
GROUPS: dict[str, StrOrPromise] = {
    "answers": gettext_lazy("Your clients have answered"),
    "approvals": gettext_lazy("Waiting for your word"),
    "calls": gettext_lazy("Calls to make"),
    "letters": gettext_lazy("Letters to post"),
    "mails": gettext_lazy("Mails that did not arrive"),
}


@dataclass(frozen=True, slots=True)
class LineRow:
    """A client of the next run, formatted; `value` is what the tick box sends back."""

    client: str
    url: str
    amount: str
    numbers: str
    steps: str
    value: str


@dataclass(frozen=True, slots=True)
class PaidRow:
    """Money of today. `can_undo`: it was noted by hand."""

    public_id: UUID
    client: str
    amount: str
    note: str
    url: str
    can_undo: bool


@dataclass(frozen=True, slots=True)
class Evening:
    """`on` is the day of the next run; `tasks` are by group, in the order of `GROUPS`."""

    today: dt.date
    on: dt.date
    lines: list[LineRow]
    count: int
    total: str
    paid: list[PaidRow]
    paid_total: str
    tasks: list[tuple[StrOrPromise, list[TaskRow]]]

    @property
    def more(self) -> int:
        return self.count - len(self.lines)

    @property
    def is_quiet(self) -> bool:
        """Nothing leaves and nothing waits; money that came in asks for nothing."""
        return not self.lines and not self.tasks

    @property
    def is_tomorrow(self) -> bool:
        return self.on == self.today + dt.timedelta(days=1)

    @property
    def is_today(self) -> bool:
        return self.on == self.today

    @property
    def waiting(self) -> int:
        return sum(len(rows) for _group, rows in self.tasks)


def read_evening(*, tenant: Tenant, moment: dt.datetime, can_write: bool = True) -> Evening:
    """Read the round in the language that is active; the number of queries is fixed."""
    today = clock.local(moment).date()
    on = next_run_on(tenant, moment)
    owed = leaving_on(on)
    paid, *waiting = read_kept(_questions, {"today": today, "midnight": clock.at_hour(today, 0)})
    return Evening(
        today=today,
        on=on,
        lines=[line_row(line) for line in owed[:SHOWN]],
        count=len(owed),
        total=total_of(owed),
        paid=[_paid_row(row) for row in paid],
        paid_total=_sums((row["net"], row["currency"]) for row in paid),
        tasks=_tasks(waiting, today, can_write=can_write),
    )


def has_anything(*, tenant: Tenant, moment: dt.datetime) -> bool:
    """Whether the round is not quiet; where something leaves, nothing more is read."""
    leaves = leaving_on(next_run_on(tenant, moment))
    return bool(leaves) or not read_evening(tenant=tenant, moment=moment).is_quiet


def line_row(line: OwedLine) -> LineRow:
    return LineRow(
        client=line.client.name,
        url=places.client(line.client.public_id),
        amount=money_text(line.amount, line.currency),
        numbers=_numbers(line.numbers),
        steps=line.step_names,
        value=value_of(line),
    )


def value_of(line: OwedLine) -> str:
    """What a tick box says: the sum shown, and the debts. Nothing in it is believed."""
    return f"{line.amount}:{','.join(case.public_id for case in line.cases)}"


def total_of(lines: Iterable[OwedLine]) -> str:
    """The sum of the lines, currency by currency."""
    return _sums((line.amount, line.currency) for line in lines)


def day_of_run(evening: Evening) -> str:
    """`Monday 23 November`, in the reader's language."""
    return date_format(evening.on, "l j F")


def _tasks(
    waiting: Sequence[Sequence[Row]], today: dt.date, *, can_write: bool
) -> list[tuple[StrOrPromise, list[TaskRow]]]:
    """The lines of Today that an evening can settle, without the first of them underlined."""
    lines = [
        [task for task in source.tasks(rows) if task.group in GROUPS]
        for source, rows in zip(SOURCES, waiting, strict=True)
    ]
    rows = build_worklist(lines, today=today, show="", currency="EUR", can_write=can_write).rows
    found = [
        (title, [replace(row, is_primary=False) for row in rows if row.task.group == group])
        for group, title in GROUPS.items()
    ]
    return [(title, rows) for title, rows in found if rows]


def _questions() -> list[Query]:
    """What the evening asks, of a day that is told when it does."""
    today = Given("today", DateField())
    midnight = Given("midnight", DateTimeField())
    return [_paid_query(today, midnight), *(source.query(today) for source in SOURCES)]


def _paid_query(today: Given, midnight: Given) -> Query:
    """Money received or noted today and still there, the latest first."""
    noted = Q(created_at__gte=midnight, received_on__lte=today)
    return (
        Payment.objects.filter(received_on__gte=today - NOTED_LATE, undone_at=None)
        .filter(Q(received_on=today) | noted)
        .annotate(net=F("amount") - F("reversed_amount"))
        .filter(net__gt=0)
        .order_by("-id")
        .values(
            "public_id", "client__name", "net", "currency", "means", "received_on", "attempt_id"
        )[:LAST]
    )


def _paid_row(row: dict[str, Any]) -> PaidRow:
    means = dict(Payment.Means.choices)
    return PaidRow(
        public_id=row["public_id"],
        client=row["client__name"],
        amount=money_text(row["net"], row["currency"]),
        note=f"{day_name(row['received_on'])} · {means.get(row['means'], row['means'])}",
        url=places.payment(row["public_id"]),
        can_undo=row["attempt_id"] is None,
    )


def _numbers(numbers: Collection[str]) -> str:
    """`F-1, F-2, F-3 and 4 more`."""
    first = [number for number in numbers if number][:NUMBERS]
    more = len(numbers) - len(first)
    text = ", ".join(first)
    if not more:
        return text
    return _("%(numbers)s and %(more)s") % {
        "numbers": text,
        "more": ngettext("%(count)s more", "%(count)s more", more) % {"count": more},
    }


def _sums(parts: Iterable[tuple[Decimal, str]]) -> str:
    sums: dict[str, Decimal] = {}
    for amount, currency in parts:
        sums[currency] = sums.get(currency, ZERO) + amount
    return " + ".join(money_text(amount, currency) for currency, amount in sums.items())
