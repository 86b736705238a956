"""The ledger: facts about money, append-only and chained (law-fr D10, CGI 286 I 3° bis)."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.models.payment import Payment
from tenants.ownership import Addressable, TenantKey, TenantOwned, same_tenant


class MovementChain(TenantOwned):
    """The end of a tenant's chain; its row is locked while a movement is added."""

    length = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(fields=["tenant"], name="payments_chain_once"),
        ]

    def __str__(self) -> str:
        return f"{self.length} {self.last_hash}"


class Movement(Addressable):
    """A gateway, bank or manual fact; a database trigger refuses update and delete.

    `source` is the public id of the gateway account, or MANUAL. `amount` is positive, `kind` gives
    the direction. `hash` is SHA-256 over the previous hash and the row's own facts.
    """

    class Kind(models.TextChoices):
        CHARGE = "CHARGE", _("Money in")
        CHARGE_REVERSED = "CHARGE_REVERSED", _("Payment failed later")
        REFUND = "REFUND", _("Refund")
        REFUND_FAILED = "REFUND_FAILED", _("Refund failed")
        CHARGEBACK = "CHARGEBACK", _("Chargeback")
        CHARGEBACK_REVERSED = "CHARGEBACK_REVERSED", _("Chargeback won")
        FEE = "FEE", _("Gateway fee")
        PAYOUT = "PAYOUT", _("Payout")
        UNDONE = "UNDONE", _("Recorded by mistake, undone")
        BOUNCED = "BOUNCED", _("Bounced cheque")

    sequence = models.PositiveBigIntegerField()
    source = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    external_id = models.CharField(max_length=120)
    payment = TenantKey(Payment, related_name="movements", null=True, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    occurred_at = models.DateTimeField()
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    recorded_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("payment"),
            models.UniqueConstraint(
                fields=["tenant", "source", "kind", "external_id"], name="payments_movement_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "sequence"], name="payments_movement_sequence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind} {self.amount}"
