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
            AND c.next_action_on <= %(today)s),
    claimed AS MATERIALIZED (
        SELECT k.id FROM clients_client k JOIN due ON due.client_id = k.id
        WHERE k.tenant_id = %(tenant)s::bigint
        ORDER BY k.id LIMIT %(limit)s FOR NO KEY UPDATE OF k {skip})
    SELECT ARRAY(SELECT id FROM claimed), (SELECT count(*) FROM due), EXISTS (
        SELECT FROM dunning_case c
        WHERE c.tenant_id = %(tenant)s::bigint AND c.owes_thanks_since <= %(today)s)
"""
_CLAIM_FREE: Final = _CLAIM.format(skip="SKIP LOCKED")
_CLAIM_ALL: Final = _CLAIM.format(skip="")


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


@dataclass(frozen=True, slots=True)
class _Claim:
    """Clients locked until the transaction ends, and how many have something due in all."""

    clients: list[int]
    due: int
    owes_thanks: bool

    @property
    def is_last(self) -> bool:
        return len(self.clients) < BATCH

    @property
    def leaves_some(self) -> bool:
        """Whether there were others, whom this worker did not get."""
        return self.due > len(self.clients)


def run_dunning(*, today: dt.date) -> RunReport:
    """Take every step that is due for the current tenant; opens its own short transactions.

    Clients are claimed in batches; those that another worker or a page holds are waited for at
    the end. A batch that the database refuses is done again client by client, so one bad row
    costs one client a day.
    """
    report = RunReport()
    claim = _run_batches(_CLAIM_FREE, today, report)
    if claim.leaves_some:
        claim = _run_batches(_CLAIM_ALL, today, report)
    if claim.owes_thanks:
        with tenant_atomic():
            report.thanks = write_thanks(today=today)
    return report


def preview(*, today: dt.date) -> list[ClientDay]:
    """What a run would do now; changes nothing."""
    with tenant_atomic():
        return plan_days(read_due(today=today), today=today)


def _run_batches(statement: str, today: dt.date, report: RunReport) -> _Claim:
    """Batch after batch until nobody is left to claim; the last claim, which may be empty."""
    while True:
        claim, days = _run_batch(statement, today)
        for day in days:
            report.add(day)
        if claim.is_last:
            return claim


def _run_batch(statement: str, today: dt.date) -> tuple[_Claim, list[ClientDay]]:
    claim = None
    try:
        with tenant_atomic():
            claim = _claim(statement, today)
            return claim, _take(claim.clients, today)
    except Exception:
        if claim is None:
            raise
        logger.exception("A batch was refused; its clients are done one by one")
        return claim, [day for client_id in claim.clients for day in _take_alone(client_id, today)]


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


def _claim(statement: str, today: dt.date) -> _Claim:
    given = {"tenant": scoped_tenant_id(), "today": today, "limit": BATCH}
    ((clients, due, owes_thanks),) = fetch_prepared(statement, given)
    return _Claim(clients, due, owes_thanks)


def _break_promises(cases: Sequence[KnownCase], today: dt.date) -> bool:
    """The morning after: a promise whose day has passed without the money is broken."""
    late = [case.pk for case in cases if case.facts.promised_on and case.facts.promised_on < today]
    if late:
        Promise.objects.filter(case_id__in=late, state=Promise.State.OPEN).update(
            state=Promise.State.BROKEN
        )
    return bool(late)
