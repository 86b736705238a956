"""Cases: one receivable under dunning, and what was done about it."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Message
from dunning.models.policy import Policy
from invoices.models import Invoice, Receivable
from tenants.models import User
from tenants.ownership import Addressable, TenantKey, same_tenant


class Case(Addressable):
    """`next_action_on` is the work list (partial index); `silence` says why it is quiet.

    A case is never "stopped": each run decides afresh from facts. `cycle` grows at each reopening
    (bounced cheque, chargeback), so that the same step may be taken again.

    `entry_step` is a step that an imported debt has behind it, taken elsewhere before it came here:
    what the owner answers on `entered_on`, by age of the debts, when a book is imported in the
    browser. A book that is imported by the command leaves both empty: the client then hears the
    first step first, however old the debt is, and each harder one after its gap. Before `starts_on`
    nothing is said of an old debt: the first wave is spread over days (`dunning.first_wave`).
    """

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        CLOSED = "CLOSED", _("Closed")

    receivable = TenantKey(Receivable, related_name="cases")
    client = TenantKey(Client, related_name="cases")
    invoice = TenantKey(Invoice, related_name="cases")
    policy = TenantKey(Policy, related_name="cases")
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    cycle = models.PositiveSmallIntegerField(default=1)
    next_action_on = models.DateField(null=True, blank=True)
    next_step = models.CharField(max_length=20, blank=True)
    silence = models.CharField(max_length=24, blank=True)
    silent_until = models.DateField(null=True, blank=True)
    mailed_on = models.DateField(null=True, blank=True)
    part_paid_on = models.DateField(null=True, blank=True)
    says_paid_on = models.DateField(null=True, blank=True)
    entry_step = models.CharField(max_length=20, blank=True)
    entered_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    failed_why = models.CharField(max_length=300, blank=True)
    opened_on = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)
    owes_thanks_since = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("receivable", "client", "invoice", "policy"),
            models.UniqueConstraint(fields=["tenant", "receivable"], name="dunning_case_once"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "next_action_on", "client"],
                condition=models.Q(state="OPEN", next_action_on__isnull=False),
                name="dunning_case_due",
            ),
            models.Index(
                fields=["tenant", "owes_thanks_since"],
                condition=models.Q(owes_thanks_since__isnull=False),
                name="dunning_case_thanks",
            ),
            models.Index(fields=["tenant", "client"], name="dunning_case_client"),
            models.Index(fields=["tenant", "invoice"], name="dunning_case_invoice"),
        ]

    def __str__(self) -> str:
        return f"{self.receivable_id} {self.state}"


class Reminder(Addressable):
    """A step taken for a case: unique (case, step, cycle), so it can be taken once only.

    `taken_on` is the day decided on; `snapshot` the facts the client was told (amounts, due date).
    Many reminders may share one message.
    """

    class State(models.TextChoices):
        PLANNED = "PLANNED", _("Planned")
        DONE = "DONE", _("Done")
        CANCELLED = "CANCELLED", _("Cancelled")
        FAILED = "FAILED", _("Failed")
        AMBIGUOUS = "AMBIGUOUS", _("In doubt")

    case = TenantKey(Case, related_name="reminders")
    message = TenantKey(Message, related_name="reminders", null=True, blank=True)
    step = models.CharField(max_length=20)
    cycle = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    taken_on = models.DateField()
    snapshot = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    cancelled_why = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("case", "message"),
            models.UniqueConstraint(
                fields=["tenant", "case", "step", "cycle"],
                condition=~models.Q(state="CANCELLED"),
                name="dunning_reminder_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "message"], name="dunning_reminder_message"),
            models.Index(fields=["tenant", "case"], name="dunning_reminder_case"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.cycle}"


class Approval(Addressable):
    """A human's word on a step that needs one; not given in time, it is asked afresh."""

    class State(models.TextChoices):
        ASKED = "ASKED", _("To approve")
        GRANTED = "GRANTED", _("Approved")
        REFUSED = "REFUSED", _("Refused")
        LAPSED = "LAPSED", _("Asked afresh")

    case = TenantKey(Case, related_name="approvals")
    step = models.CharField(max_length=20)
    cycle = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    claims_principal = models.BooleanField(default=True)
    claims_late_fees = models.BooleanField(default=True)
    claims_indemnity = models.BooleanField(default=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("case"),
            models.UniqueConstraint(
                fields=["tenant", "case", "step", "cycle"],
                condition=models.Q(state__in=["ASKED", "GRANTED"]),
                name="dunning_approval_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "asked_on"],
                condition=models.Q(state="ASKED"),
                name="dunning_approval_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.state}"
