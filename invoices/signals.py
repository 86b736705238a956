"""What happened to invoices; sent inside the transaction, payload is ids."""

from __future__ import annotations

from django.dispatch import Signal

invoice_issued = Signal()  # invoice_id
credit_needs_room = Signal()  # receivable_id, amount: what is allocated must make way for a credit
receivable_settled = Signal()  # receivable_id, by: "MONEY" | "CREDIT" | "WRITE_OFF" | "PLAN"
receivable_changed = Signal()  # receivable_id: its balance moved and is not zero
receivable_reopened = Signal()  # receivable_id, by ("MONEY" | "PLAN"): due again
receivables_imported = Signal()  # receivable_ids: new or moved; disputed_ids: contested ones
plan_proposed = Signal()  # plan_id
plan_agreed = Signal()  # plan_id: its debts are replaced by receivables of its own
plan_ended = Signal()  # plan_id: withdrawn or declined; an agreed one gave its debts back
