"""The oldest late invoices, each with what comes next or why nothing does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from dunning.models import Reminder
from dunning.reasons import Reason
from invoices.models import Receivable
from reports import places
from reports.together import Query, Row
from reports.words import CHIPS, day_name, money_text, what_comes

SHOWN = 10
VERY_LATE = 30


@dataclass(frozen=True, slots=True)
class LateRow:
    """One late amount of an invoice, formatted."""

    url: str
    number: str
    client: str
    client_url: str
    due_on: str
    days: int
    is_very_late: bool
    chip: str
    next: str
    balance: str


def late_query(today: dt.date) -> Query:
    """The ten that fell due first."""
    noticed = Reminder.objects.filter(
        case_id=OuterRef("cases__pk"), step="FORMAL_NOTICE", state=Reminder.State.DONE
    )
    return (
        Receivable.objects.filter(
            kind=Receivable.Kind.INSTALLMENT, balance__gt=0, due_on__lt=today
        )
        .annotate(is_noticed=Exists(noticed))
        .order_by("due_on", "id")
        .values(
            "due_on", "balance", "currency", "is_noticed", "invoice__public_id",
            "invoice__number", "client__public_id", "client__name", "cases__silence",
            "cases__next_step", "cases__next_action_on", "cases__silent_until",
        )[:SHOWN]
    )  # fmt: skip


def late_rows(rows: Sequence[Row], today: dt.date) -> list[LateRow]:
    return [_late_row(row, today) for row in rows]


def _late_row(row: Row, today: dt.date) -> LateRow:
    days = (today - row["due_on"]).days
    silence = row["cases__silence"] or ""
    return LateRow(
        url=places.invoice(row["invoice__public_id"]),
        number=row["invoice__number"] or "",
        client=row["client__name"],
        client_url=places.client(row["client__public_id"]),
        due_on=day_name(row["due_on"]),
        days=days,
        is_very_late=days > VERY_LATE,
        chip=_chip(silence, is_noticed=row["is_noticed"]),
        next=what_comes(
            silence=silence,
            step=row["cases__next_step"] or "",
            on=row["cases__next_action_on"],
            until=row["cases__silent_until"],
        ),
        balance=money_text(row["balance"], row["currency"]),
    )


def _chip(silence: str, *, is_noticed: bool) -> str:
    if silence in Reason.__members__ and Reason(silence) in CHIPS:
        return CHIPS[Reason(silence)]
    return "FORMAL_NOTICE" if is_noticed else "OVERDUE"
