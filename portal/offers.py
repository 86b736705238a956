"""The instalment plan behind a link, and who may answer it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from invoices.models import InstallmentPlan, PlanDebt, Receivable
from payments.models import PayLink


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan as one link may show it.

    Only a mailed link that covers every debt of the plan opens it: whoever holds the PDF of one
    invoice is told that there is a plan, and neither reads nor accepts it.
    """

    plan: InstallmentPlan
    may_answer: bool


def offer_on(link: PayLink, rows: Sequence[Receivable], *, today: dt.date) -> Offer | None:
    """The plan that waits for the client's answer about what a link covers; three queries."""
    debts = PlanDebt.objects.filter(receivable__in=[row.pk for row in rows])
    plan = InstallmentPlan.objects.filter(
        pk__in=debts.values("plan_id"),
        state=InstallmentPlan.State.PROPOSED,
        answer_by__gte=today,
    ).last()
    return Offer(plan, opens_plan(link, plan)) if plan else None


def plan_behind(link: PayLink) -> InstallmentPlan | None:
    """The latest plan that this link may open, whatever has become of it; inside a scope."""
    debts = PlanDebt.objects.filter(receivable__pay_link_items__link=link)
    plans = InstallmentPlan.objects.filter(pk__in=debts.values("plan_id"))
    found = plans.select_related("client", "document").order_by("-id")
    return next((plan for plan in found if opens_plan(link, plan)), None)


def opens_plan(link: PayLink, plan: InstallmentPlan) -> bool:
    if link.is_printed:
        return False
    others = PlanDebt.objects.filter(plan=plan).exclude(receivable__pay_link_items__link=link)
    return not others.exists()
