"""The run: what the timer does, once per tenant and business day; running it twice does no more."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from dunning.case_facts import KnownCase, read_due
from dunning.models import Case, Promise
from dunning.planning import ClientDay, plan_days
from dunning.policy import Act, AwaitApproval, ClientPlan
from dunning.thanks import write_thanks
from dunning.writing import postpone, write_days
from invoices.ledger import lock_client
from tenants.prepared import fetch_prepared
from tenants.scope import scoped_tenant_id, tenant_atomic

logger = logging.getLogger(__name__)

BATCH = 200  # clients
# The due clients are found first, through their partial index, however many others there are.
_CLAIM: Final = """
    WITH due AS MATERIALIZED (
        SELECT DISTINCT c.client_id FROM dunning_case c
        WHERE c.tenant_id = %(tenant)s::bigint AND c.state = 'OPEN'
            AND c.next_action_on <= %(today)s)
    SELECT k.id FROM clients_client k JOIN due ON due.client_id = k.id
    WHERE k.tenant_id = %(tenant)s::bigint
    ORDER BY k.id LIMIT %(limit)s FOR NO KEY UPDATE OF k
"""
_LEFT: Final = """
    SELECT EXISTS (
        SELECT FROM dunning_case c
        WHERE c.tenant_id = %(tenant)s::bigint AND c.state = 'OPEN'
            AND c.next_action_on <= %(today)s),
    EXISTS (
        SELECT FROM dunning_case c
        WHERE c.tenant_id = %(tenant)s::bigint AND c.owes_thanks_since <= %(today)s)
"""


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


@dataclass(slots=True)
class _Batch:
    """One claim: the clients locked, what became of them, and what was left behind."""

    clients: list[int] = field(default_factory=list)
    days: list[ClientDay] = field(default_factory=list)
    is_last: bool = False
    has_due: bool = False
    owes_thanks: bool = False


def run_dunning(*, today: dt.date) -> RunReport:
    """Take every step that is due for the current tenant; opens its own short transactions.

    Clients are claimed in batches; those that another worker or a page holds are waited for at
    the end. A batch that the database refuses is done again client by client, so one bad row
    costs one client a day.
    """
    report = RunReport()
    batch = _run_batches(today, report, skips_locked=True)
    if batch.has_due:
        batch = _run_batches(today, report, skips_locked=False)
    if batch.owes_thanks:
        with tenant_atomic():
            report.thanks = write_thanks(today=today)
    return report


def preview(*, today: dt.date) -> list[ClientDay]:
    """What a run would do now; changes nothing."""
    with tenant_atomic():
        return plan_days(read_due(today=today), today=today)


def _run_batches(today: dt.date, report: RunReport, *, skips_locked: bool) -> _Batch:
    """Batch after batch until nobody is left to claim; the last one, which may be empty."""
    while True:
        batch = _run_batch(today, skips_locked=skips_locked)
        for day in batch.days:
            report.add(day)
        if batch.is_last:
            return batch


def _run_batch(today: dt.date, *, skips_locked: bool) -> _Batch:
    batch = _Batch()
    try:
        with tenant_atomic():
            batch.clients = _claim(today, skips_locked=skips_locked)
            batch.days = _take(batch.clients, today)
            batch.is_last = len(batch.clients) < BATCH
            batch.has_due, batch.owes_thanks = _left(today) if batch.is_last else (True, True)
    except Exception:
        if not batch.clients:
            raise
        logger.exception("A batch was refused; its clients are done one by one")
        batch.days = [day for client_id in batch.clients for day in _take_alone(client_id, today)]
    return batch


def _take(client_ids: Sequence[int], today: dt.date) -> list[ClientDay]:
    """Decide and write the day of clients that this transaction has locked."""
    if not client_ids:
        return []
    cases = read_due(today=today, client_ids=client_ids)
    if _break_promises(cases, today):
        cases = read_due(today=today, client_ids=client_ids)
    days = plan_days(cases, today=today)
    write_days(days, today=today)
    for day in days:
        postpone(day.poisoned, today=today)
    return days


def _take_alone(client_id: int, today: dt.date) -> list[ClientDay]:
    try:
        with tenant_atomic():
            lock_client(client_id)
            return _take([client_id], today)
    except Exception as error:
        logger.exception("A client's steps were refused", extra={"client": client_id})
        why = f"{type(error).__name__}: {error}"
    with tenant_atomic():
        due = Case.objects.filter(state=Case.State.OPEN, next_action_on__lte=today)
        refused = due.filter(client_id=client_id).values_list("pk", flat=True)
        poisoned = dict.fromkeys(refused, why)
        postpone(poisoned, today=today)
    return [ClientDay(client_id, {}, ClientPlan((), (), {}), poisoned)]


def _claim(today: dt.date, *, skips_locked: bool) -> list[int]:
    """The next clients with something due, locked until the transaction ends."""
    given = {"tenant": scoped_tenant_id(), "today": today, "limit": BATCH}
    statement = _CLAIM + (" SKIP LOCKED" if skips_locked else "")
    return [client_id for (client_id,) in fetch_prepared(statement, given)]


def _left(today: dt.date) -> tuple[bool, bool]:
    """Whether others hold clients with something due, and whether anybody is owed thanks."""
    ((has_due, owes_thanks),) = fetch_prepared(
        _LEFT, {"tenant": scoped_tenant_id(), "today": today}
    )
    return has_due, owes_thanks


def _break_promises(cases: Sequence[KnownCase], today: dt.date) -> bool:
    """The morning after: a promise whose day has passed without the money is broken."""
    late = [case.pk for case in cases if case.facts.promised_on and case.facts.promised_on < today]
    if late:
        Promise.objects.filter(case_id__in=late, state=Promise.State.OPEN).update(
            state=Promise.State.BROKEN
        )
    return bool(late)
