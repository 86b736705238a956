"""Reading instalment plans: which one a debt is in, and how far one has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from invoices.models import InstallmentPlan, PlanDebt, Receivable

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PartProgress:
    """One date of a plan over all its invoices, its fee included. Amounts in its currency.

    `paid` is money; `left` what is still owed. A part is late once its day has passed and missed
    once the days of grace have passed too.
    """

    due_on: dt.date
    amount: Decimal
    paid: Decimal
    left: Decimal
    is_late: bool
    is_missed: bool


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """How far an agreed plan has come on a day."""

    parts: list[PartProgress]

    @property
    def amount(self) -> Decimal:
        return sum((part.amount for part in self.parts), ZERO)

    @property
    def paid(self) -> Decimal:
        return sum((part.paid for part in self.parts), ZERO)

    @property
    def left(self) -> Decimal:
        return sum((part.left for part in self.parts), ZERO)

    @property
    def next_part(self) -> PartProgress | None:
        return next((part for part in self.parts if part.left), None)

    @property
    def missed(self) -> list[PartProgress]:
        return [part for part in self.parts if part.is_missed]

    @property
    def is_finished(self) -> bool:
        return not self.left


def plan_progress(plan: InstallmentPlan, *, today: dt.date) -> PlanProgress:
    """What was paid of an agreed plan, what is left, and what was missed; one query."""
    by_day: dict[dt.date, list[Receivable]] = {}
    for row in Receivable.objects.filter(plan=plan).order_by("due_on", "id"):
        by_day.setdefault(row.due_on, []).append(row)
    grace = dt.timedelta(days=plan.grace_days)
    return PlanProgress([_part(day, rows, grace, today) for day, rows in by_day.items()])


def open_plan_of(receivable_ids: Collection[int]) -> dict[int, InstallmentPlan]:
    """The plan that is offered for, has replaced, or is the reason of each receivable (ids).

    Two queries; a receivable in no plan is not in the answer. An offer comes before the plan that
    a receivable is a part of: it is the later news.
    """
    found: dict[int, InstallmentPlan] = {}
    agreed = InstallmentPlan.State.AGREED
    rows = Receivable.objects.filter(pk__in=receivable_ids).select_related("plan", "replaced_by")
    for row in rows:
        for plan in (row.plan, row.replaced_by):
            if plan is not None and plan.state == agreed:
                found[row.pk] = plan
    offers = PlanDebt.objects.filter(
        receivable__in=receivable_ids, plan__state=InstallmentPlan.State.PROPOSED
    ).select_related("plan")
    return found | {offer.receivable_id: offer.plan for offer in offers}


def with_their_parts(receivable_ids: Collection[int]) -> list[int]:
    """These receivables and the parts that stand in their place now, for money on its way."""
    plans = InstallmentPlan.objects.filter(
        state=InstallmentPlan.State.AGREED, replaced__in=receivable_ids
    )
    known = Receivable.objects.filter(pk__in=receivable_ids)
    invoices = known.exclude(replaced_by=None).values("invoice_id")
    parts = Receivable.objects.filter(plan__in=plans, invoice_id__in=invoices)
    return [*receivable_ids, *parts.values_list("pk", flat=True)]


def _part(
    day: dt.date, rows: Collection[Receivable], grace: dt.timedelta, today: dt.date
) -> PartProgress:
    left = sum((row.balance for row in rows), ZERO)
    return PartProgress(
        due_on=day,
        amount=sum((row.amount - row.replaced for row in rows), ZERO),
        paid=sum((row.allocated for row in rows), ZERO),
        left=left,
        is_late=bool(left) and day < today,
        is_missed=bool(left) and day + grace < today,
    )
