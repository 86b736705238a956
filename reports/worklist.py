"""What waits for a human today: one list, from everything that needs one.

Each source costs one query and is cut at `CAP` lines. A source is a function of the day
(`reports.sources`); the order is: what blocks everything, then the largest amount.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING

from reports.words import late_by, money_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CAP = 50
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Debt:
    """A receivable that a line is about, so that two lines about one are summed once."""

    key: int
    amount: Decimal
    currency: str
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the list. `group` is the filter that shows it.

    Of the lines about one `subject` (not empty) the most useful is shown, and no other.
    """

    group: str
    colour: str
    icon: str
    kind: StrOrPromise
    title: str
    url: str
    why: StrOrPromise
    action_url: str = ""
    action_label: StrOrPromise = ""
    debts: tuple[Debt, ...] = ()
    is_bad: bool = False
    is_blocking: bool = False
    subject: str = ""
    usefulness: int = 0
    approval_id: int | None = None  # the one question that it asks

    @property
    def sum(self) -> Decimal:
        return sum((debt.amount for debt in self.debts), ZERO)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task, formatted as `components/task_row.html` wants it."""

    task: Task
    amount: str
    late: str
    action_url: str = ""
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Worklist:
    """The lines of the chosen filter; `total` counts every debt of all lines once."""

    rows: list[TaskRow]
    counts: dict[str, int]
    count: int
    total: Decimal
    currency: str
    is_cut: bool


def build_worklist(
    sources: list[list[Task]],
    *,
    today: dt.date,
    show: str,
    currency: str,
    can_write: bool,
) -> Worklist:
    """Order the lines, count them by group, and keep those of the group `show`.

    Who only reads sees the lines, without the buttons.
    """
    tasks = sorted(
        _one_per_subject(chain.from_iterable(sources)),
        key=lambda task: (not task.is_blocking, -task.sum),
    )
    counts: dict[str, int] = {}
    for task in tasks:
        counts[task.group] = counts.get(task.group, 0) + 1
    wanted = [task for task in tasks if not show or task.group == show][:CAP]
    return Worklist(
        rows=[
            _row(task, today, can_write=can_write, is_first=place == 0)
            for place, task in enumerate(wanted)
        ],
        counts=counts,
        count=len(tasks),
        total=_total(tasks, currency),
        currency=currency,
        is_cut=any(len(lines) >= CAP for lines in sources),
    )


def _one_per_subject(tasks: Iterable[Task]) -> list[Task]:
    """The line kept has the debts of one that is left out, where it names none."""
    free, kept = [], dict[str, Task]()
    for task in tasks:
        if not task.subject:
            free.append(task)
            continue
        known = kept.get(task.subject, task)
        best = max(known, task, key=lambda each: each.usefulness)
        kept[task.subject] = replace(best, debts=best.debts or known.debts or task.debts)
    return [*free, *kept.values()]


def _row(task: Task, today: dt.date, *, can_write: bool, is_first: bool) -> TaskRow:
    action_url = task.action_url if can_write else ""
    if not task.debts:
        return TaskRow(task, "", "", action_url, is_primary=is_first)
    oldest = min(debt.due_on for debt in task.debts)
    return TaskRow(
        task,
        money_text(task.sum, task.debts[0].currency),
        late_by((today - oldest).days),
        action_url,
        is_primary=is_first,
    )


def _total(tasks: list[Task], currency: str) -> Decimal:
    debts = {
        debt.key: debt.amount for task in tasks for debt in task.debts if debt.currency == currency
    }
    return sum(debts.values(), ZERO)
