"""Reading facts: what `dunning.policy` decides on, for many cases in one statement.

The only place that knows from which rows facts come; the timer, the gate and the pages read here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

from core.calendar import Region, region_named
from dunning.ladder_rows import ladder_of
from dunning.ladders import PLAN
from dunning.policy import (
    Approval,
    CaseFacts,
    Channel,
    ClientKind,
    DocumentState,
    Pause,
    StepDone,
)
from tenants.prepared import fetch_prepared
from tenants.scope import current_tenant, scoped_tenant_id

_IN_DOUBT = "AMBIGUOUS"
_UNDELIVERED = ("FAILED", _IN_DOUBT)
_LETTERS = (Channel.LETTER, Channel.REGISTERED_LETTER)
_KINDS = {kind.value: kind for kind in ClientKind}
_NO_PROFILE = (False, False, False, False, 0)
_DOCUMENTS = {state.value: state for state in DocumentState}

# Sub-selects and no joins of aggregates: each is one look-up in an index, and planned alone.
# The red switch of the tenant is read afresh: it may be pressed while a run is under way.
# A client's unallocated money falls on the oldest debts first.
_READ: Final = """
SELECT c.id, c.public_id::text, c.client_id, c.policy_id, c.cycle, c.state, c.entry_step,
    c.starts_on, c.mailed_on, c.part_paid_on, c.says_paid_on,
    c.receivable_id, coalesce(i.number, '') AS number,
    r.due_on, r.balance, r.currency, i.state AS document,
    k.kind, k.language, k.address <> '' AS has_address,
    num_nonnulls(t.stopped_at, k.stopped_at, i.stopped_at) > 0 AS is_stopped,
    (SELECT b.minimum_reminder FROM tenants_business b WHERE b.tenant_id = c.tenant_id) AS minimum,
    (SELECT json_build_array(p.approved_at IS NOT NULL, p.firm_steps_alone, p.never_remind,
            p.no_pre_due, p.first_word_after_days)
        FROM dunning_profile p
        WHERE p.tenant_id = c.tenant_id AND p.client_id = c.client_id) AS profile,
    (SELECT json_agg(json_build_array(d.step, d.taken_on, d.cycle, d.state) ORDER BY d.id)
        FROM dunning_reminder d
        WHERE d.tenant_id = c.tenant_id AND d.case_id = c.id AND d.state <> 'CANCELLED'
            AND d.id <> ALL (%(leaving_out)s::bigint[])) AS done,
    (SELECT json_agg(json_build_array(a.id, a.state, a.step, a.cycle, a.answered_on) ORDER BY a.id)
        FROM dunning_approval a
        WHERE a.tenant_id = c.tenant_id AND a.case_id = c.id
            AND a.state IN ('ASKED', 'GRANTED')) AS approvals,
    (SELECT json_build_array(u.until)
        FROM dunning_pause u
        WHERE u.tenant_id = c.tenant_id AND u.client_id = c.client_id AND u.ended_on IS NULL
            AND (u.case_id IS NULL OR u.case_id = c.id)
            AND (u.until IS NULL OR u.until >= %(today)s)
        ORDER BY u.case_id IS NOT NULL, u.id DESC LIMIT 1) AS pause,
    (SELECT m.promised_for FROM dunning_promise m
        WHERE m.tenant_id = c.tenant_id AND m.case_id = c.id AND m.state = 'OPEN') AS promised_on,
    (SELECT true FROM dunning_dispute q
        WHERE q.tenant_id = c.tenant_id AND q.case_id = c.id AND q.state = 'OPEN') AS is_disputed,
    (SELECT (coalesce(y.processing_since, y.created_at) AT TIME ZONE t.time_zone)::date
        FROM payments_attempttarget z
        JOIN payments_attempt y ON y.tenant_id = z.tenant_id AND y.id = z.attempt_id
        WHERE z.tenant_id = c.tenant_id AND z.receivable_id = c.receivable_id AND z.is_live
            AND y.state = 'PROCESSING') AS pending_since,
    (SELECT json_build_array(
            bool_or(n.email <> '' AND n.bounced_at IS NULL), bool_or(n.phone <> ''))
        FROM clients_person n
        WHERE n.tenant_id = c.tenant_id AND n.client_id = c.client_id
            AND n.removed_at IS NULL) AS reach,
    (SELECT sum(w.unallocated) - coalesce((
            SELECT sum(o.balance) FROM invoices_receivable o
            WHERE o.tenant_id = c.tenant_id AND o.client_id = c.client_id AND o.balance > 0
                AND o.currency = r.currency AND (o.due_on, o.id) < (r.due_on, r.id)), 0)
        FROM payments_payment w
        WHERE w.tenant_id = c.tenant_id AND w.client_id = c.client_id AND w.unallocated > 0
            AND w.currency = r.currency HAVING count(*) > 0) AS credit,
    r.replaced > 0 AS is_replaced,
    (SELECT max(g.answer_by) FROM invoices_plandebt e
        JOIN invoices_installmentplan g ON g.tenant_id = e.tenant_id AND g.id = e.plan_id
        WHERE e.tenant_id = c.tenant_id AND e.receivable_id = c.receivable_id
            AND g.state = 'PROPOSED') AS offered_until,
    CASE WHEN r.plan_id IS NOT NULL THEN (
        SELECT r.due_on + g.grace_days FROM invoices_installmentplan g
        WHERE g.tenant_id = c.tenant_id AND g.id = r.plan_id AND g.state = 'AGREED')
    END AS grace_until
