"""A formal notice before it exists: what would be claimed, and its paper; stores nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.core.serializers.json import DjangoJSONEncoder

from clients.models import Client
from clients.services.outbox import language_for
from dunning.claims import Claim, claim_of
from dunning.models import Approval, Case, Notice
from dunning.notice_letters import NO_NUMBER
from dunning.notices import Ticks, claim_line, notice_from
from dunning.silent_cases import SilentLine, other_lines

ZERO = Decimal(0)
ALL = Ticks(principal=True, late_fees=True, indemnity=True)


@dataclass(frozen=True)
class Line:
    """One debt that a formal notice may claim."""

    approval: Approval
    claim: Claim
    ticks: Ticks

    @property
    def case(self) -> Case:
        return self.approval.case

    @property
    def balance(self) -> Decimal:
        balance: Decimal = self.case.receivable.balance
        return balance

    @cached_property
    def total(self) -> Decimal:
        """What the ticks ask of this debt."""
        parts = (
            (self.ticks.principal, self.balance),
            (self.ticks.late_fees, self.claim.interest),
            (self.ticks.indemnity, self.claim.indemnity),
        )
        return sum((amount for ticked, amount in parts if ticked), ZERO)


@dataclass(frozen=True)
class Proposal:
    """The formal notice put to the owner: its tickable lines, and the debts that stay out."""

    client: Client
    currency: str
    lines: Sequence[Line]
    left_out: Sequence[SilentLine]
    today: dt.date

    @property
    def taken(self) -> list[Line]:
        return [line for line in self.lines if line.ticks.any]

    @cached_property
    def notice(self) -> Notice | None:
        """The notice as it would be written today; never saved."""
        if not self.taken:
            return None
        lines = [claim_line(line.case, line.claim, line.ticks, made=()) for line in self.taken]
        frozen = json.loads(json.dumps(lines, cls=DjangoJSONEncoder))
        return notice_from(
            frozen,
            client_id=self.client.pk,
            number=NO_NUMBER,
            language=language_for(self.client, None),
            currency=self.currency,
            today=self.today,
        )


def propose_ahead(client: Client, cases: Sequence[Case], *, on: dt.date) -> Proposal:
    """The notice that a day to come would ask the owner about, with everything ticked.

    The cases are of one currency, with their receivables; the questions are not asked yet.
    """
    lines = [
        Line(
            approval=Approval(case=case, step="FORMAL_NOTICE"),
            claim=claim_of(case.receivable, today=on),
            ticks=ALL,
        )
        for case in sorted(cases, key=lambda each: (each.receivable.due_on, each.pk))
    ]
    return Proposal(client, cases[0].receivable.currency, lines, [], on)


def propose(
    client: Client, *, currency: str, today: dt.date, ticks: Mapping[str, Ticks] | None = None
) -> Proposal:
    """What the formal notice to a client would claim today; `ticks` by public id of approval.

    A notice has one currency: debts in another one are put in a notice of their own.
    """
    asked = (
        Approval.objects.select_related("case__receivable__client", "case__invoice")
        .filter(
            case__client=client,
            case__receivable__currency=currency,
            step="FORMAL_NOTICE",
            state=Approval.State.ASKED,
        )
        .order_by("case__receivable__due_on", "id")
    )
    none = Ticks(principal=False, late_fees=False, indemnity=False)
    lines = [
        Line(
            approval=approval,
            claim=claim_of(approval.case.receivable, today=today),
            ticks=ALL if ticks is None else ticks.get(str(approval.public_id), none),
        )
        for approval in asked
    ]
    about = [line.case.pk for line in lines]
    return Proposal(client, currency, lines, other_lines(client, without=about, today=today), today)
