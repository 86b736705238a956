"""What was owed at the end of a day, from facts that bear a day; never from today's balance.

A debt of ours exists from the day of its invoice, a fee from the day it was claimed. What lowers
it counts from its own day: money from `Allocation.effective_on` until it was taken back, a credit
note from its date, a loss from the day it was given up. What a plan splits is its parts from the
day it was agreed to, and itself again from the day the plan was undone. An imported invoice comes
with what it still owed and without its past: of a day before it was last brought in nothing is
known, and it is left out then, counted and named as such.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from tenants.clock import at_hour
from tenants.scope import scoped_tenant_id

DEBTS_NOW: Final = """
    SELECT r.id, r.client_id, r.invoice_id, r.kind, r.due_on, r.public_id,
           r.amount - r.replaced AS amount, r.allocated AS paid, r.credited,
           r.written_off AS lost, r.balance AS owed
    FROM invoices_receivable r
    WHERE r.tenant_id = %(tenant)s AND r.currency = %(currency)s AND r.balance > 0
"""
_KNOWN: Final = """
    (i.origin = 'OWN' OR (r.plan_id IS NOT NULL OR r.created_at < %(end)s) AND NOT EXISTS (
        SELECT 1 FROM tenants_auditentry e
        WHERE e.tenant_id = i.tenant_id AND e.subject_id = i.public_id
        AND e.act = 'import_again' AND e.at >= %(end)s))
"""
_IN_FORCE: Final = """
    coalesce(g.agreed_on <= %(day)s, false) AND (g.ended_on IS NULL OR g.ended_on > %(day)s)
"""
_BORN: Final = f"""
    CASE WHEN r.plan_id IS NOT NULL THEN (
             SELECT {_IN_FORCE} FROM invoices_installmentplan g
             WHERE g.tenant_id = r.tenant_id AND g.id = r.plan_id)
         WHEN r.kind = 'INSTALLMENT' THEN i.issued_on <= %(day)s
         ELSE r.due_on <= %(day)s END
"""  # noqa: S608 -- our own words
_LIVE: Final = "a.effective_on <= %(day)s AND (a.undone_at IS NULL OR a.undone_at >= %(end)s)"
DEBTS_THEN: Final = f"""
    SELECT * FROM (
        SELECT r.id, r.client_id, r.invoice_id, r.kind, r.due_on, r.public_id,
               r.amount - coalesce(plans.total, 0) AS amount,
               coalesce(money.total, 0) AS paid, coalesce(notes.total, 0) AS credited,
               coalesce(losses.total, 0) AS lost,
               r.amount - coalesce(money.total, 0) - coalesce(notes.total, 0)
                   - coalesce(losses.total, 0) - coalesce(plans.total, 0) AS owed
        FROM invoices_receivable r
        JOIN invoices_invoice i ON i.tenant_id = r.tenant_id AND i.id = r.invoice_id
        LEFT JOIN (
            SELECT a.receivable_id, sum(a.amount) AS total FROM payments_allocation a
            WHERE a.tenant_id = %(tenant)s AND {_LIVE} GROUP BY a.receivable_id
        ) money ON money.receivable_id = r.id
        LEFT JOIN (
            SELECT c.receivable_id, sum(c.amount) AS total FROM invoices_credit c
            JOIN invoices_invoice n ON n.tenant_id = c.tenant_id AND n.id = c.credit_note_id
            WHERE c.tenant_id = %(tenant)s AND n.issued_on <= %(day)s GROUP BY c.receivable_id
        ) notes ON notes.receivable_id = r.id
        LEFT JOIN (
            SELECT w.receivable_id, sum(w.amount) AS total FROM invoices_writeoff w
            WHERE w.tenant_id = %(tenant)s AND w.written_off_on <= %(day)s
            GROUP BY w.receivable_id
        ) losses ON losses.receivable_id = r.id
        LEFT JOIN (
            SELECT e.receivable_id, sum(e.amount) AS total FROM invoices_plandebt e
            JOIN invoices_installmentplan g ON g.tenant_id = e.tenant_id AND g.id = e.plan_id
            WHERE e.tenant_id = %(tenant)s AND {_IN_FORCE} GROUP BY e.receivable_id
        ) plans ON plans.receivable_id = r.id
        WHERE r.tenant_id = %(tenant)s AND r.currency = %(currency)s
        AND {_BORN} AND {_KNOWN}
    ) dated WHERE owed > 0
