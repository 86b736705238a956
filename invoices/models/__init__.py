"""What is owed: documents and the amounts due that they create."""

from __future__ import annotations

from invoices.models.account import Account
from invoices.models.imports import ImportBatch, ImportFile, ImportLine
from invoices.models.invoice import Invoice, InvoiceLine
from invoices.models.plan import InstallmentPlan, PlanDebt, PlanPart
from invoices.models.receivable import Credit, Receivable, WriteOff
from invoices.models.series import Series

__all__ = [
    "Account",
    "Credit",
    "ImportBatch",
    "ImportFile",
    "ImportLine",
    "InstallmentPlan",
    "Invoice",
    "InvoiceLine",
    "PlanDebt",
    "PlanPart",
    "Receivable",
    "Series",
    "WriteOff",
]
