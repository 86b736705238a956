"""What pages show of instalment plans; a fixed number of queries each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from clients.kinds import Rendered
from clients.models import Client
from clients.present import moment
from clients.queries import contact_of
from dunning.instalment_forms import PlanForm
from dunning.instalment_mails import Offer, write_offer
from dunning.missed_parts import undecided
from invoices.ledger import open_receivables
from invoices.models import InstallmentPlan, Invoice, PlanDebt, PlanPart, Receivable
from invoices.plan_reading import PartProgress, plan_progress
from invoices.services.plans import answer_day

ZERO = Decimal(0)
SHOWN = 200
ENDED_SHOWN = 20
State = InstallmentPlan.State


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan in a list or a panel; amounts in its currency."""

    plan: InstallmentPlan
    chip: tuple[str, str]
    parts: int
    paid: Decimal
    left: Decimal
    next_on: dt.date | None


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part of a plan's page; `due_on` None is the day it is accepted."""

    number: int
    due_on: dt.date | None
    amount: Decimal
    left: Decimal
    chip: tuple[str, str] | None


def splittable(client: Client) -> list[Receivable]:
    """What a client owes and no plan is on offer for, in the currency of the oldest debt."""
    offered = PlanDebt.objects.filter(plan__state=State.PROPOSED, plan__client=client)
    rows = open_receivables(client.pk).exclude(pk__in=offered.values("receivable_id"))
    debts = list(rows.select_related("invoice"))
    return [debt for debt in debts if debt.currency == debts[0].currency]


def draft_offer(form: PlanForm, *, language: str, today: dt.date) -> Rendered | None:
    """The mail as the client would read it, of what can be read of the form; None of nothing."""
    debts = form.ticked
    if not debts:
        return None
    parts = form.readable_parts
    offer = Offer(
        numbers=list(dict.fromkeys(debt.invoice.number or "" for debt in debts)),
        total=sum((debt.balance for debt in debts), ZERO),
        fee=form.readable_fee,
        currency=form.currency,
        parts=[(part.due_on, part.amount) for part in parts],
        answer_by=answer_day(parts, today),
    )
    person = contact_of(form.client.pk)
    return write_offer(offer, language=language, person=person, plan_url=f"[{_('link')}]")


def plan_page(plan: InstallmentPlan, *, today: dt.date) -> dict[str, Any]:
    """The context of a plan's page; four queries."""
    debts = PlanDebt.objects.filter(plan=plan).select_related("receivable__invoice")
    is_agreed = plan.state == State.AGREED
    progress = plan_progress(plan, today=today) if is_agreed else None
    (line,) = plan_lines([plan], today=today)
    return {
        "plan": plan,
        "client": plan.client,
        "line": line,
        "debts": list(debts.order_by("receivable__due_on", "receivable_id")),
        "parts": _due_parts(progress.parts, today) if progress else _proposed_parts(plan),
        "decisions": undecided(plan, progress.missed, today) if progress else [],
        "is_proposed": plan.state == State.PROPOSED,
        "is_agreed": is_agreed,
        "accepted": moment(plan.accepted_at) if plan.accepted_at else "",
        "may_withdraw": plan.state == State.PROPOSED or bool(progress and not progress.paid),
    }


def plan_rows(*, today: dt.date) -> dict[str, Any]:
    """Plans that wait or run, and the latest that are over; three queries."""
    known = InstallmentPlan.objects.select_related("client").order_by("-id")
    going = known.filter(state__in=[State.PROPOSED, State.AGREED])[:SHOWN]
    ended = known.filter(state__in=[State.WITHDRAWN, State.DECLINED])[:ENDED_SHOWN]
    return {"lines": plan_lines([*going, *ended], today=today)}


