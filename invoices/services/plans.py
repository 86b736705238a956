"""Instalment plans: proposed, agreed, declined, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.errors import DomainError
from invoices.ledger import lock_client, replace_in, restore_to
from invoices.models import InstallmentPlan, PlanDebt, PlanPart, Receivable
from invoices.signals import plan_agreed, plan_ended, plan_proposed
from invoices.splitting import CannotSplit, PartInput, check_parts, fill
from tenants.announce import announce
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic
from tenants.wake import wake

ZERO = Decimal(0)
CENT = Decimal("0.01")
PRINT: Final = "invoices.tasks.render_plan"
TIME_TO_ANSWER = dt.timedelta(days=7)
ONE_DAY = dt.timedelta(days=1)
LANGUAGES: Final = ("fr", "en")
UNTOUCHED: Final = {"allocated": 0, "credited": 0, "written_off": 0, "replaced": 0}


class CannotPlan(DomainError):
    """These debts, or this client, cannot have this plan."""


class PlanOutdated(DomainError):
    """The plan is no longer what it was when it was proposed."""


@tenant_atomic()
def propose_plan(
    *,
    client: Client,
    receivables: Sequence[Receivable],
    parts: Sequence[PartInput],
    cause: str,
    fee: Decimal,
    language: str,
    user: User | None,
    today: dt.date,
    now: dt.datetime,
    grace_days: int | None = None,
) -> InstallmentPlan:
    """Offer to pay open receivables in dated parts; nothing changes until the client agrees.

    The parts add up to what these receivables owe today, to the cent, in their currency. `fee` is
    the price of the delay, for businesses only: a plan that costs a consumer anything would be
    consumer credit (C. conso. L312-4 9°). The client is asked to answer within 7 days, and before
    the first dated part is due; until then nothing of these debts is dunned.

    Raises:
        CannotPlan: another client's debt, two currencies, nothing owed, already offered, a fee for
            a client that is no business, a cause that is not on the list.
        CannotSplit: the parts do not add up, or their days are no days of a plan.
    """
    lock_client(client.pk)
    debts = _debts(client, receivables)
    total = sum((debt.balance for debt in debts), ZERO)
    _check_terms(client, cause, fee, language)
    _check_cents(part.amount for part in parts)
    check_parts(parts, total=total, today=today)
    plan = InstallmentPlan.objects.create(
        client=client,
        currency=debts[0].currency,
        cause=cause,
        total=total,
        fee=fee,
        language=language,
        proposed_on=today,
        proposed_by=user,
        answer_by=answer_day(parts, today),
        **({} if grace_days is None else {"grace_days": grace_days}),
    )
    PlanPart.objects.bulk_create(
        [
            PlanPart(plan=plan, position=place, due_on=part.due_on, amount=part.amount)
            for place, part in enumerate(parts, start=1)
        ]
    )
    PlanDebt.objects.bulk_create(
        [PlanDebt(plan=plan, receivable=debt, amount=debt.balance) for debt in debts]
    )
    wake(PRINT, plan_id=plan.pk)
    record(act="propose_plan", subject=plan, user=user, at=now, after={"total": str(total)})
    announce(plan_proposed, sender=InstallmentPlan, plan_id=plan.pk)
    return plan


def answer_day(parts: Sequence[PartInput], today: dt.date) -> dt.date:
    """Until when an offer stands: a week, or the day of its first dated part if that is sooner.

    What waits for the day of acceptance has to be accepted before the next part is due.
    """
    dated = next((part.due_on for part in parts if part.due_on is not None), None)
    if dated is None:
        return today + TIME_TO_ANSWER
    last = dated if parts[0].due_on is not None else dated - ONE_DAY
    return min(today + TIME_TO_ANSWER, last)


@tenant_atomic()
def agree_plan(
    *,
    plan: InstallmentPlan,
    how: str,
    user: User | None,
    today: dt.date,
    now: dt.datetime,
    name: str = "",
    capacity: str = "",
    ip: str | None = None,
    document_sha256: str = "",
) -> InstallmentPlan:
    """Replace the debts of a plan by its parts, one receivable per invoice and day.

    Without novation: each part stays a debt of its invoice. Each is filled from the oldest debt
    on; the fee is a receivable of its own, due with the first part. Agreeing twice is agreeing
    once. `how` is ONLINE (the client, who gave a name and saw the document with that hash) or TOLD
    (a user writes down what the client said).

    Raises:
        PlanOutdated: taken back, a balance has moved, a date has passed, or another document.
    """
    lock_client(plan.client_id)
    current = InstallmentPlan.objects.select_for_update().get(pk=plan.pk)
    if current.state == InstallmentPlan.State.AGREED:
        return current
    _check_offer(current, today)
    if how == InstallmentPlan.AgreedHow.ONLINE:
        _check_acceptance(current, name, document_sha256)
    debts = _unmoved_debts(current)
    current.state = InstallmentPlan.State.AGREED
    current.agreed_on, current.accepted_at = today, now
    current.agreed_how = InstallmentPlan.AgreedHow(how)
    current.accepted_name, current.accepted_capacity = name.strip(), capacity.strip()
    current.accepted_ip = ip
    current.save()
    for debt in debts:
        replace_in(receivable_id=debt.receivable_id, amount=debt.amount, plan=current)
    _write_parts(current, debts, today)
    _record_answer(current, "agree_plan", user, now, {"how": how, "name": current.accepted_name})
    announce(plan_agreed, sender=InstallmentPlan, plan_id=current.pk)
    return current


@tenant_atomic()
def withdraw_plan(
    *, plan: InstallmentPlan, user: User | None, today: dt.date, now: dt.datetime
) -> InstallmentPlan:
    """Take an offer back; or undo an agreed plan on which nothing has happened yet.

    Undoing gives every debt back what the plan had taken off, due when it was due before.

    Raises:
        PlanOutdated: declined or withdrawn before, or something was paid, credited, given up,
            claimed or offered again on one of its parts.
    """
    lock_client(plan.client_id)
    current = InstallmentPlan.objects.select_for_update().get(pk=plan.pk)
    was = current.state
    if was == InstallmentPlan.State.AGREED:
        _check_untouched(current)
    elif was != InstallmentPlan.State.PROPOSED:
        raise PlanOutdated(_("This plan is not on offer any more."))
    current.state, current.ended_on = InstallmentPlan.State.WITHDRAWN, today
    current.save(update_fields=["state", "ended_on"])
    if was == InstallmentPlan.State.AGREED:
        _give_back(current)
    record(act="withdraw_plan", subject=current, user=user, at=now, before={"state": was})
    announce(plan_ended, sender=InstallmentPlan, plan_id=current.pk)
    return current


@tenant_atomic()
def decline_plan(
    *, plan: InstallmentPlan, note: str, today: dt.date, now: dt.datetime, user: User | None = None
) -> InstallmentPlan:
    """The client says no, in their words; declining twice is declining once.

    Raises:
        PlanOutdated: it is agreed or withdrawn.
    """
    lock_client(plan.client_id)
    current = InstallmentPlan.objects.select_for_update().get(pk=plan.pk)
    if current.state == InstallmentPlan.State.DECLINED:
        return current
    if current.state != InstallmentPlan.State.PROPOSED:
        raise PlanOutdated(_("This plan is not on offer any more."))
    current.state, current.ended_on = InstallmentPlan.State.DECLINED, today
    current.decline_note = note.strip()
    current.save(update_fields=["state", "ended_on", "decline_note"])
    _record_answer(current, "decline_plan", user, now, {"note": current.decline_note})
    announce(plan_ended, sender=InstallmentPlan, plan_id=current.pk)
    return current


def _debts(client: Client, receivables: Sequence[Receivable]) -> list[Receivable]:
    """The rows as they are now, locked, the oldest first."""
    wanted = {receivable.pk for receivable in receivables}
    found = Receivable.objects.select_for_update(of=("self",)).filter(pk__in=wanted)
    debts = list(found.order_by("due_on", "id"))
    if not debts or any(not debt.balance for debt in debts):
        raise CannotPlan(_("Choose amounts that are still owed."))
    if {debt.client_id for debt in debts} != {client.pk}:
        raise CannotPlan(_("A plan is about one client."))
    if len({debt.currency for debt in debts}) > 1:
        raise CannotPlan(_("A plan is in one currency."))
    offered = PlanDebt.objects.filter(
        receivable__in=debts, plan__state=InstallmentPlan.State.PROPOSED
    )
    if offered.exists():
        raise CannotPlan(_("A plan for this is already on offer: withdraw it first."))
    return debts


def _check_terms(client: Client, cause: str, fee: Decimal, language: str) -> None:
    if cause not in InstallmentPlan.Cause.values:
        raise CannotPlan(_("Choose the cause of the delay from the list."))
    if language not in LANGUAGES:
        raise CannotPlan(_("A plan is written in French or in English."))
    if fee < ZERO:
        raise CannotPlan(_("A fee is not below zero."))
    if fee and client.kind != Client.Kind.BUSINESS:
        raise CannotPlan(_("Only a business can be asked a fee for a plan."))
    _check_cents([fee])


def _check_cents(amounts: Iterable[Decimal]) -> None:
    if any(amount != amount.quantize(CENT) for amount in amounts):
        raise CannotSplit(_("Amounts have two decimals at most."))


def _check_offer(plan: InstallmentPlan, today: dt.date) -> None:
    if plan.state != InstallmentPlan.State.PROPOSED:
        raise PlanOutdated(_("This plan is not on offer any more."))
    dated = plan.parts.exclude(due_on=None).order_by("position").first()
    if dated is None or dated.due_on is None:
        return
    if dated.due_on < today or (dated.position > 1 and dated.due_on <= today):
        raise PlanOutdated(_("A date of this plan has passed: a new one has to be proposed."))


def _check_acceptance(plan: InstallmentPlan, name: str, document_sha256: str) -> None:
    if not name.strip():
        raise CannotPlan(_("Say who accepts the plan."))
    if not plan.document_sha256 or document_sha256 != plan.document_sha256:
        raise PlanOutdated(_("The plan is another one than the one you read: open it again."))


def _unmoved_debts(plan: InstallmentPlan) -> list[PlanDebt]:
    """Its debts, the oldest first, each as it was when the plan was proposed."""
    debts = list(
        PlanDebt.objects.filter(plan=plan)
        .select_related("receivable")
        .order_by("receivable__due_on", "receivable_id")
    )
    if any(debt.receivable.balance != debt.amount for debt in debts):
        raise PlanOutdated(
            _("What is owed has changed since this plan was proposed: a new one is needed.")
        )
    return debts


def _write_parts(plan: InstallmentPlan, debts: Sequence[PlanDebt], today: dt.date) -> None:
    parts = list(plan.parts.order_by("position"))
    rows: dict[tuple[object, ...], Receivable] = {}
    for each in fill([part.amount for part in parts], [debt.amount for debt in debts]):
        old = debts[each.debt].receivable
        key = (each.part, old.invoice_id, old.kind, old.about_id)
        if key not in rows:
            due_on = parts[each.part].due_on or today
            rows[key] = _part_of(plan, old, kind=old.kind, due_on=due_on)
        rows[key].amount += each.amount
    if plan.fee:
        oldest, due_on = debts[0].receivable, parts[0].due_on or today
        fee = _part_of(plan, oldest, kind=Receivable.Kind.PLAN_FEE, due_on=due_on)
        fee.amount, fee.about_id = plan.fee, None
        rows["fee",] = fee
    for row in rows.values():
        row.save()


def _part_of(plan: InstallmentPlan, old: Receivable, *, kind: str, due_on: dt.date) -> Receivable:
    """A part of a debt, of no amount yet."""
    return Receivable(
        client_id=old.client_id,
        invoice_id=old.invoice_id,
        about_id=old.about_id,
        kind=kind,
        currency=old.currency,
        due_on=due_on,
        reference=old.reference,
        amount=ZERO,
        plan=plan,
    )


def _check_untouched(plan: InstallmentPlan) -> None:
    parts = Receivable.objects.filter(plan=plan)
    if parts.exclude(**UNTOUCHED).exists():
        raise PlanOutdated(_("Something was already paid or credited on this plan."))
    if Receivable.objects.filter(about__plan=plan, balance__gt=0).exists():
        raise PlanOutdated(_("Interest was claimed on a payment of this plan."))
    offered = PlanDebt.objects.filter(
        receivable__plan=plan, plan__state=InstallmentPlan.State.PROPOSED
    )
    if offered.exists():
        raise PlanOutdated(_("A newer plan for these payments is on offer: withdraw it first."))


def _give_back(plan: InstallmentPlan) -> None:
    for part in Receivable.objects.filter(plan=plan).order_by("id"):
        replace_in(receivable_id=part.pk, amount=part.balance, plan=None)
    for debt in PlanDebt.objects.filter(plan=plan).order_by("receivable_id"):
        restore_to(receivable_id=debt.receivable_id, amount=debt.amount)


def _record_answer(
    plan: InstallmentPlan,
    act: str,
    user: User | None,
    now: dt.datetime,
    after: dict[str, str],
) -> None:
    record(act=act, subject=plan, user=user, at=now, after=after, actor="CLIENT")
