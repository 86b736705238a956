"""Payments recorded in one gesture, for the pages from which they are undone together."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Count, Max

from payments.models import Payment

SHOWN_FOR = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Gesture:
    """Several payments that were recorded at once and still stand."""

    key: uuid.UUID
    count: int
    at: dt.datetime


def latest_gesture(now: dt.datetime) -> Gesture | None:
    """The last bulk of the day that can still be undone as one; one query."""
    rows = Payment.objects.filter(
        recorded_with__isnull=False, undone_at=None, created_at__gte=now - SHOWN_FOR
    )
    found = (
        rows.order_by()
        .values("recorded_with")
        .annotate(count=Count("pk"), at=Max("created_at"))
        .filter(count__gt=1)
        .order_by("-at")
        .first()
    )
    return Gesture(found["recorded_with"], found["count"], found["at"]) if found else None


def recorded_together(payment: Payment) -> int:
    """How many payments of its gesture still stand, itself included; none for one alone."""
    if payment.recorded_with is None or payment.undone_at is not None:
        return 0
    same = Payment.objects.filter(recorded_with=payment.recorded_with, undone_at=None).count()
    return same if same > 1 else 0
