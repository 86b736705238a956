"""The acts on invoices. Called inside a tenant's scope; each is atomic."""

from __future__ import annotations

from invoices.services.crediting import cancel_and_redo, credit_invoice
from invoices.services.drafts import (
    LineInput,
    create_invoice,
    delete_draft,
    duplicate,
    update_draft,
)
from invoices.services.fees import claim_late_fees, waive, write_off
from invoices.services.importing import ImportRefused, ImportReport, import_receivables
from invoices.services.issuing import issue_invoice
from invoices.services.plans import agree_plan, decline_plan, propose_plan, withdraw_plan
from invoices.services.sending import send_invoice

__all__ = [
    "ImportRefused",
    "ImportReport",
    "LineInput",
    "agree_plan",
    "cancel_and_redo",
    "claim_late_fees",
    "create_invoice",
    "credit_invoice",
    "decline_plan",
    "delete_draft",
    "duplicate",
    "import_receivables",
    "issue_invoice",
    "propose_plan",
    "send_invoice",
    "update_draft",
    "waive",
    "withdraw_plan",
    "write_off",
]
