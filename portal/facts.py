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
from payments.links import receivables_of
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
class PayPage:
    """A pay page at one moment; `state`: PAID, PENDING, CLOSED, OVERDUE, DUE_TODAY or DUE."""

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

    @property
    def is_open(self) -> bool:
        return self.state in {"OVERDUE", "DUE_TODAY", "DUE"}


def pay_page(link: PayLink, *, today: dt.date) -> PayPage:
    """Read what a link asks for now; inside a scope. Six queries, whatever the link covers."""
    rows = receivables_of(link)
    amount = sum((row.balance for row in rows), ZERO)
    account = enabled_account()
    business = Business.objects.first()
    open_rows = [row for row in rows if row.balance > ZERO]
    first_due = min(row.due_on for row in open_rows or rows)
    state = _state(rows, amount, first_due, today)
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
    )


def is_pending(receivables: Sequence[Receivable]) -> bool:
    """Whether the bank is confirming a payment of one of these."""
    return Attempt.objects.filter(
        state=Attempt.State.PROCESSING,
        targets__receivable__in=receivables,
        targets__is_live=True,
    ).exists()


def _state(rows: Sequence[Receivable], amount: Decimal, first_due: dt.date, today: dt.date) -> str:
    if amount == ZERO:
        return "PAID" if any(row.allocated for row in rows) else "CLOSED"
    if is_pending(rows):
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
    return Debt(
        number=row.invoice.number or "",
        label=str(label),
        due_on=row.due_on,
        balance=row.balance,
        invoice=row.invoice,
        has_document=row.invoice.document_id is not None,
    )
