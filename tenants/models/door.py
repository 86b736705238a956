"""Doors: what arrives without a session finds its tenant through one."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models.tenant import Tenant


class Door(models.Model):
    """The SHA-256 of a public key, the tenant it opens on, and until when.

    Unknown, revoked and foreign keys are answered alike (404). The key itself is never stored.
    `target` is the random id of the row behind the door, in the table that its kind implies.
    """

    class Kind(models.TextChoices):
        PAY_LINK = "PAY_LINK", _("Pay link")
        INVITATION = "INVITATION", _("Invitation")
        APPROVAL = "APPROVAL", _("Question of an evening mail")
        WEBHOOK = "WEBHOOK", _("Gateway webhook")

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="doors")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key_sha256 = models.BinaryField(max_length=32, unique=True)
    target = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def is_expired(self, now: dt.datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now
