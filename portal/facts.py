"""What a pay page shows: the link's own debts as they stand now, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from invoices.models import Invoice, Receivable
from payments.accounts import credentials_of, enabled_account, gateway_of
from payments.attempts import can_pay_online
from payments.covered import Covered, covered_by
from payments.models import Attempt, GatewayAccount, PayLink
from portal.transfer import TransferBlock, transfer_block
from tenants.models import Business

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Debt:
    """One line of the page; amounts in the page's currency."""

    number: str
    label: str
    due_on: dt.date
    balance: Decimal
    invoice: Invoice
    has_document: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One day of an agreed plan, as far as the link covers it; `chip` is its state."""

    due_on: dt.date
    amount: Decimal
    left: Decimal
    chip: str


@dataclass(frozen=True, slots=True)
class PayPage:
    """A pay page at one moment; `state`: PAID, PENDING, CLOSED, OVERDUE, DUE_TODAY or DUE.

    `amount` is what is asked now; `whole` is all that the link still covers, more than that only
    while a plan has parts to come (`parts`).
    """

    rows: Sequence[Receivable]
    debts: Sequence[Debt]
    currency: str
    amount: Decimal
    state: str
    said: str
    due_on: dt.date
    paid_on: dt.date | None
    invoice: Invoice | None
    items: Sequence[dict[str, object]]
    can_pay: bool
    is_demo: bool
    origins: Sequence[str]
    transfer: TransferBlock | None
    business: Business | None
    parts: Sequence[Part] = ()
    whole: Decimal = ZERO

    @property
    def has_more(self) -> bool:
        return self.is_open and self.whole > self.amount

    @property
    def is_open(self) -> bool:
        return self.state in {"OVERDUE", "DUE_TODAY", "DUE"}


def pay_page(link: PayLink, *, today: dt.date) -> PayPage:
    """Read what a link asks for now; inside a scope. Six queries, seven under an agreed plan."""
    covered = covered_by(link)
    rows, open_rows = covered.rows, covered.asked(today)
    amount = sum((row.balance for row in open_rows), ZERO)
    account = enabled_account()
    business = Business.objects.first()
    first_due = min(row.due_on for row in open_rows or rows)
    state = _state(rows, open_rows, first_due, today)
    invoice = _single_own_invoice(rows)
    return PayPage(
        rows=rows,
        debts=[_debt(row) for row in (open_rows or rows)],
        currency=rows[0].currency,
        amount=amount,
        state=state,
        said=_said(state, first_due, today),
        due_on=first_due,
        paid_on=max((row.settled_on for row in rows if row.settled_on), default=None),
        invoice=invoice,
        items=_items(invoice),
        can_pay=state not in {"PAID", "PENDING", "CLOSED"} and can_pay_online(account, amount),
        is_demo=account is not None and account.gateway == GatewayAccount.Key.SANDBOX,
        origins=gateway_of(account).page_origins(credentials_of(account)) if account else (),
        transfer=transfer_block(business, open_rows, amount),
        business=business,
        parts=_parts(covered, today),
        whole=sum((row.balance for row in rows), ZERO),
    )


def is_pending(receivables: Sequence[Receivable]) -> bool:
    """Whether the bank is confirming a payment of one of these."""
    return Attempt.objects.filter(
        state=Attempt.State.PROCESSING,
        targets__receivable__in=receivables,
        targets__is_live=True,
    ).exists()


def _parts(covered: Covered, today: dt.date) -> list[Part]:
    """The plan by days; nothing when no plan took the place of a debt."""
    by_day: dict[dt.date, list[Receivable]] = {}
    for row in covered.parts:
        if row.amount > row.replaced:
            by_day.setdefault(row.due_on, []).append(row)
    return [_part(day, by_day[day], today) for day in sorted(by_day)]


def _part(day: dt.date, rows: Sequence[Receivable], today: dt.date) -> Part:
    left = sum((row.balance for row in rows), ZERO)
    states = ((left == ZERO, "PAID"), (day < today, "OVERDUE"), (day == today, "DUE_TODAY"))
    return Part(
        due_on=day,
        amount=sum((row.amount - row.replaced for row in rows), ZERO),
        left=left,
        chip=next((chip for holds, chip in states if holds), "DUE"),
    )


def _state(
    rows: Sequence[Receivable],
    asked: Sequence[Receivable],
    first_due: dt.date,
    today: dt.date,
) -> str:
    if not asked:
        return "PAID" if any(row.allocated for row in rows) else "CLOSED"
    if is_pending(asked):
        return "PENDING"
    if first_due < today:
        return "OVERDUE"
    return "DUE_TODAY" if first_due == today else "DUE"


def _said(state: str, first_due: dt.date, today: dt.date) -> str:
    if state == "PENDING":
        return _("Payment being confirmed")
    if state == "OVERDUE":
        days = (today - first_due).days
        return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
    return ""


def _single_own_invoice(rows: Sequence[Receivable]) -> Invoice | None:
    invoices = {row.invoice_id: row.invoice for row in rows}
    if len(invoices) > 1:
        return None
    invoice = rows[0].invoice
    return invoice if invoice.origin == Invoice.Origin.OWN else None


def _items(invoice: Invoice | None) -> Sequence[dict[str, object]]:
    if invoice is None:
        return ()
    names = ("description", "quantity", "unit", "unit_price", "net")
    return list(invoice.lines.order_by("position").values(*names))


def _debt(row: Receivable) -> Debt:
    label = "" if row.kind == Receivable.Kind.INSTALLMENT else row.get_kind_display()
    if row.plan_id and not label:
        label = _("part of the instalment plan")
    return Debt(
        number=row.invoice.number or "",
        label=str(label),
        due_on=row.due_on,
        balance=row.balance,
        invoice=row.invoice,
        has_document=row.invoice.document_id is not None,
    )
