"""Pay links: what a client may pay, behind one door."""

from __future__ import annotations

from django.db import models

from clients.models import Client, Message
from invoices.models import Receivable
from tenants.ownership import Addressable, TenantKey, TenantOwned, same_tenant


class PayLink(Addressable):
    """A set of receivables that a message or a document asks for.

    The token is an HMAC of `public_id` under key `key_version`: it can be made again, so a message
    can be sent again byte for byte, while only its SHA-256 is stored, in a `Door`.
    """

    client = TenantKey(Client, related_name="pay_links")
    message = TenantKey(Message, related_name="pay_links", null=True, blank=True)
    key_version = models.PositiveSmallIntegerField(default=1)
    is_printed = models.BooleanField(default=False)
    language = models.CharField(max_length=2, default="fr")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [*Addressable.Meta.constraints, *same_tenant("client", "message")]
        indexes = [models.Index(fields=["tenant", "client"], name="payments_paylink_client")]

    def __str__(self) -> str:
        return str(self.public_id)


class PayLinkItem(TenantOwned):
    """One receivable on a link."""

    link = TenantKey(PayLink, related_name="items")
    receivable = TenantKey(Receivable, related_name="pay_link_items")

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            *same_tenant("link", "receivable"),
            models.UniqueConstraint(
                fields=["tenant", "link", "receivable"], name="payments_paylinkitem_once"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "receivable"], name="payments_paylinkitem_target"),
        ]

    def __str__(self) -> str:
        return f"{self.link_id}/{self.receivable_id}"
