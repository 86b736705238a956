"""How one client likes to be reminded."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.errors import DomainError
from dunning.cases import decide_clients_anew, profile_of
from dunning.ladders import PLAN
from dunning.models import Case, Policy, Profile
from invoices.ledger import lock_client
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic

MOST_DAYS = 90


class AbsurdPreference(DomainError):
    """No client is given that many days."""


@tenant_atomic()
def set_preferences(
    *,
    client: Client,
    user: User | None,
    today: dt.date,
    now: dt.datetime,
    no_pre_due: bool,
    first_word_after_days: int,
    never_remind: bool,
    policy: Policy | None = None,
) -> Profile:
    """Say "no J-1", "first word after N days" (0: as the ladder has it), "never remind".

    A policy given here is taken by the client's open cases from now on, save those of a plan.

    Raises:
        AbsurdPreference: more than 90 days.
    """
    if not 0 <= first_word_after_days <= MOST_DAYS:
        raise AbsurdPreference(_("The first word comes within %(most)s days."), most=MOST_DAYS)
    lock_client(client.pk)
    profile = profile_of(client.pk)
    profile.no_pre_due = no_pre_due
    profile.first_word_after_days = first_word_after_days
    profile.never_remind = never_remind
    if policy is not None:
        profile.policy = policy
        own = Case.objects.filter(client=client, state=Case.State.OPEN)
        own.exclude(policy__key=PLAN.key).update(policy=policy)
    profile.save()
    record(
        act="dunning_preferences",
        subject=client,
        user=user,
        at=now,
        after={
            "no_pre_due": no_pre_due,
            "first_word_after_days": first_word_after_days,
            "never_remind": never_remind,
        },
    )
    decide_clients_anew([client.pk], today=today)
    return profile
