"""Payments and what they settle."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from invoices.models import Receivable
from payments.models.attempt import Attempt
from tenants.models import User
from tenants.ownership import Addressable, TenantKey, TenantOwned, same_tenant

ZERO = Decimal(0)


class Payment(Addressable):
    """Money that came in. What is not allocated is the client's credit.

    `reversed_amount` is what left again (refund, chargeback, bounced cheque, a mistake undone).
    `recorded_with` is shared by payments recorded in one gesture, which can be undone as one.
    """

    class Means(models.TextChoices):
        TRANSFER = "TRANSFER", _("Bank transfer")
        CHEQUE = "CHEQUE", _("Cheque")
        CASH = "CASH", _("Cash")
        CARD = "CARD", _("Card")
        DIRECT_DEBIT = "DIRECT_DEBIT", _("Direct debit")
        OTHER = "OTHER", _("Other")

    client = TenantKey(Client, related_name="payments")
    attempt = TenantKey(Attempt, related_name="payments", null=True, blank=True)
    means = models.CharField(max_length=12, choices=Means.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")
    allocated = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    reversed_amount = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    unallocated = models.GeneratedField(
        expression=F("amount") - F("allocated") - F("reversed_amount"),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
    )
    received_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    recorded_with = models.UUIDField(null=True, blank=True, editable=False)
    undone_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("client", "attempt"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, allocated__gte=0, reversed_amount__gte=0)
                & Q(amount__gte=F("allocated") + F("reversed_amount")),
                name="payments_payment_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-received_on", "-id"], name="payments_payment_recent"),
            models.Index(fields=["tenant", "client", "-id"], name="payments_payment_client"),
            models.Index(
                fields=["tenant", "client"],
                condition=Q(unallocated__gt=0),
                name="payments_payment_credit",
            ),
            models.Index(
                fields=["tenant", "recorded_with"],
                condition=Q(recorded_with__isnull=False),
                name="payments_payment_gesture",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Allocation(TenantOwned):
    """Part of a payment set against a receivable; undone, never deleted.

    It counts from `effective_on` (the day the money came in, or the later day on which somebody
    set it there) until the day of `undone_at`: what was owed on any past day follows from these.
    """

    payment = TenantKey(Payment, related_name="allocations")
    receivable = TenantKey(Receivable, related_name="allocations")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    effective_on = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            *same_tenant("payment", "receivable"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_allocation_positive"),
        ]
        indexes = [
            models.Index(fields=["tenant", "receivable"], name="payments_allocation_target"),
            models.Index(fields=["tenant", "payment"], name="payments_allocation_payment"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
