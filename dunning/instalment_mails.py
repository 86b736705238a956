"""The two mails of an instalment plan: it is proposed, it is agreed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.kinds import Cancel, Hold, MessageKind, Rendered, Send, Verdict, register_kind
from clients.letters import write_letter
from clients.models import Message, Person
from clients.queries import contact_of
from clients.services import send_message
from core.money import format_money
from invoices.documents.data import Language
from invoices.documents.wording import long_date
from invoices.models import InstallmentPlan, PlanDebt, PlanPart
from invoices.plan_reading import plan_progress
from invoices.plugs import pay_placeholder
from tenants.clock import local
from tenants.models import User

PROPOSED: Final = "PLAN_PROPOSED"
AGREED: Final = "PLAN_AGREED"


@dataclass(frozen=True, slots=True)
class Offer:
    """What the mail tells of a plan that is proposed, saved or still being typed."""

    numbers: Sequence[str]
    total: Decimal
    fee: Decimal
    currency: str
    parts: Sequence[tuple[dt.date | None, Decimal]]
    answer_by: dt.date


def register_plan_kinds() -> None:
    for kind in (
        MessageKind(
            key=PROPOSED,
            label=gettext_lazy("Instalment plan proposed"),
            gate=proposed_gate,
            render=render_proposed,
        ),
        MessageKind(
            key=AGREED,
            label=gettext_lazy("Instalment plan agreed"),
            gate=agreed_gate,
            render=render_agreed,
        ),
    ):
        register_kind(kind)


def send_offer(*, plan: InstallmentPlan, user: User | None) -> Message:
    """Put the mail with the link into the outbox, once for each plan."""
    return _send(plan, PROPOSED, user)


def send_agreed(*, plan: InstallmentPlan) -> Message:
    """Put the confirmation, with the document, into the outbox, once for each plan."""
    return _send(plan, AGREED, None)


def proposed_gate(message: Message, now: dt.datetime) -> Verdict:
    """It leaves while the plan is on offer, and with its PDF."""
    plan = _plan_of(message)
    if plan.state != InstallmentPlan.State.PROPOSED:
        return Cancel(_("The plan is no longer proposed."))
    if plan.answer_by < local(now).date():
        return Cancel(_("The day by which to answer has passed."))
    return _with_document(plan)


def agreed_gate(message: Message, now: dt.datetime) -> Verdict:
    plan = _plan_of(message)
    if plan.state != InstallmentPlan.State.AGREED:
        return Cancel(_("The plan was withdrawn."))
    return _with_document(plan)


def render_proposed(message: Message) -> Rendered:
    """The parts, and the link to the page on which they are accepted."""
    plan = _plan_of(message)
    debts = _debts_of(plan)
    parts = PlanPart.objects.filter(plan=plan).order_by("position")
    offer = Offer(
        numbers=list(dict.fromkeys(debt.receivable.invoice.number or "" for debt in debts)),
        total=plan.total,
        fee=plan.fee,
        currency=plan.currency,
        parts=list(parts.values_list("due_on", "amount")),
        answer_by=plan.answer_by,
    )
    pay = pay_placeholder(message, [debt.receivable for debt in debts]) or ""
    return write_offer(
        offer,
        language=message.language,
        person=_person(message, plan),
        plan_url=pay.replace("[[pay:", "[[plan:", 1),
        attachments=_attached(plan),
    )


def write_offer(
    offer: Offer,
    *,
    language: str,
    person: Person | None,
    plan_url: str,
    attachments: Sequence[Any] = (),
) -> Rendered:
    """The same of a plan that may not be saved yet: what the owner reads before sending it."""

    def money(amount: Decimal) -> str:
        return format_money(amount, offer.currency, language)

    return write_letter(
        template="emails/dunning/plan_proposed",
        language=language,
        context={
            "person": person.name if person else "",
            "numbers": offer.numbers,
            "total": money(offer.total),
            "count": len(offer.parts),
            "fee": money(offer.fee) if offer.fee else "",
            "parts": [
                {"due_on": _day(day, language) if day else "", "amount": money(amount)}
                for day, amount in offer.parts
            ],
            "answer_by": _day(offer.answer_by, language),
            "plan_url": plan_url,
        },
        person=person,
        attachments=attachments,
    )


def render_agreed(message: Message) -> Rendered:
    """What was agreed, part by part, with what is paid already, and the link to pay the next."""
    plan = _plan_of(message)
    language = message.language
    progress = plan_progress(plan, today=plan.agreed_on or plan.proposed_on)
    coming = progress.next_part
    person = _person(message, plan)
    debts = [debt.receivable for debt in _debts_of(plan)]

    def money(amount: Decimal) -> str:
        return format_money(amount, plan.currency, language)

    return write_letter(
        template="emails/dunning/plan_agreed",
        language=language,
        context={
            "person": person.name if person else "",
            "was_told": plan.agreed_how == InstallmentPlan.AgreedHow.TOLD,
            "name": plan.accepted_name,
            "agreed_on": _day(plan.agreed_on, language) if plan.agreed_on else "",
            "total": money(plan.total + plan.fee),
            "count": len(progress.parts),
            "fee": money(plan.fee) if plan.fee else "",
            "parts": [
                {
                    "due_on": _day(part.due_on, language),
                    "amount": money(part.amount),
                    "is_paid": not part.left,
                }
                for part in progress.parts
            ],
            "next_amount": money(coming.left) if coming else "",
            "next_on": _day(coming.due_on, language) if coming else "",
            "is_today": bool(coming and plan.agreed_on and coming.due_on <= plan.agreed_on),
            "pay_url": pay_placeholder(message, debts) if coming else "",
        },
        person=person,
        attachments=_attached(plan),
    )


def _send(plan: InstallmentPlan, kind: str, user: User | None) -> Message:
    return send_message(
        client=plan.client,
        kind=kind,
        facts={"plan_id": plan.pk},
        person=contact_of(plan.client_id),
        language=plan.language,
        unique_key=f"{kind.lower()}:{plan.public_id}",
        user=user,
    )


def _with_document(plan: InstallmentPlan) -> Verdict:
    if plan.document_id is None:
        return Hold(_("The PDF is being made."))
    return Send()


def _plan_of(message: Message) -> InstallmentPlan:
    plans = InstallmentPlan.objects.select_related("client", "document")
    return plans.get(pk=message.facts["plan_id"])


def _debts_of(plan: InstallmentPlan) -> list[PlanDebt]:
    rows = PlanDebt.objects.filter(plan=plan).select_related("receivable__invoice")
    return list(rows.order_by("receivable__due_on", "receivable_id"))


def _attached(plan: InstallmentPlan) -> list[Any]:
    return [(plan.document, plan.document.name)] if plan.document else []


def _person(message: Message, plan: InstallmentPlan) -> Person | None:
    return message.person or contact_of(plan.client_id)


def _day(day: dt.date, language: str) -> str:
    return long_date(day, cast("Language", language))
