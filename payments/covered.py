"""What a link covers at this moment: an agreed plan's parts stand where its debts stood.

A link printed in an invoice's PDF or mailed before a plan was agreed must neither ask for a debt
that the plan replaced nor say that nothing is owed: it follows to the parts of the same invoice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoices.models import InstallmentPlan, Receivable
from payments.models import PayLink

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Covered:
    """The link's own receivables, and the plan's parts that took their place."""

    own: Sequence[Receivable]
    parts: Sequence[Receivable]

    @property
    def rows(self) -> list[Receivable]:
        return sorted([*self.own, *self.parts], key=lambda row: (row.due_on, row.pk))

    def asked(self, today: dt.date) -> list[Receivable]:
        """What is to be paid now: what is owed, of a plan the parts due, else its next part.

        A part that a message named itself is asked whenever the message is opened.
        """
        later = [row for row in self.parts if row.balance > ZERO]
        now = [row for row in self.own if row.balance > ZERO]
        now += [row for row in later if row.due_on <= today]
        if not now and later:
            following = min(row.due_on for row in later)
            now = [row for row in later if row.due_on == following]
        return sorted(now, key=lambda row: (row.due_on, row.pk))


def covered_by(link: PayLink) -> Covered:
    """Read what a link covers; inside a scope. One query, and one for each plan that followed."""
    own = list(
        Receivable.objects.filter(pay_link_items__link=link)
        .select_related("invoice")
        .order_by("due_on", "id")
    )
    parts: list[Receivable] = []
    found = own
    while found := _parts_instead_of(found, is_printed=link.is_printed):
        parts += found
    return Covered(own, parts)


def _parts_instead_of(rows: Sequence[Receivable], *, is_printed: bool) -> list[Receivable]:
    """The parts that replaced these, of the same invoice and sort.

    A plan's fee is nothing that the PDF of an invoice told: a printed link does not show it.
    """
    replaced = {
        (row.replaced_by_id, row.invoice_id, row.kind, row.about_id)
        for row in rows
        if row.replaced_by_id and row.replaced
    }
    if not replaced:
        return []
    agreed = Receivable.objects.filter(
        plan__in={plan_id for plan_id, *_which in replaced},
        plan__state=InstallmentPlan.State.AGREED,
    )
    invoices = {(plan_id, invoice_id) for plan_id, invoice_id, *_which in replaced}
    return [
        part
        for part in agreed.select_related("invoice").order_by("due_on", "id")
        if (part.plan_id, part.invoice_id, part.kind, part.about_id) in replaced
        or (
            part.kind == Receivable.Kind.PLAN_FEE
            and not is_printed
            and (part.plan_id, part.invoice_id) in invoices
        )
    ]
