"""The one PDF of an instalment plan: made after the commit, stored with its hash, never again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import cast

from django.db.models import QuerySet
from django.utils import translation

from clients.queries import contact_of
from clients.wake import wake_mail
from invoices.documents.data import Language, PaymentBlock
from invoices.documents.plan import PlanData, PlanDebtLine, PlanPartLine
from invoices.models import InstallmentPlan, PlanDebt, PlanPart, Receivable
from invoices.parties import frozen_buyer, frozen_seller
from invoices.printing import buyer_of, payment_block, seller_of
from tenants.files import store_file
from tenants.models import Business, StoredFile
from tenants.scope import assert_no_open_scope, current_tenant, tenant_atomic

PDF = "application/pdf"
LONGEST_REFERENCE = 140  # what a transfer's free text holds
AT_ONCE = 50
# what was proposed a moment ago has its own task already
PATIENCE = dt.timedelta(minutes=2)
NAMES = {"fr": "echeancier", "en": "instalment-plan"}


def render_plan(*, plan_id: int) -> StoredFile | None:
    """Print a plan and keep it with its hash; None when there is nothing (more) to print.

    Called under an identity and outside any scope: printing takes a while. Of two workers at once
    the first to commit is kept.
    """
    assert_no_open_scope()
    from invoices.documents.render import render_plan as print_plan  # noqa: PLC0415 -- 0.6 s

    with tenant_atomic():
        plan = _unrendered().filter(pk=plan_id).first()
        if plan is None:
            return None
        data = plan_data(plan)
    content = print_plan(data)
    with tenant_atomic():
        if _unrendered().select_for_update().filter(pk=plan_id).first() is None:
            return None
        stored = store_file(content=content, name=file_name(plan), media_type=PDF)
        InstallmentPlan.objects.filter(pk=plan_id).update(
            document=stored, document_sha256=stored.sha256
        )
        wake_mail()
    return stored


def waiting_plans(now: dt.datetime) -> list[int]:
    """Plans whose own task must have been lost; inside a scope."""
    late = _unrendered().filter(created_at__lt=now - PATIENCE)
    return list(late.order_by("id").values_list("pk", flat=True)[:AT_ONCE])


def file_name(plan: InstallmentPlan) -> str:
    """The name under which a plan is attached and downloaded."""
    return f"{NAMES[plan.language]}-{plan.proposed_on.isoformat()}.pdf"


def plan_data(plan: InstallmentPlan) -> PlanData:
    """Put a plan into the printer's terms; inside a scope."""
    business = Business.objects.select_related("logo").get()
    seller = frozen_seller(business, current_tenant())
    debts = list(_debts_of(plan))
    parts = list(PlanPart.objects.filter(plan=plan).order_by("position"))
    return PlanData(
        language=cast("Language", plan.language),
        place=business.city,
        proposed_on=plan.proposed_on,
        answer_by=plan.answer_by,
        seller=seller_of(seller),
        buyer=buyer_of(frozen_buyer(plan.client, contact_of(plan.client_id))),
        debts=[_debt_line(debt, plan.language) for debt in debts],
        parts=part_lines(plan.total, [(part.due_on, part.amount) for part in parts]),
        total=plan.total,
        fee=plan.fee,
        currency=plan.currency,
        payment=_payment(seller, plan, debts),
        identity=str(plan.public_id),
    )


def part_lines(
    total: Decimal, parts: Sequence[tuple[dt.date | None, Decimal]]
) -> list[PlanPartLine]:
    """Each part with what is paid up to it and what is left after it, in the plan's currency."""
    sums = accumulate(amount for _due_on, amount in parts)
    return [
        PlanPartLine(due_on, amount, cumulative, total - cumulative)
        for (due_on, amount), cumulative in zip(parts, sums, strict=True)
    ]


def _debts_of(plan: InstallmentPlan) -> QuerySet[PlanDebt]:
    rows = PlanDebt.objects.filter(plan=plan).select_related("receivable__invoice")
    return rows.order_by("receivable__due_on", "receivable_id")


def _debt_line(debt: PlanDebt, language: str) -> PlanDebtLine:
    row = debt.receivable
    with translation.override(language):
        is_invoice = row.kind == Receivable.Kind.INSTALLMENT
        label = "" if is_invoice else str(row.get_kind_display()).lower()
    return PlanDebtLine(
        number=row.invoice.number or "",
        issued_on=row.invoice.issued_on,
        due_on=row.due_on,
        amount=row.amount,
        paid=row.amount - debt.amount,
        remaining=debt.amount,
        label=label,
    )


def _payment(
    seller: dict[str, object], plan: InstallmentPlan, debts: Sequence[PlanDebt]
) -> PaymentBlock:
    """The bank details, named by the invoices: no code, each part has its own amount."""
    numbers = " ".join(dict.fromkeys(debt.receivable.invoice.number or "" for debt in debts))
    return payment_block(
        seller,
        amount=Decimal(0),
        currency=plan.currency,
        reference=numbers[:LONGEST_REFERENCE],
        pay_url="",
    )


def _unrendered() -> QuerySet[InstallmentPlan]:
    return InstallmentPlan.objects.filter(document=None).select_related("client")
