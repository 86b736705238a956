"""What a late debt may be claimed for: principal, interest as far as rates are known, indemnity."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from invoices.late_fees import (
    InterestStatement,
    PartPayment,
    RateRule,
    business_rule,
    contract_rule,
    late_interest,
    recovery_indemnity,
)
from invoices.models import Receivable
from legal.queries import rates_between, threshold
from payments.models import Allocation
from tenants.models import Business

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Claim:
    """One late debt on a day. Amounts in the debt's currency, interest rounded once, half-up."""

    receivable: Receivable
    statement: InterestStatement
    indemnity: Decimal

    @property
    def interest(self) -> Decimal:
        return self.statement.interest - self.statement.interest_paid

    @property
    def reserved_from(self) -> dt.date | None:
        """The first day whose interest is not reckoned, because its rate is not known yet."""
        if self.statement.is_complete:
            return None
        known = self.statement.known_until
        return (known or self.receivable.due_on) + dt.timedelta(days=1)


def claim_of(receivable: Receivable, *, today: dt.date) -> Claim:
    """Reckon what a business owes on a late debt through `today` (C. com. L441-10 II, D441-5)."""
    principal = receivable.amount - receivable.credited - receivable.written_off
    statement = late_interest(
        principal=principal,
        after=receivable.due_on,
        until=today,
        rule=_rule(today),
        rates=rates_between(receivable.due_on, today),
        payments=_part_payments(receivable),
    )
    indemnity = recovery_indemnity(
        client_kind=receivable.client.kind,
        due_on=receivable.due_on,
        settled_on=receivable.settled_on,
        today=today,
        amount=threshold("RECOVERY_INDEMNITY", today),
    )
    return Claim(receivable, statement, indemnity)


def _rule(day: dt.date) -> RateRule:
    contractual = Business.objects.values_list("late_fee_rate", flat=True).get()
    if contractual is not None:
        return contract_rule(contractual)
    return business_rule(threshold("ECB_MARGIN_BUSINESS", day))


def _part_payments(receivable: Receivable) -> list[PartPayment]:
    rows = Allocation.objects.filter(receivable=receivable, undone_at=None)
    return [
        PartPayment(received_on, amount)
        for received_on, amount in rows.values_list("payment__received_on", "amount")
    ]
