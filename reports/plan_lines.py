"""Lines of the worklist about payment plans: offers without an answer, and payments missed."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dunning.models import Case
from dunning.reasons import Reason
from invoices.models import InstallmentPlan, PlanDebt
from reports import places
from reports.together import Day, Query, Row
from reports.words import day_name
from reports.worklist import CAP, Debt, Task


def unanswered_query(today: Day) -> Query:
    """What the plans that nobody answered in time would split."""
    rows: Query = (
        PlanDebt.objects.filter(
            plan__state=InstallmentPlan.State.PROPOSED,
            plan__answer_by__lt=today,
            receivable__balance__gt=0,
        )
        .order_by("plan__answer_by", "plan_id", "id")
        .values(
            "plan__public_id", "plan__answer_by", "plan__client__public_id",
            "plan__client__name", "receivable_id", "receivable__balance", "receivable__currency",
            "receivable__due_on",
        )[:CAP]
    )  # fmt: skip
    return rows


def unanswered(rows: Sequence[Row]) -> list[Task]:
    """Offers whose day to answer has passed: reminders go on, the offer still stands."""
    return [
        Task(
            group="answers",
            colour="promise",
            icon="split",
            kind=_("Plan without an answer"),
            title=lines[0]["plan__client__name"],
            url=places.plan(lines[0]["plan__public_id"]),
            why=_("Offered, no answer by %(day)s: reminders go on")
            % {"day": day_name(lines[0]["plan__answer_by"])},
            action_url=places.plan(lines[0]["plan__public_id"]),
            action_label=_("Look"),
            debts=tuple(_debt(row) for row in lines),
        )
        for lines in _by_plan(rows, "plan__public_id")
    ]


def missed_query(today: Day) -> Query:
    """The parts of agreed plans whose grace is over, and that nobody has decided about."""
    rows: Query = (
        Case.objects.filter(
            state=Case.State.OPEN, silence=Reason.PLAN_MISSED.value, receivable__balance__gt=0
        )
        .order_by("receivable__due_on", "id")
        .values(
            "receivable__plan__public_id", "client__public_id", "client__name", "receivable_id",
            "receivable__balance", "receivable__currency", "receivable__due_on",
        )[:CAP]
    )  # fmt: skip
    return rows


def missed(rows: Sequence[Row]) -> list[Task]:
    """One decision per plan: more time, or chase as usual."""
    return [
        _missed(lines, len({row["receivable__due_on"] for row in lines}))
        for lines in _by_plan(rows, "receivable__plan__public_id")
    ]


def _missed(lines: Sequence[Row], count: int) -> Task:
    why = ngettext(
        "A payment of the plan is missed, since %(day)s",
        "%(count)s payments of the plan are missed, since %(day)s",
        count,
    )
    return Task(
        group="approvals",
        colour="overdue",
        icon="split",
        kind=_("Decision to take"),
        title=lines[0]["client__name"],
        url=places.plan(lines[0]["receivable__plan__public_id"]),
        why=why % {"count": count, "day": day_name(lines[0]["receivable__due_on"])},
        action_url=places.plan(lines[0]["receivable__plan__public_id"]),
        action_label=_("Decide"),
        debts=tuple(_debt(row) for row in lines),
    )


def _by_plan(rows: Sequence[Row], column: str) -> list[list[Row]]:
    found: dict[object, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return list(found.values())


def _debt(row: Row) -> Debt:
    return Debt(
        row["receivable_id"],
        row["receivable__balance"],
        row["receivable__currency"],
        row["receivable__due_on"],
    )
