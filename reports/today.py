"""Everything on the first page, read at the moment it is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from invoices.models import Invoice
from reports import sources
from reports.ageing import Ageing, read_ageing
from reports.late import LateRow, read_late
from reports.leaving import Leaving, read_leaving
from reports.setting_up import missing_settings
from reports.takings import Takings, last_payments, read_takings
from reports.worklist import Worklist, build_worklist
from tenants.models import Role, Tenant

SOURCES = (
    sources.approvals,
    sources.messages,
    sources.failed_cases,
    sources.nobody_to_write_to,
    sources.idle_credit,
)


@dataclass(frozen=True, slots=True)
class Brief:
    """The figures and lists of a day. The number of queries does not depend on the data."""

    ageing: Ageing
    others: list[Ageing]
    takings: Takings
    payments: Sequence[Mapping[str, Any]]
    work: Worklist
    leaving: Leaving
    late: list[LateRow]
    is_new: bool


def read_brief(*, tenant: Tenant, role: str, today: dt.date, show: str = "") -> Brief:
    """Read the page; what must be set up is shown to owners only."""
    ageing, *others = read_ageing(today)
    lines = [source(today) for source in SOURCES]
    if role == Role.OWNER:
        lines.append(missing_settings(tenant))
    return Brief(
        ageing=ageing,
        others=others,
        takings=read_takings(today, ageing.currency),
        payments=last_payments(),
        work=build_worklist(
            lines,
            today=today,
            show=show,
            currency=ageing.currency,
            can_write=role != Role.ACCOUNTANT,
        ),
        leaving=read_leaving(today),
        late=read_late(today),
        is_new=ageing.invoices == 0 and not Invoice.objects.exists(),
    )