FROM dunning_case c
JOIN tenants_tenant t ON t.id = c.tenant_id
JOIN invoices_receivable r ON r.tenant_id = c.tenant_id AND r.id = c.receivable_id
JOIN invoices_invoice i ON i.tenant_id = c.tenant_id AND i.id = c.invoice_id
JOIN clients_client k ON k.tenant_id = c.tenant_id AND k.id = c.client_id
WHERE c.tenant_id = %(tenant)s::bigint AND """

# For one case apart: PostgreSQL reckons with ten in a list that it does not know, finds a plan
# made for the list at hand cheaper, and so plans afresh each time.
_ONE: Final = _READ + "c.id = %(case)s::bigint"
_NAMED: Final = _READ + "c.id = ANY (%(cases)s::bigint[])"
# As a list for the same reason turned round: of a day that it does not know PostgreSQL expects a
# third of all cases, finds the plan for the day at hand cheaper, and plans afresh each time.
_DUE: Final = (
    _READ  # noqa: S608 -- our own words
    + """c.id = ANY (ARRAY(
        SELECT d.id FROM dunning_case d
        WHERE d.tenant_id = %(tenant)s::bigint AND d.state = 'OPEN'
            AND d.next_action_on <= %(today)s))
ORDER BY c.client_id, c.id"""
)
_DUE_OF: Final = (
    _READ
    + """c.state = 'OPEN' AND c.next_action_on <= %(today)s
    AND c.client_id = ANY (%(clients)s::bigint[])
ORDER BY c.client_id, c.id"""
)
_COMING: Final = (
    _READ
    + """c.state = 'OPEN' AND c.next_action_on > %(after)s
    AND c.next_action_on <= %(until)s
ORDER BY c.next_action_on, c.id LIMIT %(most)s"""
)


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case with all that is known when it is decided.

    `asked` are the questions about it that wait for the owner: (approval id, step, cycle).
    """

    pk: int
    public_id: str
    client_id: int
    policy_id: int
    cycle: int
    language: str
    receivable_id: int
    number: str
    facts: CaseFacts
    asked: tuple[tuple[int, str, int], ...] = ()


class _Row(NamedTuple):
    """The columns of `_READ`, in their order."""

    id: int
    public_id: str
    client_id: int
    policy_id: int
    cycle: int
    state: str
    entry_step: str
    starts_on: dt.date | None
    mailed_on: dt.date | None
    part_paid_on: dt.date | None
    says_paid_on: dt.date | None
    receivable_id: int
    number: str
    due_on: dt.date
    balance: Decimal
    currency: str
    document: str
    kind: str
    language: str
    has_address: bool
    is_stopped: bool
    minimum: Decimal
    profile: Sequence[Any] | None
    done: Sequence[Any] | None
    approvals: Sequence[Any] | None
    pause: Sequence[str | None] | None
    promised_on: dt.date | None
    is_disputed: bool | None
    pending_since: dt.date | None
    reach: Sequence[bool | None]
    credit: Decimal | None
    is_replaced: bool
    offered_until: dt.date | None
    grace_until: dt.date | None


def read_facts(
    case_ids: Collection[int], *, today: dt.date, leaving_out: Collection[int] = ()
) -> dict[int, CaseFacts]:
    """The facts of each case. `leaving_out` are reminders (ids) to regard as not taken."""
    cases = read_cases(case_ids, today=today, leaving_out=leaving_out)
    return {pk: case.facts for pk, case in cases.items()}


