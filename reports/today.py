"""Everything on the first page, read at the moment it is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from invoices.models import Invoice
from reports.ageing import Ageing, ageings, owed_query
from reports.late import LateRow, late_query, late_rows
from reports.leaving import Leaving, leaving, planned_count_query, planned_query
from reports.setting_up import missing_settings, settings_query
from reports.sources import SOURCES
from reports.takings import Takings, last_payments, takings_in, takings_query
from reports.together import Row, read_together
from reports.worklist import Worklist, build_worklist
from tenants.models import Role, Tenant


@dataclass(frozen=True, slots=True)
class Brief:
    """The figures and lists of a day. The number of queries does not depend on the data."""

    ageing: Ageing
    others: list[Ageing]
    takings: Takings
    payments: Sequence[Row]
    work: Worklist
    leaving: Leaving
    late: list[LateRow]
    is_new: bool


def read_brief(*, tenant: Tenant, role: str, today: dt.date, show: str = "") -> Brief:
    """Read the page; what must be set up is shown to owners only."""
    owed, takings, payments, planned, counts, late, business, *waiting = read_together(
        [
            owed_query(today),
            takings_query(today),
            last_payments(),
            planned_query(today),
            planned_count_query(today),
            late_query(today),
            settings_query(),
            *(source.query(today) for source in SOURCES),
        ]
    )
    ageing, *others = ageings(owed)
    lines = [source.tasks(rows) for source, rows in zip(SOURCES, waiting, strict=True)]
    if role == Role.OWNER:
        lines.append(missing_settings(business[0], tenant))
    return Brief(
        ageing=ageing,
        others=others,
        takings=takings_in(ageing.currency, takings),
        payments=payments,
        work=build_worklist(
            lines,
            today=today,
            show=show,
            currency=ageing.currency,
            can_write=role != Role.ACCOUNTANT,
        ),
        leaving=leaving(planned, counts, today),
        late=late_rows(late, today),
        is_new=ageing.invoices == 0 and not Invoice.objects.exists(),
    )
