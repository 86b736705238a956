"""Debts about which nothing is said today, each with the reason in the owner's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from clients.models import Client
from dunning.models import Case
from dunning.words import sentence


@dataclass(frozen=True, slots=True)
class SilentLine:
    """One debt that stays out of what leaves."""

    case: Case
    balance: Decimal
    why: str


def other_lines(client: Client, *, without: Collection[int], today: dt.date) -> list[SilentLine]:
    """The client's other open debts, with why they are left out; one query."""
    cases = Case.objects.select_related("invoice", "receivable").filter(
        client=client, state=Case.State.OPEN
    )
    return [
        SilentLine(case, case.receivable.balance, why_of(case))
        for case in cases.exclude(pk__in=without).order_by("receivable__due_on", "id")
    ]


def why_of(case: Case) -> str:
    """Why a case is silent, as it was last decided."""
    until = case.silent_until
    if not case.silence:
        return sentence("NOT_YET", step=case.next_step, until=case.next_action_on)
    return sentence(case.silence, step=case.next_step, until=until)
