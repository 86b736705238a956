"""What the owner has sent before he came: where each old debt enters its ladder."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.errors import DomainError
from dunning.cases import decide_anew, profile_of
from dunning.entering import (
    ANSWERS,
    AS_SAID,
    LEAVE,
    STEP_OF,
    OldDebt,
    age_of,
    good_payers,
    left_alone,
    left_alone_because,
    old_cases,
    old_debts,
)
from dunning.first_wave import lay_first_wave
from dunning.models import Case, Pause
from dunning.services.preferences import set_preferences
from tenants.audit import record
from tenants.models import Business, User
from tenants.scope import tenant_atomic


class CannotEnter(DomainError):
    """Nothing can be said any more, or not this, of what was sent before."""


@tenant_atomic()
def enter_debts(
    *, answers: Mapping[str, str], user: User | None, today: dt.date, now: dt.datetime
) -> int:
    """Let old debts enter their ladders as answered, by the key of their age; returns how many.

    An age without an answer, or answered AS_SAID, is left as it is. Debts of which something has
    been said from here meanwhile are left too. May be answered anew until then.

    Raises:
        CannotEnter: an answer that nobody can give to debts of that age.
    """
    _lock({*old_cases().values_list("client_id", flat=True)})
    chosen: dict[str, list[OldDebt]] = defaultdict(list)
    counts: Counter[str] = Counter()
    for debt in old_debts():
        age = age_of(debt.due_on, today)
        answer = answers.get(age.key, AS_SAID)
        if answer == AS_SAID:
            continue
        if answer not in age.answers:
            raise CannotEnter(_("This cannot be said of debts of that age."))
        chosen[answer].append(debt)
        counts[f"{age.key}:{answer}"] += 1
    _write(chosen, user, today)
    record(
        act="enter_old_debts",
        subject=Business.objects.get(),
        user=user,
        at=now,
        after=dict(counts),
    )
    return sum(counts.values())


@tenant_atomic()
def enter_debt(
    *, case: Case, answer: str, user: User | None, today: dt.date, now: dt.datetime
) -> None:
    """The same of one old debt: the exception to its age.

    Raises:
        CannotEnter: something has been said of it from here, or an answer unfit for its age.
    """
    _lock([case.client_id])
    found = old_debts(old_cases().filter(pk=case.pk))
    if not found:
        raise CannotEnter(_("This debt is on its ladder already: pause it, or take its next step."))
    if answer not in age_of(found[0].due_on, today).answers:
        raise CannotEnter(_("This cannot be said of debts of that age."))
    _write({answer: found}, user, today)
    record(
        act="enter_old_debt",
        subject=case,
        user=user,
        at=now,
        before={"answer": found[0].answer},
        after={"answer": answer},
    )


@tenant_atomic()
def accept_good_payers(*, user: User | None, today: dt.date, now: dt.datetime) -> int:
    """Give every client proposed by `good_payers` his days of grace; returns how many clients."""
    proposed = good_payers()
    _lock([payer.client_id for payer in proposed])
    for payer in proposed:
        set_preferences(
            client=Client.objects.get(pk=payer.client_id),
            user=user,
            today=today,
            now=now,
            no_pre_due=profile_of(payer.client_id).no_pre_due,
            first_word_after_days=payer.first_word,
            never_remind=False,
        )
    return len(proposed)


def _lock(client_ids: Collection[int]) -> None:
    """The clients one by one by their id, as everybody does."""
    rows = Client.objects.select_for_update(no_key=True).filter(pk__in=client_ids).order_by("pk")
    len(rows.values_list("pk"))


def _write(chosen: Mapping[str, list[OldDebt]], user: User | None, today: dt.date) -> None:
    touched = [debt for debts in chosen.values() for debt in debts]
    for answer in ANSWERS:
        if debts := chosen.get(answer):
            _enter(answer, debts, user, today)
    decide_anew([debt.case for debt in touched], today=today)
    lay_first_wave(today=today, client_ids={debt.client for debt in touched})


def _enter(answer: str, debts: list[OldDebt], user: User | None, today: dt.date) -> None:
    cases = [debt.case for debt in debts]
    Case.objects.filter(pk__in=cases).update(
        entry_step=STEP_OF.get(answer, ""), entered_on=today, starts_on=None
    )
    if answer != LEAVE:
        left_alone().filter(case_id__in=cases).update(ended_on=today)
        return
    Pause.objects.bulk_create(
        Pause(
            client_id=debt.client,
            case_id=debt.case,
            reason=left_alone_because(),
            started_on=today,
            started_by=user,
        )
        for debt in debts
        if debt.answer != LEAVE
    )
