"""Receivables (échéances): the only things that can be overdue, dunned, linked and paid."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from invoices.models.invoice import Invoice
from invoices.models.plan import InstallmentPlan
from tenants.ownership import Addressable, TenantKey, TenantOwned, same_tenant

ZERO = Decimal(0)


class Receivable(Addressable):
    """An amount due on a date by a client.

    balance = amount - allocated - credited - written_off - replaced, kept by PostgreSQL and never
    below zero. `replaced` is what an instalment plan split into receivables of its own: those have
    `plan`, and the plan that last split this one is `replaced_by`. Late fees and the recovery
    indemnity are receivables of their own, about the late one they arise from (`about`), never
    lines of an invoice.
    """

    class Kind(models.TextChoices):
        INSTALLMENT = "INSTALLMENT", _("Amount of an invoice")
        LATE_FEE = "LATE_FEE", _("Late-payment interest")
        RECOVERY_INDEMNITY = "RECOVERY_INDEMNITY", _("Recovery indemnity")
        PLAN_FEE = "PLAN_FEE", _("Plan fee")

    client = TenantKey(Client, related_name="receivables")
    invoice = TenantKey(Invoice, related_name="receivables")
    about = TenantKey("invoices.Receivable", related_name="claims", null=True, blank=True)
    kind = models.CharField(max_length=18, choices=Kind.choices, default=Kind.INSTALLMENT)
    currency = models.CharField(max_length=3, default="EUR")
    due_on = models.DateField()
    reference = models.CharField(max_length=25, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    allocated = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    credited = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    written_off = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    replaced = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    balance = models.GeneratedField(
        expression=F("amount") - F("allocated") - F("credited") - F("written_off") - F("replaced"),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
    )
    written_off_reason = models.CharField(max_length=200, blank=True)
    plan = TenantKey(InstallmentPlan, related_name="receivables", null=True, blank=True)
    replaced_by = TenantKey(InstallmentPlan, related_name="replaced", null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("client", "invoice", "about", "plan", "replaced_by"),
            models.CheckConstraint(
                condition=Q(
                    amount__gte=F("allocated") + F("credited") + F("written_off") + F("replaced"),
                    allocated__gte=0,
                    credited__gte=0,
                    written_off__gte=0,
                    replaced__gte=0,
                ),
                name="invoices_receivable_balance",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "due_on", "id"],
                condition=Q(balance__gt=0),
                name="invoices_receivable_open",
            ),
            models.Index(
                fields=["tenant", "invoice"],
                condition=Q(kind="INSTALLMENT", balance=0),
                name="invoices_receivable_settled",
            ),
            models.Index(
                fields=["tenant", "about"],
                condition=Q(about__isnull=False),
                name="invoices_receivable_about",
            ),
            models.Index(
                fields=["tenant", "plan", "due_on"],
                condition=Q(plan__isnull=False),
                name="invoices_receivable_plan",
            ),
            models.Index(
                fields=["tenant", "replaced_by"],
                condition=Q(replaced_by__isnull=False),
                name="invoices_receivable_replaced",
            ),
            models.Index(fields=["tenant", "client", "due_on"], name="invoices_receivable_client"),
            models.Index(fields=["tenant", "invoice"], name="invoices_receivable_invoice"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"


class Credit(TenantOwned):
    """Part of a credit note set against a receivable."""

    credit_note = TenantKey(Invoice, related_name="credits")
    receivable = TenantKey(Receivable, related_name="credits")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            *same_tenant("credit_note", "receivable"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoices_credit_positive"),
        ]
        indexes = [
            models.Index(fields=["tenant", "receivable"], name="invoices_credit_receivable"),
            models.Index(fields=["tenant", "credit_note"], name="invoices_credit_note"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class WriteOff(TenantOwned):
    """Part of a receivable that was given up on a day; `Receivable.written_off` is their sum."""

    receivable = TenantKey(Receivable, related_name="write_offs")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    written_off_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            *same_tenant("receivable"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoices_writeoff_positive"),
        ]
        indexes = [models.Index(fields=["tenant", "receivable"], name="invoices_writeoff_target")]

    def __str__(self) -> str:
        return f"{self.amount}"
