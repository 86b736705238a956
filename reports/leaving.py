"""What leaves next: the steps planned for the coming week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Count

from dunning.models import Case
from reports import places
from reports.together import Query, Row
from reports.words import day_name, step_name

SHOWN = 6
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Departure:
    """A planned step: whom it is for, about what, on which day."""

    day: str
    step: str
    client: str
    number: str
    url: str


@dataclass(frozen=True, slots=True)
class Leaving:
    rows: list[Departure]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


def planned_query(today: dt.date) -> Query:
    """The first steps of the week; they are decided afresh before they leave."""
    return (
        _planned(today)
        .order_by("next_action_on", "client_id", "id")
        .values(
            "next_action_on", "next_step", "client__name", "invoice__number",
            "invoice__public_id",
        )[:SHOWN]
    )  # fmt: skip


def planned_count_query(today: dt.date) -> Query:
    """How many there are; apart, so that nobody joins all of them to their clients to count."""
    return _planned(today).values("tenant_id").annotate(count=Count("id"))


def _planned(today: dt.date) -> models.QuerySet[Case]:
    """What is silent is not among them."""
    return (
        Case.objects.filter(
            state=Case.State.OPEN, next_action_on__lte=today + WEEK, receivable__balance__gt=0
        )
        .exclude(next_step__in=["", "HAND_OVER"])
        .exclude(silence="AWAITING_APPROVAL")
    )


def leaving(rows: Sequence[Row], counts: Sequence[Row], today: dt.date) -> Leaving:
    shown = [
        Departure(
            day=day_name(max(row["next_action_on"] or today, today)),
            step=step_name(row["next_step"]),
            client=row["client__name"],
            number=row["invoice__number"] or "",
            url=places.invoice(row["invoice__public_id"]),
        )
        for row in rows
    ]
    return Leaving(shown, counts[0]["count"] if counts else 0)