"""  # noqa: S608 -- our own words
CREDIT_NOW: Final = """
    SELECT p.client_id, sum(p.unallocated) AS credit FROM payments_payment p
    WHERE p.tenant_id = %(tenant)s AND p.currency = %(currency)s AND p.unallocated > 0
    GROUP BY p.client_id
"""
# Money that left again counts from the day it was booked, as what it had settled does. What a
# gateway told and no payment could hold bears `related_id`: it waits for a human on its own page.
CREDIT_THEN: Final = f"""
    SELECT p.client_id,
           sum(p.amount - coalesce(used.total, 0) - coalesce(gone.total, 0)) AS credit
    FROM payments_payment p
    LEFT JOIN (
        SELECT a.payment_id, sum(a.amount) AS total FROM payments_allocation a
        JOIN invoices_receivable r ON r.tenant_id = a.tenant_id AND r.id = a.receivable_id
        JOIN invoices_invoice i ON i.tenant_id = r.tenant_id AND i.id = r.invoice_id
        WHERE a.tenant_id = %(tenant)s AND {_LIVE} AND {_BORN} GROUP BY a.payment_id
    ) used ON used.payment_id = p.id
    LEFT JOIN (
        SELECT m.payment_id, sum(m.amount) AS total FROM payments_movement m
        WHERE m.tenant_id = %(tenant)s AND m.recorded_at < %(end)s AND m.kind = ANY(%(out)s)
        AND NOT m.facts ? 'related_id' GROUP BY m.payment_id
    ) gone ON gone.payment_id = p.id
    WHERE p.tenant_id = %(tenant)s AND p.currency = %(currency)s AND p.received_on <= %(day)s
    GROUP BY p.client_id
"""  # noqa: S608 -- our own words
UNKNOWN_THEN: Final = f"""
    SELECT count(*), coalesce(sum(r.balance), 0) FROM invoices_receivable r
    JOIN invoices_invoice i ON i.tenant_id = r.tenant_id AND i.id = r.invoice_id
    WHERE r.tenant_id = %(tenant)s AND r.currency = %(currency)s
    AND i.issued_on <= %(day)s AND NOT {_KNOWN}
"""  # noqa: S608 -- our own words
PAID_BY: Final = f"""
    SELECT a.receivable_id, p.public_id, p.received_on, p.means, sum(a.amount)
    FROM payments_allocation a
    JOIN payments_payment p ON p.tenant_id = a.tenant_id AND p.id = a.payment_id
    WHERE a.tenant_id = %(tenant)s AND a.receivable_id = ANY(%(debts)s) AND {_LIVE}
    GROUP BY a.receivable_id, p.id, p.public_id, p.received_on, p.means
    ORDER BY p.received_on, p.id
"""  # noqa: S608 -- our own words
OUT: Final = ["CHARGE_REVERSED", "REFUND", "CHARGEBACK", "UNDONE", "BOUNCED"]


@dataclass(frozen=True, slots=True)
class AsOf:
    """The end of a day, in one currency; of today the balances themselves are read."""

    day: dt.date
    today: dt.date
    currency: str = "EUR"

    @property
    def is_past(self) -> bool:
        return self.day < self.today

    @property
    def debts(self) -> str:
        return DEBTS_THEN if self.is_past else DEBTS_NOW

    @property
    def credit(self) -> str:
        return CREDIT_THEN if self.is_past else CREDIT_NOW

    def values(self, **more: Any) -> dict[str, Any]:
        """What the statements above ask for."""
        return {
            "tenant": scoped_tenant_id(),
            "currency": self.currency,
            "day": self.day,
            "end": at_hour(self.day + dt.timedelta(days=1), 0),
            "out": OUT,
            **more,
        }
