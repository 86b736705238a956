"""What the owner decides about a missed part of a plan: more time, or as any other debt."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from dunning.cases import decide_anew, profile_of
from dunning.ladders import PLAN
from dunning.models import Case
from dunning.services.silencing import pause
from invoices.ledger import lock_client
from invoices.models import InstallmentPlan
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic

MOST_TIME = dt.timedelta(days=92)


class NothingMissed(DomainError):
    """There is no decision to take about this plan."""


@tenant_atomic()
def give_more_time(
    *, plan: InstallmentPlan, until: dt.date, user: User | None, today: dt.date, now: dt.datetime
) -> int:
    """Say nothing of the missed parts through `until`; returns how many debts that is.

    The plan stands as it was agreed to: no date of it is changed, nothing is forgiven. Unpaid by
    then, the same decision comes back.

    Raises:
        NothingMissed: every part was paid, or is still within its grace.
        DomainError: the day has gone by, is today, or is more than three months away.
    """
    if not today < until <= today + MOST_TIME:
        raise DomainError(_("Give a day after today, within the next three months."))
    lock_client(plan.client_id)
    cases = _missed(plan, today)
    for case in cases:
        pause(
            client=plan.client,
            case=case,
            until=until,
            reason=translated("More time for a payment of the plan."),
            user=user,
            today=today,
            now=now,
        )
    record(act="give_more_time", subject=plan, user=user, at=now, after={"until": until})
    return len(cases)


@tenant_atomic()
def chase_as_usual(
    *, plan: InstallmentPlan, user: User | None, today: dt.date, now: dt.datetime
) -> int:
    """Chase the missed parts as any other debt of this client; returns how many debts that is.

    They go on where the plan's reminders stopped; a part that is not yet due stays in the plan,
    because one missed part makes that part alone due (C. civ. 1305-4).

    Raises:
        NothingMissed: every part was paid, or is still within its grace.
    """
    lock_client(plan.client_id)
    cases = [case.pk for case in _missed(plan, today)]
    ladder = profile_of(plan.client_id).policy
    Case.objects.filter(pk__in=cases).update(policy=ladder)
    record(act="chase_as_usual", subject=plan, user=user, at=now, after={"debts": len(cases)})
    decide_anew(cases, today=today)
    return len(cases)


def _missed(plan: InstallmentPlan, today: dt.date) -> list[Case]:
    """The cases of parts that are past their grace, and not decided on."""
    last = today - dt.timedelta(days=plan.grace_days)
    cases = Case.objects.filter(
        receivable__plan=plan,
        receivable__balance__gt=0,
        receivable__due_on__lt=last,
        state=Case.State.OPEN,
        policy__key=PLAN.key,
    )
    found = list(cases.order_by("pk"))
    if not found:
        raise NothingMissed(_("No payment of this plan is missed."))
    return found
