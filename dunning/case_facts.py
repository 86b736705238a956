"""Reading facts: what `dunning.policy` decides on, for many cases at once.

A fixed number of queries whatever the number of cases, so that a run costs what is due.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Sum

from clients.models import Person
from core.calendar import Region
from dunning.models import Approval as ApprovalRow
from dunning.models import Case, Dispute, Profile, Promise, Reminder
from dunning.models import Pause as PauseRow
from dunning.policy import (
    Approval,
    CaseFacts,
    Channel,
    ClientKind,
    DocumentState,
    Pause,
    StepDone,
)
from invoices.models import Receivable
from payments.models import Attempt, AttemptTarget, Payment
from tenants.models import Business, Tenant
from tenants.scope import current_tenant

ZERO = Decimal(0)
_COLUMNS = (
    "pk", "client_id", "receivable_id", "policy_id", "state", "cycle", "entry_step", "opened_on",
    "mailed_on", "part_paid_on", "says_paid_on", "receivable__due_on", "receivable__balance",
    "receivable__currency", "invoice__state", "invoice__stopped_at", "client__kind",
    "client__stopped_at", "client__address",
)  # fmt: skip
_PROFILE = (
    "client_id", "approved_at", "firm_steps_alone", "no_pre_due", "first_word_after_days",
    "never_remind",
)  # fmt: skip
_UNDELIVERED = (Reminder.State.FAILED, Reminder.State.AMBIGUOUS)
_LETTERS = frozenset({Channel.LETTER, Channel.REGISTERED_LETTER})


@dataclass(slots=True)
class _Known:
    """What the queries brought, by case, client or receivable."""

    profiles: dict[int, dict[str, Any]] = field(default_factory=dict)
    done: dict[int, list[StepDone]] = field(default_factory=lambda: defaultdict(list))
    approvals: dict[int, Approval] = field(default_factory=dict)
    pauses: dict[tuple[int, int | None], Pause] = field(default_factory=dict)
    promised: dict[int, dt.date] = field(default_factory=dict)
    disputed: set[int] = field(default_factory=set)
    pending: dict[int, dt.date] = field(default_factory=dict)
    reach: dict[int, set[Channel]] = field(default_factory=lambda: defaultdict(set))
    credit: dict[int, Decimal] = field(default_factory=dict)


def read_facts(
    case_ids: Collection[int], *, today: dt.date, leaving_out: Collection[int] = ()
) -> dict[int, CaseFacts]:
    """The facts of each case. `leaving_out` are reminders (ids) to regard as not taken."""
    rows = list(Case.objects.filter(pk__in=case_ids).values(*_COLUMNS))
    known = _read(rows, today, leaving_out)
    region = _region()
    minimum = Business.objects.values_list("minimum_reminder", flat=True).get()
    # read afresh: the switch may be pressed while a run is under way
    stopped = not Tenant.objects.filter(pk=current_tenant().pk, stopped_at=None).exists()
    return {row["pk"]: _facts(row, known, region, minimum, stopped=stopped) for row in rows}


def _facts(
    row: Mapping[str, Any], known: _Known, region: Region, minimum: Decimal, *, stopped: bool
) -> CaseFacts:
    case_id, client_id = row["pk"], row["client_id"]
    profile = known.profiles.get(client_id, {})
    return CaseFacts(
        due_on=row["receivable__due_on"],
        balance=row["receivable__balance"],
        currency=row["receivable__currency"],
        document=DocumentState(row["invoice__state"]),
        is_open=row["state"] == Case.State.OPEN,
        mailed_on=row["mailed_on"],
        client_kind=ClientKind(row["client__kind"]),
        region=region,
        reachable=frozenset(known.reach[client_id])
        | (_LETTERS if row["client__address"] else frozenset()),
        credit=known.credit.get(row["receivable_id"], ZERO),
        minimum=minimum,
        never_remind=profile.get("never_remind", False),
        no_pre_due=profile.get("no_pre_due", False),
        first_word_after_days=profile.get("first_word_after_days", 0),
        stopped=stopped or bool(row["client__stopped_at"] or row["invoice__stopped_at"]),
        cycle=row["cycle"],
        done=tuple(known.done[case_id]),
        ladder_approved=profile.get("approved_at") is not None,
        firm_steps_alone=profile.get("firm_steps_alone", False),
        approval=known.approvals.get(case_id),
        pause=known.pauses.get((client_id, None)) or known.pauses.get((client_id, case_id)),
        disputed=case_id in known.disputed,
        promised_on=known.promised.get(case_id),
        payment_pending_since=known.pending.get(row["receivable_id"]),
        says_paid_since=row["says_paid_on"],
        part_paid_on=row["part_paid_on"],
    )


def _read(rows: list[dict[str, Any]], today: dt.date, leaving_out: Collection[int]) -> _Known:
    known = _Known()
    cases = [row["pk"] for row in rows]
    clients = {row["client_id"] for row in rows}
    receivables = {row["receivable_id"] for row in rows}
    _read_profiles(known, clients)
    _read_steps(known, rows, cases, leaving_out)
    _read_silences(known, cases, clients, receivables, today)
    _read_reach(known, clients)
    _read_credit(known, clients)
    return known


def _read_profiles(known: _Known, clients: Collection[int]) -> None:
    for profile in Profile.objects.filter(client_id__in=clients).values(*_PROFILE):
        known.profiles[profile["client_id"]] = profile


def _read_steps(
    known: _Known,
    rows: Iterable[Mapping[str, Any]],
    cases: Collection[int],
    leaving_out: Collection[int],
) -> None:
    for row in rows:
        if row["entry_step"]:  # an imported debt enters its ladder with this step behind it
            known.done[row["pk"]].append(StepDone(row["entry_step"], row["opened_on"]))
    taken = Reminder.objects.filter(case_id__in=cases).exclude(state=Reminder.State.CANCELLED)
    for case_id, step, on, cycle, state in (
        taken.exclude(pk__in=leaving_out)
        .order_by("id")
        .values_list("case_id", "step", "taken_on", "cycle", "state")
    ):
        delivered = state not in _UNDELIVERED
        known.done[case_id].append(StepDone(step, on, cycle, delivered))
    granted = ApprovalRow.objects.filter(case_id__in=cases, state=ApprovalRow.State.GRANTED)
    for case_id, step, answered_on, cycle in granted.order_by("id").values_list(
        "case_id", "step", "answered_on", "cycle"
    ):
        known.approvals[case_id] = Approval(step, answered_on or dt.date.min, cycle)


def _read_silences(
    known: _Known,
    cases: Collection[int],
    clients: Collection[int],
    receivables: Collection[int],
    today: dt.date,
) -> None:
    running = PauseRow.objects.filter(client_id__in=clients, ended_on=None).order_by("id")
    for client_id, case_id, until in running.values_list("client_id", "case_id", "until"):
        if until is None or until >= today:
            known.pauses[client_id, case_id] = Pause(until)
    known.promised.update(
        Promise.objects.filter(case_id__in=cases, state=Promise.State.OPEN).values_list(
            "case_id", "promised_for"
        )
    )
    known.disputed.update(
        Dispute.objects.filter(case_id__in=cases, state=Dispute.State.OPEN).values_list(
            "case_id", flat=True
        )
    )
    zone = ZoneInfo(current_tenant().time_zone)
    pending = AttemptTarget.objects.filter(
        receivable_id__in=receivables, is_live=True, attempt__state=Attempt.State.PROCESSING
    ).values_list("receivable_id", "attempt__processing_since", "attempt__created_at")
    for receivable_id, since, created_at in pending:
        known.pending[receivable_id] = (since or created_at).astimezone(zone).date()


def _read_reach(known: _Known, clients: Collection[int]) -> None:
    people = Person.objects.filter(client_id__in=clients, removed_at=None).values_list(
        "client_id", "email", "phone", "bounced_at"
    )
    for client_id, email, phone, bounced_at in people:
        if email and bounced_at is None:
            known.reach[client_id].add(Channel.EMAIL)
        if phone:
            known.reach[client_id].add(Channel.CALL)


def _read_credit(known: _Known, clients: Collection[int]) -> None:
    """A client's unallocated money falls on the oldest debts first."""
    left = {
        (row["client_id"], row["currency"]): row["sum"]
        for row in Payment.objects.filter(client_id__in=clients, unallocated__gt=0)
        .values("client_id", "currency")
        .annotate(sum=Sum("unallocated"))
    }
    if not left:
        return
    debts = Receivable.objects.filter(
        client_id__in={client for client, _currency in left}, balance__gt=0
    ).order_by("due_on", "id")
    for pk, client_id, code, balance in debts.values_list("pk", "client_id", "currency", "balance"):
        share = min(left.get((client_id, code), ZERO), balance)
        if share > ZERO:
            known.credit[pk] = share
            left[client_id, code] -= share


def _region() -> Region:
    name = current_tenant().region
    return Region(name) if name else Region.METROPOLE
