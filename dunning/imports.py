"""Imports that are undone: what dunning did about a debt, or its silent case taken away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunning.models import (
    Approval,
    ApprovalLink,
    Case,
    Dispute,
    OwnWords,
    Pause,
    Profile,
    Promise,
    Reminder,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def steps_taken(receivable_ids: Collection[int], since: dt.datetime) -> dict[int, StrOrPromise]:
    """Debts of which somebody has spoken since: a reminder, a decision, a promise, an answer."""
    day = since.date()
    cases = Case.objects.filter(receivable_id__in=receivable_ids)
    spoken: list[tuple[Q, StrOrPromise]] = [
        (Q(says_paid_on__gte=day), _("The client says that it is paid.")),
        (
            Q(
                pk__in=Dispute.objects.filter(opened_by__isnull=False, opened_on__gte=day).values(
                    "case"
                )
            ),
            _("It is disputed."),
        ),
        (
            Q(pk__in=Promise.objects.filter(recorded_on__gte=day).values("case")),
            _("A payment is promised."),
        ),
        (
            Q(pk__in=Approval.objects.filter(answered_on__gte=day).values("case")),
            _("You decided about a reminder."),
        ),
        (
            Q(pk__in=Reminder.objects.filter(created_at__gte=since).values("case")),
            _("A reminder about it is written or sent."),
        ),
    ]
    found: dict[int, StrOrPromise] = {}
    for which, reason in spoken:
        found |= dict.fromkeys(cases.filter(which).values_list("receivable_id", flat=True), reason)
    return found


def forget_cases(receivable_ids: Collection[int]) -> None:
    """Delete cases of which nobody has spoken, and what the import itself put on them."""
    cases = Case.objects.filter(receivable_id__in=receivable_ids)
    ids = list(cases.values_list("pk", flat=True))
    ApprovalLink.objects.filter(approval__case_id__in=ids).delete()
    for model in (Approval, Dispute, Promise, Pause):
        model.objects.filter(case_id__in=ids).delete()
    cases.delete()


def forget_profiles(client_ids: Collection[int]) -> None:
    """Delete how clients would have been reminded."""
    Pause.objects.filter(client_id__in=client_ids, case=None).delete()
    Profile.objects.filter(client_id__in=client_ids).delete()
    OwnWords.objects.filter(client_id__in=client_ids).delete()
