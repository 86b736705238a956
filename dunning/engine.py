"""The run: what the timer does, once per tenant and business day; running it twice does no more."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from clients.models import Client
from dunning.models import Case, Promise
from dunning.planning import ClientDay, plan_days
from dunning.policy import Act, AwaitApproval
from dunning.thanks import write_thanks
from dunning.writing import postpone, write_days
from tenants.scope import tenant_atomic

logger = logging.getLogger(__name__)

BATCH = 200  # clients


@dataclass(slots=True)
class RunReport:
    """What a run did. `steps` counts reminders by step, `silences` silent cases by reason."""

    decided: int = 0
    messages: int = 0
    thanks: int = 0
    failed: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    approvals: Counter[str] = field(default_factory=Counter)
    silences: Counter[str] = field(default_factory=Counter)

    def add(self, day: ClientDay) -> None:
        self.messages += len(day.plan.messages)
        self.failed += len(day.poisoned)
        for decision in day.plan.decisions.values():
            self.decided += 1
            if isinstance(decision, Act):
                self.steps[decision.step.key] += 1
            elif isinstance(decision, AwaitApproval):
                self.approvals[decision.step.key] += 1
            elif decision.reason:
                self.silences[decision.reason.value] += 1

    def as_dict(self) -> dict[str, object]:
        return {
            "decided": self.decided,
            "messages": self.messages,
            "thanks": self.thanks,
            "failed": self.failed,
            "steps": dict(self.steps),
            "approvals": dict(self.approvals),
            "silences": dict(self.silences),
        }


def run_dunning(*, today: dt.date) -> RunReport:
    """Take every step that is due for the current tenant; opens its own short transactions.

    Clients are claimed in batches; those that another worker or a page holds are waited for at
    the end. A batch that the database refuses is done again client by client, so one bad row
    costs one client a day.
    """
    report = RunReport()
    for skips_locked in (True, False):
        is_last = False
        while not is_last:
            with tenant_atomic():
                days, is_last = _claim(today, skips_locked=skips_locked)
                _take(days, today, report)
    with tenant_atomic():
        report.thanks = write_thanks(today=today)
    return report


def preview(*, today: dt.date) -> list[ClientDay]:
    """What a run would do now; changes nothing."""
    with tenant_atomic():
        cases = _due(today).select_related("client").order_by("client_id", "id")
        return plan_days(list(cases), today=today)


def _claim(today: dt.date, *, skips_locked: bool) -> tuple[list[ClientDay], bool]:
    """The next clients, locked and decided, and whether nobody is left after them."""
    due = _due(today).order_by("client_id").values_list("client_id", flat=True).distinct()
    wanted = list(due[:BATCH])
    rows = Client.objects.select_for_update(skip_locked=skips_locked, no_key=True, of=("self",))
    clients = list(rows.filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True))
    if not clients:
        return [], True
    cases = list(_due(today).filter(client_id__in=clients).order_by("client_id", "id"))
    _break_promises(cases, today)
    return plan_days(cases, today=today), len(wanted) < BATCH


def _due(today: dt.date) -> QuerySet[Case]:
    return Case.objects.filter(state=Case.State.OPEN, next_action_on__lte=today)


def _take(days: Sequence[ClientDay], today: dt.date, report: RunReport) -> None:
    if not days:
        return
    try:
        with tenant_atomic():
            write_days(days, today=today)
    except Exception:
        logger.exception("A batch was refused; its clients are done one by one")
        for day in days:
            _take_alone(day, today)
    for day in days:
        postpone(day.poisoned, today=today)
        report.add(day)


def _take_alone(day: ClientDay, today: dt.date) -> None:
    try:
        with tenant_atomic():
            write_days([day], today=today)
    except Exception as error:
        logger.exception("A client's steps were refused", extra={"client": day.client_id})
        day.poisoned.update(dict.fromkeys(day.cases, f"{type(error).__name__}: {error}"))


def _break_promises(cases: Sequence[Case], today: dt.date) -> None:
    """The morning after: a promise whose day has passed without the money is broken."""
    Promise.objects.filter(case__in=cases, state=Promise.State.OPEN, promised_for__lt=today).update(
        state=Promise.State.BROKEN
    )
