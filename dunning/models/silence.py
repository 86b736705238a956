"""What silences a case: state as rows, so that who, when and why are kept.

`replaced_by` is the row that took this one's place: taken back, it gives the place back.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from dunning.models.case import Case
from tenants.models import User
from tenants.ownership import Addressable, TenantKey, same_tenant


class Pause(Addressable):
    """No reminder for a client, or for one case, until a day or until resumed."""

    client = TenantKey(Client, related_name="pauses")
    case = TenantKey(Case, related_name="pauses", null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    started_on = models.DateField()
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    ended_on = models.DateField(null=True, blank=True)
    replaced_by = TenantKey("dunning.Pause", related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("client", "case", "replaced_by"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "client"],
                condition=models.Q(ended_on=None),
                name="dunning_pause_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.until or '…'}"


class Promise(Addressable):
    """A client's word: silences until its day has passed, then is kept or broken."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        KEPT = "KEPT", _("Kept")
        BROKEN = "BROKEN", _("Broken")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")

    case = TenantKey(Case, related_name="promises")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    promised_for = models.DateField()
    made_by = models.CharField(max_length=150, blank=True)
    channel = models.CharField(max_length=18)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    recorded_on = models.DateField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    replaced_by = TenantKey("dunning.Promise", related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("case", "replaced_by"),
            models.UniqueConstraint(
                fields=["tenant", "case"],
                condition=models.Q(state="OPEN"),
                name="dunning_promise_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.promised_for}"


class Dispute(Addressable):
    """The client contests; silences until resolved, and the client hears of the resolution."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        RESOLVED = "RESOLVED", _("Resolved")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")  # noted by mistake: the client hears nothing

    case = TenantKey(Case, related_name="disputes")
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    text = models.TextField()
    opened_on = models.DateField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    resolution = models.TextField(blank=True)
    resolved_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("case"),
            models.UniqueConstraint(
                fields=["tenant", "case"],
                condition=models.Q(state="OPEN"),
                name="dunning_dispute_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.state
