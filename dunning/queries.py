"""Reads for the pages of dunning; each costs a fixed number of queries."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Sum

from clients.models import Message
from dunning.models import Approval, Case, Profile, Reminder
from dunning.silent_cases import SilentLine, why_of
from dunning.words import sentence_for_many, step_name

# Questions that wait for the owner, to be counted.
ASKED_ROWS: Final = (
    "SELECT 1 FROM dunning_approval WHERE tenant_id = %(tenant)s AND state = 'ASKED'"
)
NAMED = 100  # silent cases shown by name
# having a day to come back on is no silence the owner needs to end
_PASSING = ("", "NOT_YET", "CAPPED", "MERGED", "PAID", "CANCELLED", "WRITTEN_OFF")


@dataclass(frozen=True, slots=True)
class Silence:
    """One reason for silence: how many debts, how much, and some of them by name."""

    reason: str
    sentence: str
    count: int
    total: Decimal
    lines: list[SilentLine]


def silences() -> list[Silence]:
    """The debts about which nothing will be said until something happens, by reason."""
    silent = Case.objects.filter(state=Case.State.OPEN).exclude(silence__in=_PASSING)
    counted = silent.values("silence").annotate(n=Count("pk"), total=Sum("receivable__balance"))
    named: dict[str, list[SilentLine]] = defaultdict(list)
    shown = silent.select_related("client", "invoice", "receivable").order_by(
        "-receivable__balance"
    )
    for case in shown[:NAMED]:
        named[case.silence].append(SilentLine(case, case.receivable.balance, why_of(case)))
    return [
        Silence(
            row["silence"],
            sentence_for_many(row["silence"]),
            row["n"],
            row["total"],
            named[row["silence"]],
        )
        for row in counted.order_by("-total")
    ]


def failed_cases() -> list[Case]:
    """Cases that a run could not decide, set aside until tomorrow."""
    failed = Case.objects.filter(state=Case.State.OPEN, failures__gt=0)
    return list(failed.select_related("client", "invoice").order_by("id")[:NAMED])


def last_run(on: dt.date) -> list[tuple[str, int]]:
    """How many reminders were taken by step on the day of the last run."""
    rows = Reminder.objects.filter(taken_on=on).exclude(state=Reminder.State.CANCELLED)
    counted = rows.values("step").annotate(n=Count("pk")).order_by("step")
    return [(step_name(row["step"]), row["n"]) for row in counted]


def asked() -> list[Approval]:
    """The questions that wait for the owner, the hardest and oldest first."""
    waiting = Approval.objects.filter(state=Approval.State.ASKED)
    return list(
        waiting.select_related("case__client", "case__invoice", "case__receivable").order_by(
            "asked_on", "id"
        )
    )


def answered_today(today: dt.date) -> list[Approval]:
    """What the owner said yes or no to today and nobody has heard of yet: it can be taken back."""
    same = {"case": OuterRef("case"), "step": OuterRef("step"), "cycle": OuterRef("cycle")}
    done = Reminder.objects.filter(state=Reminder.State.DONE, **same)
    answered = Approval.objects.filter(
        ~Exists(done),
        state__in=[Approval.State.GRANTED, Approval.State.REFUSED],
        answered_on=today,
    )
    return list(
        answered.select_related("case__client", "case__invoice", "case__receivable").order_by("-id")
    )


def latest_agreement(now: dt.datetime) -> tuple[uuid.UUID, int, dt.datetime] | None:
    """The last yes of the day to ladders: its key, to how many clients, and when; one query."""
    agreed = Profile.objects.filter(
        agreed_with__isnull=False, approved_at__gte=now - dt.timedelta(hours=24)
    ).order_by()
    found = agreed.values_list("agreed_with").annotate(n=Count("pk"), at=Max("approved_at"))
    return found.order_by("-at").first()


def waiting_approvals() -> QuerySet[Approval]:
    """What waits for the owner to agree."""
    return Approval.objects.filter(state=Approval.State.ASKED)


def next_by_client(client_ids: Sequence[int]) -> Mapping[int, tuple[dt.date, str]]:
    """The next day and step of each client; one query."""
    rows = (
        Case.objects.filter(
            client_id__in=client_ids, state=Case.State.OPEN, next_action_on__isnull=False
        )
        .order_by("client_id", "next_action_on")
        .distinct("client_id")
    )
    return {
        client_id: (on, step)
        for client_id, on, step in rows.values_list("client_id", "next_action_on", "next_step")
        if on is not None
    }


def held() -> int:
    """How many messages wait to leave."""
    return Message.objects.filter(state=Message.State.QUEUED, channel=Message.Channel.EMAIL).count()
