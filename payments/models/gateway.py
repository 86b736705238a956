"""Accounts at gateways, and the inbox of what gateways tell us."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Tenant
from tenants.ownership import Addressable, TenantOwned


class GatewayAccount(Addressable):
    """A tenant's account at a gateway. Secrets are sealed with `FIELD_KEY`."""

    class Key(models.TextChoices):
        STRIPE = "STRIPE", "Stripe"
        SANDBOX = "SANDBOX", _("Sandbox (demonstration)")

    gateway = models.CharField(max_length=12, choices=Key.choices)
    livemode = models.BooleanField(default=False)
    account_id = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=120, blank=True)
    secret_sealed = models.BinaryField(default=b"")
    secret_hint = models.CharField(max_length=4, blank=True)
    webhook_secrets_sealed = models.BinaryField(default=b"")
    webhook_id = models.CharField(max_length=80, blank=True)
    last_webhook_at = models.DateTimeField(null=True, blank=True)
    changes_read_until = models.DateTimeField(null=True, blank=True)
    health = models.JSONField(default=dict)
    checked_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "gateway"],
                condition=models.Q(disabled_at=None),
                name="payments_gatewayaccount_one_enabled",
            ),
        ]

    def __str__(self) -> str:
        return self.get_gateway_display()


class GatewayEvent(models.Model):
    """The raw webhook inbox, a global table: stored before it is understood.

    `account` is the public id of the gateway account that the address of the webhook named.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", null=True)
    account = models.UUIDField()
    event_id = models.CharField(max_length=120)
    body = models.TextField()
    notice = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "event_id"], name="payments_event_once"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "next_try_at"],
                condition=models.Q(processed_at=None),
                name="payments_event_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.event_id


class SandboxPayment(TenantOwned):
    """State of the demonstration gateway, which has no server of its own."""

    external_id = models.CharField(max_length=60)
    state = models.CharField(max_length=12, default="OPEN")
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "external_id"], name="payments_sandbox_external_id"
            ),
        ]

    def __str__(self) -> str:
        return self.external_id
