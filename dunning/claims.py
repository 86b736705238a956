"""What a late debt may be claimed for: principal, interest as far as rates are known, indemnity."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q

from dunning.models import Notice
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
from invoices.services.fees import CLAIMS
from legal.queries import rates_between, threshold
from payments.models import Allocation
from tenants.models import Business

ZERO = Decimal(0)
INDEMNITY_CURRENCY = "EUR"  # C. com. D441-5 fixes a sum in euros, and no rate to change it by


@dataclass(frozen=True, slots=True)
class Claim:
    """One late debt on a day. Amounts in the debt's currency, interest rounded once, half-up.

    `interest` and `indemnity` are what is still owed of them: less what was paid or waived of
    earlier claims. `standing` are those earlier claims that are still open: id and balance.
    """

    receivable: Receivable
    statement: InterestStatement
    whole_indemnity: Decimal
    settled: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    standing: dict[int, Decimal] = field(default_factory=dict)

    @property
    def whole_interest(self) -> Decimal:
        """All the interest of the delay, whether it was claimed before or not."""
        return self.statement.interest - self.statement.interest_paid

    @property
    def interest(self) -> Decimal:
        return max(self.whole_interest - self.settled[Receivable.Kind.LATE_FEE], ZERO)

    @property
    def interest_settled(self) -> Decimal:
        """What was paid or waived of that interest: all of it − settled = what is claimed."""
        return self.whole_interest - self.interest

    @property
    def indemnity(self) -> Decimal:
        settled = self.settled[Receivable.Kind.RECOVERY_INDEMNITY]
        return max(self.whole_indemnity - settled, ZERO)

    @property
    def reserved_from(self) -> dt.date | None:
        """The first day whose interest is not reckoned, because its rate is not known yet."""
        if self.statement.is_complete:
            return None
        known = self.statement.known_until
        return (known or self.receivable.due_on) + dt.timedelta(days=1)


def claim_of(receivable: Receivable, *, today: dt.date) -> Claim:
    """Reckon what a business owes on a late debt through `today` (C. com. L441-10 II, D441-5)."""
    taken_off = receivable.credited + receivable.written_off + receivable.replaced
    principal = receivable.amount - taken_off
    statement = late_interest(
        principal=principal,
        after=receivable.due_on,
        until=today,
        rule=_rule(today),
        rates=rates_between(receivable.due_on, today),
        payments=_part_payments(receivable),
    )
    claim = Claim(receivable, statement, _indemnity(receivable, today))
    _read_earlier(claim, given_up(receivable.client_id))
    return claim


def given_up(client_id: int) -> set[int]:
    """The claims (ids) of notices that never left: waived by the withdrawal, not by anybody."""
    notices = Notice.objects.filter(client_id=client_id).exclude(withdrawn_at=None)
    return {pk for pks in notices.values_list("given_up", flat=True) for pk in pks}


def _indemnity(receivable: Receivable, today: dt.date) -> Decimal:
    if receivable.currency != INDEMNITY_CURRENCY or _bears_indemnity_elsewhere(receivable, today):
        return ZERO
    return recovery_indemnity(
        client_kind=receivable.client.kind,
        due_on=receivable.due_on,
        settled_on=receivable.settled_on,
        today=today,
        amount=threshold("RECOVERY_INDEMNITY", today),
    )


def _bears_indemnity_elsewhere(receivable: Receivable, today: dt.date) -> bool:
    """Whether a part's indemnity is asked on another debt of its invoice: one invoice owes one.

    It was claimed before the plan, or it falls on the first part that is late.
    """
    if receivable.plan_id is None:
        return False
    same = Receivable.objects.filter(invoice_id=receivable.invoice_id)
    claimed = same.filter(kind=Receivable.Kind.RECOVERY_INDEMNITY).exclude(about=receivable)
    if claimed.exclude(pk__in=given_up(receivable.client_id)).exists():
        return True
    earlier = Q(due_on__lt=receivable.due_on) | Q(due_on=receivable.due_on, pk__lt=receivable.pk)
    late = same.filter(earlier, kind=Receivable.Kind.INSTALLMENT, balance__gt=0, due_on__lt=today)
    return late.exists()


def _read_earlier(claim: Claim, withdrawn: Collection[int]) -> None:
    """What was claimed of this debt before: what is settled of it, and what is still open."""
    rows = Receivable.objects.filter(about=claim.receivable, kind__in=CLAIMS)
    for pk, kind, amount, lost, balance, replaced in rows.values_list(
        "pk", "kind", "amount", "written_off", "balance", "replaced"
    ):
        claim.settled[kind] += amount - replaced - balance - (lost if pk in withdrawn else ZERO)
        if balance > ZERO:
            claim.standing[pk] = balance


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
