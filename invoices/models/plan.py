"""Instalment plans: what a client owes, split into dated parts that the client accepts."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from tenants.models import StoredFile, User
from tenants.ownership import Addressable, TenantKey, TenantOwned, same_tenant

ZERO = Decimal(0)
DEFAULT_GRACE_DAYS = 5


class InstallmentPlan(Addressable):
    """A delay granted on debts that exist, without novation: who owes and why stay as they are.

    Proposed, then agreed by the client or taken back; finished and missed are derived from its
    parts, never stored. What it splits is `total`; `fee` comes on top of it and is due with the
    first part (businesses only). `document` is what the client was shown, kept by its hash.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", _("Proposed")
        AGREED = "AGREED", _("Agreed")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        DECLINED = "DECLINED", _("Declined")

    class Cause(models.TextChoices):
        """Why the client is late. Closed, and without health or family: nobody types a reason."""

        CASH_FLOW = "CASH_FLOW", _("Cash flow")
        LATE_CLIENTS = "LATE_CLIENTS", _("Their own clients pay late")
        SEASON = "SEASON", _("A slow season")
        UNFORESEEN_EXPENSE = "UNFORESEEN_EXPENSE", _("An unforeseen expense")
        LOST_ORDER = "LOST_ORDER", _("A lost order")
        BANK = "BANK", _("A delay of their bank")
        ADMINISTRATIVE = "ADMINISTRATIVE", _("An internal delay")
        DISPUTE_SETTLED = "DISPUTE_SETTLED", _("A dispute that is settled")
        PERSONAL = "PERSONAL", _("Personal, no detail")
        OTHER = "OTHER", _("Other, no detail")

    class AgreedHow(models.TextChoices):
        ONLINE = "ONLINE", _("Accepted online")
        TOLD = "TOLD", _("The client told me")

    client = TenantKey(Client, related_name="plans")
    currency = models.CharField(max_length=3, default="EUR")
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    cause = models.CharField(max_length=18, choices=Cause.choices)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    fee = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    grace_days = models.PositiveSmallIntegerField(default=DEFAULT_GRACE_DAYS)
    language = models.CharField(max_length=2, default="fr")
    proposed_on = models.DateField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    answer_by = models.DateField()
    document = TenantKey(StoredFile, related_name="+", null=True, blank=True)
    document_sha256 = models.CharField(max_length=64, blank=True)
    agreed_on = models.DateField(null=True, blank=True)
    agreed_how = models.CharField(max_length=6, choices=AgreedHow.choices, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_name = models.CharField(max_length=150, blank=True)
    accepted_capacity = models.CharField(max_length=80, blank=True)
    accepted_ip = models.GenericIPAddressField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    decline_note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("client", "document"),
            models.CheckConstraint(
                condition=Q(total__gt=0, fee__gte=0), name="invoices_plan_amounts"
            ),
            models.CheckConstraint(
                condition=~Q(state="AGREED")
                | Q(agreed_on__isnull=False, accepted_at__isnull=False) & ~Q(agreed_how=""),
                name="invoices_plan_agreed_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["PROPOSED", "AGREED"], ended_on=None)
                | Q(state__in=["WITHDRAWN", "DECLINED"], ended_on__isnull=False),
                name="invoices_plan_ended_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "client", "-id"], name="invoices_plan_client"),
            models.Index(
                fields=["tenant", "answer_by", "id"],
                condition=Q(state="PROPOSED"),
                name="invoices_plan_unanswered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.total} {self.currency} {self.state}"


class PlanPart(TenantOwned):
    """One amount on one day; without a day it is due on the day the plan is accepted."""

    plan = TenantKey(InstallmentPlan, related_name="parts")
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField(null=True, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            *same_tenant("plan"),
            models.UniqueConstraint(
                fields=["tenant", "plan", "position"], name="invoices_planpart_position"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, position__gte=1), name="invoices_planpart_positive"
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=False) | Q(position=1),
                name="invoices_planpart_first_undated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.amount}"


class PlanDebt(TenantOwned):
    """A receivable that a plan splits, with what it still owed when the plan was proposed."""

    plan = TenantKey(InstallmentPlan, related_name="debts")
    receivable = TenantKey("invoices.Receivable", related_name="plan_debts")
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            *same_tenant("plan", "receivable"),
            models.UniqueConstraint(
                fields=["tenant", "plan", "receivable"], name="invoices_plandebt_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoices_plandebt_positive"),
        ]
        indexes = [models.Index(fields=["tenant", "receivable"], name="invoices_plandebt_of")]

    def __str__(self) -> str:
        return f"{self.amount}"
