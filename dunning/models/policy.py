"""Policies and their steps: immutable once a case has used them."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from tenants.models import User
from tenants.ownership import Addressable, TenantKey, TenantOwned, same_tenant


class Policy(Addressable):
    """A ladder at one version; `dunning.policy` decides with it."""

    key = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "key", "version"], name="dunning_policy_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class Step(TenantOwned):
    """One step of a policy, as `dunning.policy.StepRule` has it."""

    policy = TenantKey(Policy, related_name="steps")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=20)
    offset_days = models.SmallIntegerField()
    gap_days = models.PositiveSmallIntegerField()
    severity = models.PositiveSmallIntegerField()
    tone = models.CharField(max_length=10)
    channels = ArrayField(models.CharField(max_length=18), default=list)
    contact_role = models.CharField(max_length=14)
    minimum_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    needs_approval = models.BooleanField(default=False)
    asks_late_fees = models.BooleanField(default=False)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            *same_tenant("policy"),
            models.UniqueConstraint(
                fields=["tenant", "policy", "position"], name="dunning_step_position"
            ),
            models.UniqueConstraint(
                fields=["tenant", "policy", "key"], name="dunning_step_named_once"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Profile(TenantOwned):
    """How one client is dunned: the policy, the owner's approval, and the client's exceptions.

    `agreed_with` is shared by the clients agreed to in one gesture, which can be taken back as one.
    """

    client = TenantKey(Client, related_name="dunning_profiles")
    policy = TenantKey(Policy, related_name="profiles")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    agreed_with = models.UUIDField(null=True, blank=True, editable=False)
    firm_steps_alone = models.BooleanField(
        default=False, help_text=_("Firm steps leave without asking each time.")
    )
    no_pre_due = models.BooleanField(default=False)
    first_word_after_days = models.PositiveSmallIntegerField(default=0)
    never_remind = models.BooleanField(default=False)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            *same_tenant("client", "policy"),
            models.UniqueConstraint(fields=["tenant", "client"], name="dunning_profile_once"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.policy_id}"