def read_cases(
    case_ids: Collection[int], *, today: dt.date, leaving_out: Collection[int] = ()
) -> dict[int, KnownCase]:
    """Each case with its facts. `leaving_out` are reminders (ids) to regard as not taken."""
    if not case_ids:
        return {}
    if len(case_ids) == 1:
        (only,) = case_ids
        return {case.pk: case for case in _read(_ONE, today, leaving_out, case=only)}
    return {case.pk: case for case in _read(_NAMED, today, leaving_out, cases=list(case_ids))}


def read_due(*, today: dt.date, client_ids: Sequence[int] | None = None) -> list[KnownCase]:
    """The cases that a run has to look at today, client by client; of these clients, or of all."""
    if client_ids is None:
        return list(_read(_DUE, today))
    return list(_read(_DUE_OF, today, clients=list(client_ids)))


def read_coming(*, after: dt.date, until: dt.date, most: int) -> list[KnownCase]:
    """The first cases (at most so many) to look at again after one day and up to another."""
    return list(_read(_COMING, after, after=after, until=until, most=most))


def _read(
    statement: str, today: dt.date, leaving_out: Collection[int] = (), **which: Any
) -> Iterator[KnownCase]:
    given = {"tenant": scoped_tenant_id(), "today": today, "leaving_out": list(leaving_out)}
    rows = fetch_prepared(statement, given | which)
    region = _region()
    return (_known(_Row._make(row), region) for row in rows)


def _known(row: _Row, region: Region) -> KnownCase:
    approvals = row.approvals or ()
    return KnownCase(
        pk=row.id,
        public_id=row.public_id,
        client_id=row.client_id,
        policy_id=row.policy_id,
        cycle=row.cycle,
        language=row.language,
        receivable_id=row.receivable_id,
        number=row.number,
        facts=_facts(row, region, _granted(approvals)),
        asked=tuple(
            (pk, step, cycle) for pk, state, step, cycle, _on in approvals if state == "ASKED"
        ),
    )


def _facts(row: _Row, region: Region, approval: Approval | None) -> CaseFacts:
    approved, firm_alone, never, no_pre_due, first_word = row.profile or _NO_PROFILE
    is_part = row.grace_until is not None and ladder_of(row.policy_id).key == PLAN.key
    return CaseFacts(
        due_on=row.due_on,
        balance=row.balance,
        currency=row.currency,
        document=_DOCUMENTS[row.document],
        is_open=row.state == "OPEN",
        mailed_on=row.mailed_on,
        client_kind=_KINDS[row.kind],
        region=region,
        reachable=_reachable(row),
        credit=min(max(row.credit, Decimal(0)), row.balance) if row.credit else Decimal(0),
        minimum=row.minimum,
        never_remind=never,
        no_pre_due=no_pre_due,
        first_word_after_days=0 if is_part else first_word,
        starts_on=row.starts_on,
        stopped=row.is_stopped,
        cycle=row.cycle,
        done=tuple(_done(row)),
        ladder_approved=approved or row.grace_until is not None,  # the plan was agreed to
        firm_steps_alone=firm_alone,
        approval=approval,
        pause=_pause(row.pause),
        disputed=bool(row.is_disputed),
        on_plan=row.is_replaced and not row.balance,
        offered_until=row.offered_until,
        grace_until=row.grace_until if is_part else None,
        promised_on=row.promised_on,
        payment_pending_since=row.pending_since,
        says_paid_since=row.says_paid_on,
        part_paid_on=row.part_paid_on,
    )


def _done(row: _Row) -> Iterator[StepDone]:
    if row.entry_step:  # taken elsewhere; the day is not known, and is behind the next one's gap
        yield StepDone(row.entry_step, row.due_on)
    for step, on, cycle, state in row.done or ():
        delivered, in_doubt = state not in _UNDELIVERED, state == _IN_DOUBT
        yield StepDone(step, dt.date.fromisoformat(on), cycle, delivered, in_doubt)


def _granted(approvals: Iterable[Any]) -> Approval | None:
    """The last yes that stands."""
    approval = None
    for _pk, state, step, cycle, on in approvals:
        if state == "GRANTED":
            approval = Approval(step, dt.date.fromisoformat(on) if on else dt.date.min, cycle)
    return approval


def _pause(found: Sequence[str | None] | None) -> Pause | None:
    """What silences the whole client, else this case; the latest if there are several."""
    if found is None:
        return None
    (until,) = found
    return Pause(dt.date.fromisoformat(until) if until else None)


def _reachable(row: _Row) -> frozenset[Channel]:
    by_email, by_phone = row.reach
    channels = [*_LETTERS] if row.has_address else []
    if by_email:
        channels.append(Channel.EMAIL)
    if by_phone:
        channels.append(Channel.CALL)
    return frozenset(channels)


def _region() -> Region:
    return region_named(current_tenant().region)
