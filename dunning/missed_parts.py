"""The missed parts of a plan that wait for the owner's decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from dunning.ladders import PLAN
from dunning.models import Case, Pause
from invoices.models import InstallmentPlan
from invoices.plan_reading import PartProgress


def undecided(
    plan: InstallmentPlan, missed: Sequence[PartProgress], today: dt.date
) -> list[PartProgress]:
    """The missed parts of which the owner has said neither "more time" nor "chase it"."""
    if not missed:
        return []
    in_peace = Pause.objects.filter(case=OuterRef("pk"), ended_on=None, until__gte=today)
    cases = Case.objects.filter(
        receivable__plan=plan, state=Case.State.OPEN, policy__key=PLAN.key
    ).exclude(Exists(in_peace))
    days = set(cases.values_list("receivable__due_on", flat=True))
    return [part for part in missed if part.due_on in days]
