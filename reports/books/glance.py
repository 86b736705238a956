"""One business at a glance, for whoever has several: to collect, late, last export."""

from __future__ import annotations

import datetime as dt
from typing import Final

from reports.books.fec import ACT
from reports.books.rows import fetch
from reports.words import money_text
from tenants.clock import local
from tenants.figures import Figures
from tenants.scope import scoped_tenant_id

_OWED: Final = """
    SELECT r.currency, sum(r.balance), coalesce(sum(r.balance) FILTER (WHERE r.due_on < %(day)s), 0)
    FROM invoices_receivable r WHERE r.tenant_id = %(tenant)s AND r.balance > 0
    GROUP BY r.currency ORDER BY r.currency <> 'EUR', r.currency
"""
_EXPORTED: Final = f"""
    SELECT e.at FROM tenants_auditentry e WHERE e.tenant_id = %(tenant)s AND e.act = '{ACT}'
    ORDER BY e.id DESC LIMIT 1
"""  # noqa: S608 -- our own word


def read_figures(today: dt.date) -> Figures:
    """Open amounts, those past their due date, and the day of the last export; two queries."""
    values = {"tenant": scoped_tenant_id(), "day": today}
    owed = fetch(_OWED, values)
    exports = fetch(_EXPORTED, values)
    return Figures(
        to_collect=" + ".join(money_text(amount, currency) for currency, amount, _late in owed),
        late=" + ".join(money_text(late, currency) for currency, _all, late in owed if late),
        last_export=local(exports[0][0]).date() if exports else None,
    )