def plan_lines(plans: Sequence[InstallmentPlan], *, today: dt.date) -> list[PlanLine]:
    """How far each of these plans has come; two queries."""
    sums = _sums(plans, today)
    counts = dict(
        PlanPart.objects.filter(plan__in=plans)
        .values("plan_id")
        .annotate(parts=Count("id"))
        .values_list("plan_id", "parts")
    )
    return [_line(plan, sums.get(plan.pk, {}), counts.get(plan.pk, 0), today) for plan in plans]


def going_plans(**about: Any) -> QuerySet[InstallmentPlan]:
    """The plans of a client or an invoice that wait for an answer or were agreed."""
    plans = InstallmentPlan.objects.filter(state__in=[State.PROPOSED, State.AGREED], **about)
    return plans.select_related("client").order_by("-id")


def plan_of_invoice(invoice: Invoice) -> InstallmentPlan | None:
    """The latest plan that waits or runs about an invoice."""
    debts = PlanDebt.objects.filter(receivable__invoice=invoice)
    return going_plans(pk__in=debts.values("plan_id")).first()


def _sums(plans: Sequence[InstallmentPlan], today: dt.date) -> Mapping[int, dict[str, Any]]:
    grace = {plan.pk: plan.grace_days for plan in plans}
    rows = (
        Receivable.objects.filter(plan__in=plans)
        .values("plan_id", "due_on")
        .annotate(left=Sum("balance"), paid=Sum("allocated"))
        .order_by("plan_id", "due_on")
    )
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        sums = found.setdefault(row["plan_id"], {"left": ZERO, "paid": ZERO, "next_on": None})
        sums["left"] += row["left"]
        sums["paid"] += row["paid"]
        if row["left"] and sums["next_on"] is None:
            sums["next_on"] = row["due_on"]
            days = dt.timedelta(days=grace[row["plan_id"]])
            sums["is_missed"] = row["due_on"] + days < today
    return found


def _line(plan: InstallmentPlan, sums: Mapping[str, Any], parts: int, today: dt.date) -> PlanLine:
    next_on = sums.get("next_on")
    return PlanLine(
        plan=plan,
        chip=_chip(plan, sums, today),
        parts=parts,
        paid=sums.get("paid", ZERO),
        left=sums.get("left", plan.total + plan.fee),
        next_on=next_on,
    )


def _chip(plan: InstallmentPlan, sums: Mapping[str, Any], today: dt.date) -> tuple[str, str]:
    if plan.state == State.AGREED:
        return _running_chip(sums, today)
    if plan.state == State.PROPOSED and plan.answer_by < today:
        return "EXPIRED", _("Not answered")
    return {
        State.PROPOSED: ("SENT", _("Waits for an answer")),
        State.WITHDRAWN: ("CANCELLED", _("Withdrawn")),
        State.DECLINED: ("DECLINED", _("Declined")),
    }[State(plan.state)]


def _running_chip(sums: Mapping[str, Any], today: dt.date) -> tuple[str, str]:
    next_on = sums.get("next_on")
    if next_on is None:
        return "PAID", _("Paid in full")
    if sums.get("is_missed"):
        return "OVERDUE", _("A part is missed")
    return ("OVERDUE", _("A part is late")) if next_on < today else ("PLAN", _("Running"))


def _due_parts(parts: Sequence[PartProgress], today: dt.date) -> list[PartLine]:
    return [
        PartLine(number, part.due_on, part.amount, part.left, _part_chip(part, today))
        for number, part in enumerate(parts, start=1)
    ]


def _part_chip(part: PartProgress, today: dt.date) -> tuple[str, str]:
    if not part.left:
        return "PAID", ""
    if part.is_missed:
        return "OVERDUE", _("Missed")
    if part.is_late:
        return "OVERDUE", _("Late")
    if part.paid:
        return "PART_PAID", ""
    return ("DUE_TODAY", "") if part.due_on == today else ("DUE", _("Coming"))


def _proposed_parts(plan: InstallmentPlan) -> list[PartLine]:
    rows = PlanPart.objects.filter(plan=plan).order_by("position")
    return [PartLine(row.position, row.due_on, row.amount, row.amount, None) for row in rows]
