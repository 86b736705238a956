"""What leaves next: the steps planned for the coming week."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from dunning.models import Case
from reports import places
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


def read_leaving(today: dt.date) -> Leaving:
    """Steps that are decided afresh before they leave; what is silent is not among them."""
    planned = Case.objects.filter(
        state=Case.State.OPEN, next_action_on__lte=today + WEEK, receivable__balance__gt=0
    ).exclude(next_step="")
    planned = planned.exclude(next_step="HAND_OVER").exclude(silence="AWAITING_APPROVAL")
    rows = planned.order_by("next_action_on", "client_id", "id").values_list(
        "next_action_on", "next_step", "client__name", "invoice__number", "invoice__public_id"
    )[:SHOWN]
    shown = [
        Departure(
            day=day_name(max(on or today, today)),
            step=step_name(step),
            client=client,
            number=number or "",
            url=places.invoice(invoice),
        )
        for on, step, client, number, invoice in rows
    ]
    is_all = len(shown) < SHOWN
    count = len(shown) if is_all else planned.aggregate(count=Count("id"))["count"]
    return Leaving(shown, count)
