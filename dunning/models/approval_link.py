"""The way from an evening mail to one question, without signing in."""

from __future__ import annotations

from django.db import models

from dunning.models.case import Approval
from tenants.models import User
from tenants.ownership import Addressable, TenantKey, same_tenant


class ApprovalLink(Addressable):
    """A question that one person may answer behind a link of their own; its door has the expiry."""

    approval = TenantKey(Approval, related_name="links")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key_version = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("approval"),
            models.UniqueConstraint(
                fields=["tenant", "approval", "user"], name="dunning_approvallink_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.approval_id} {self.user_id}"
