"""How a tenant's mail leaves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.ownership import TenantOwned


class Sender(TenantOwned):
    """Send as: the tenant's own SMTP server, or our domain with Reply-To the owner."""

    class Way(models.TextChoices):
        OURS = "OURS", _("Through our domain, answers come to you")
        OWN_SMTP = "OWN_SMTP", _("Through your own mail server")

    way = models.CharField(max_length=8, choices=Way.choices, default=Way.OURS)
    from_name = models.CharField(max_length=120, blank=True)
    from_email = models.EmailField(blank=True)
    reply_to = models.EmailField(blank=True)
    bcc = models.EmailField(blank=True)
    host = models.CharField(max_length=200, blank=True)
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(
        max_length=8,
        choices=[("STARTTLS", "STARTTLS"), ("TLS", "TLS"), ("NONE", _("None"))],
        default="STARTTLS",
    )
    username = models.CharField(max_length=200, blank=True)
    password_sealed = models.BinaryField(blank=True, default=b"")
    proved_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(fields=["tenant"], name="clients_sender_once"),
        ]

    def __str__(self) -> str:
        return self.from_email or self.way
