"""Who changed what: written by services, never changed."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from tenants.models.people import User
from tenants.ownership import TenantOwned


class AuditEntry(TenantOwned):
    """One act. `user` is empty when a timer or a client behind a link did it (see `actor`)."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    actor = models.CharField(max_length=40, default="USER")
    act = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    subject_id = models.UUIDField(null=True)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [*TenantOwned.Meta.constraints]
        indexes = [
            models.Index(fields=["tenant", "subject_id", "at"], name="tenants_audit_subject"),
            models.Index(
                fields=["tenant", "-id"],
                condition=models.Q(act="export_fec"),
                name="tenants_audit_exports",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"
