"""The first wave: on which day each imported debt that is late already may first be spoken of.

A book of 200 late clients must not leave as 200 mails on one morning: mail servers take such a
burst for spam, and nobody can answer 200 calls. The days are data of the cases (`starts_on`), so
that the plan and the timer, which both ask `decide`, agree.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from core.calendar import next_business_day, region_named
from dunning.cases import decide_anew
from dunning.going_live import rehearsed
from dunning.models import Case
from tenants.models import Tenant
from tenants.prepared import fetch_prepared
from tenants.scope import current_tenant, scoped_tenant_id

# Clients a day. About as many calls and answers as one person takes in a morning; a hundred late
# clients have heard of it within a week.
CLIENTS_A_DAY: Final = 20

# Imported, late, and nothing said of it here yet. A debt that is not to be chased takes no place.
# Each case looks up its rows (OFFSET keeps PostgreSQL from joining them otherwise): of a first book
# nothing is counted yet when it is asked for, and the join that looks best reads all for each.
_WAITING: Final = """
SELECT c.id, c.client_id, r.balance, c.starts_on, p.approved_at IS NOT NULL AS is_approved
FROM dunning_case c
CROSS JOIN LATERAL (
    SELECT balance, due_on, plan_id FROM invoices_receivable
    WHERE tenant_id = c.tenant_id AND id = c.receivable_id OFFSET 0) r
CROSS JOIN LATERAL (
    SELECT origin FROM invoices_invoice
    WHERE tenant_id = c.tenant_id AND id = c.invoice_id OFFSET 0) i
LEFT JOIN LATERAL (
    SELECT approved_at, never_remind FROM dunning_profile
    WHERE tenant_id = c.tenant_id AND client_id = c.client_id OFFSET 0) p ON true
WHERE c.tenant_id = %(tenant)s::bigint AND c.state = 'OPEN' AND i.origin = 'IMPORTED'
    AND r.balance > 0 AND r.due_on < %(today)s AND p.never_remind IS NOT TRUE
    AND r.plan_id IS NULL
    AND NOT EXISTS (
        SELECT FROM dunning_reminder d WHERE d.tenant_id = c.tenant_id AND d.case_id = c.id
            AND d.state <> 'CANCELLED' AND d.id <> ALL (%(rehearsed)s::bigint[]))
    AND NOT EXISTS (
        SELECT FROM dunning_pause u WHERE u.tenant_id = c.tenant_id AND u.client_id = c.client_id
            AND u.ended_on IS NULL AND u.until IS NULL
            AND (u.case_id IS NULL OR u.case_id = c.id))
ORDER BY c.client_id, c.id
"""


class _Waiting(NamedTuple):
    """The columns of `_WAITING`, in their order."""

    case_id: int
    client_id: int
    balance: Decimal
    starts_on: dt.date | None
    is_approved: bool


def start_days(*, today: dt.date) -> dict[int, dt.date]:
    """The day of each waiting case (by id), if the owner said yes today; two queries, no writing.

    From the next business day on, `CLIENTS_A_DAY` clients a day, the largest sums first, all the
    old debts of a client together. A client who is agreed to and live keeps his day.
    """
    return _days(_waiting(today), today)


def planned_days(*, today: dt.date) -> dict[int, dt.date]:
    """The same, of the debts that still wait for the owner's yes or for going live."""
    waiting = _waiting(today)
    days = _days(waiting, today)
    if current_tenant().mode == Tenant.Mode.TEST:
        return days
    return {row.case_id: days[row.case_id] for row in waiting if not row.is_approved}


def lay_first_wave(
    *, today: dt.date, client_ids: Collection[int] | None = None, afresh: bool = False
) -> None:
    """Write the days of these clients' waiting cases, or of all, and decide those anew."""
    decide_anew(write_first_days(today=today, client_ids=client_ids, afresh=afresh), today=today)


def write_first_days(
    *, today: dt.date, client_ids: Collection[int] | None = None, afresh: bool = False
) -> list[int]:
    """The same without deciding; returns the cases (ids).

    `afresh`: nobody keeps a day of before, because nothing was said on it but in rehearsal.
    """
    waiting = _waiting(today)
    days = _days(waiting, today, afresh=afresh)
    by_day: dict[dt.date, list[int]] = defaultdict(list)
    for row in waiting:
        if client_ids is None or row.client_id in client_ids:
            by_day[days[row.case_id]].append(row.case_id)
    for day, cases in by_day.items():
        Case.objects.filter(pk__in=cases).update(starts_on=day)
    return [pk for cases in by_day.values() for pk in cases]


def _days(
    waiting: Sequence[_Waiting], today: dt.date, *, afresh: bool = False
) -> dict[int, dt.date]:
    is_live = current_tenant().mode == Tenant.Mode.LIVE and not afresh
    kept = {
        row.client_id: row.starts_on
        for row in waiting
        if is_live and row.is_approved and row.starts_on
    }
    owed: dict[int, Decimal] = defaultdict(Decimal)
    for row in waiting:
        if row.client_id not in kept:
            owed[row.client_id] += row.balance
    days = _spread(sorted(owed, key=lambda pk: (-owed[pk], pk)), Counter(kept.values()), today)
    return {row.case_id: kept.get(row.client_id) or days[row.client_id] for row in waiting}


def _spread(
    clients: Collection[int], taken: Counter[dt.date | None], today: dt.date
) -> dict[int, dt.date]:
    """The day of each client, in this order, on days that have a place left."""
    region = region_named(current_tenant().region)
    day, days = next_business_day(today, region), {}
    for client_id in clients:
        while taken[day] >= CLIENTS_A_DAY:
            day = next_business_day(day, region)
        taken[day] += 1
        days[client_id] = day
    return days


def _waiting(today: dt.date) -> list[_Waiting]:
    in_test = current_tenant().mode == Tenant.Mode.TEST
    left_out = list(rehearsed().values_list("pk", flat=True)) if in_test else []
    given = {"tenant": scoped_tenant_id(), "today": today, "rehearsed": left_out}
    return [_Waiting._make(row) for row in fetch_prepared(_WAITING, given)]
