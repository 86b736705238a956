"""Attempts: one hosted payment page, from the click to the end."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from invoices.models import Receivable
from payments.models.gateway import GatewayAccount
from payments.models.link import PayLink
from tenants.ownership import Addressable, TenantKey, TenantOwned, same_tenant


class Attempt(Addressable):
    """Committed before the gateway is called, with the exact request, so that it can be replayed.

    The state is a hint for the screen and for dunning; money comes from movements only.
    `quarantined_at`: the gateway told something that our books cannot hold (`error` says what);
    it is kept in the ledger and shown to the owner until somebody has looked.
    """

    class State(models.TextChoices):
        CREATING = "CREATING", _("Being opened")
        OPEN = "OPEN", _("Open")
        PROCESSING = "PROCESSING", _("Being confirmed")
        SUCCEEDED = "SUCCEEDED", _("Paid")
        FAILED = "FAILED", _("Failed")
        EXPIRED = "EXPIRED", _("Expired")
        CANCELED = "CANCELED", _("Canceled")

    LIVE = ("CREATING", "OPEN", "PROCESSING")

    link = TenantKey(PayLink, related_name="attempts")
    account = TenantKey(GatewayAccount, related_name="attempts")
    state = models.CharField(max_length=10, choices=State.choices, default=State.CREATING)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    request = models.JSONField(default=dict)
    external_id = models.CharField(max_length=120, blank=True)
    redirect_url = models.CharField(max_length=800, blank=True)
    method = models.CharField(max_length=40, blank=True)
    expires_at = models.DateTimeField()
    processing_since = models.DateTimeField(null=True, blank=True)
    next_poll_at = models.DateTimeField(null=True, blank=True)
    polls = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    quarantined_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("link", "account"),
            models.UniqueConstraint(
                fields=["tenant", "account", "external_id"],
                condition=~models.Q(external_id=""),
                name="payments_attempt_external_id",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "link"], name="payments_attempt_link"),
            models.Index(
                fields=["tenant", "id"],
                condition=models.Q(quarantined_at__isnull=False),
                name="payments_attempt_quarantined",
            ),
            models.Index(
                fields=["tenant", "next_poll_at"],
                condition=models.Q(state__in=["CREATING", "OPEN", "PROCESSING"]),
                name="payments_attempt_live",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.amount} {self.currency}"


class AttemptTarget(TenantOwned):
    """A receivable an attempt is about; only one live attempt may be about a receivable."""

    attempt = TenantKey(Attempt, related_name="targets")
    receivable = TenantKey(Receivable, related_name="attempt_targets")
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            *same_tenant("attempt", "receivable"),
            models.UniqueConstraint(
                fields=["tenant", "receivable"],
                condition=models.Q(is_live=True),
                name="payments_target_one_live",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.receivable_id}"
