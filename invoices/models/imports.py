"""Books that came in from elsewhere: the upload, what was understood, what it wrote."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import pgettext_lazy

from clients.models import Client
from invoices.models.invoice import Invoice
from tenants.models import StoredFile, User
from tenants.ownership import Addressable, TenantKey, TenantOwned, same_tenant


class ImportBatch(Addressable):
    """One or several files brought in together, from the upload to the undoing.

    READING, IMPORTING and UNDOING wait for a worker, since `asked_at`; a worker that is killed
    leaves them as they were, and the next one begins anew. `counts` is what the files would do,
    or have done; `refusals` and `notices` are the first of theirs, `refused` the file of all
    refused lines. `made` are the ids of what came with the invoices (clients, persons, credits);
    `left` names what the undoing had to leave, and why.
    """

    class State(models.TextChoices):
        READING = "READING", pgettext_lazy("import", "Being read")
        READ = "READ", pgettext_lazy("import", "To look at")
        IMPORTING = "IMPORTING", pgettext_lazy("import", "Being imported")
        IMPORTED = "IMPORTED", pgettext_lazy("import", "Imported")
        UNDOING = "UNDOING", pgettext_lazy("import", "Being undone")
        UNDONE = "UNDONE", pgettext_lazy("import", "Undone")

    state = models.CharField(max_length=9, choices=State.choices, default=State.READING)
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=2)
    currency = models.CharField(max_length=3, default="EUR")
    client_kind = models.CharField(
        max_length=12, choices=Client.Kind.choices, default=Client.Kind.BUSINESS
    )
    accept_doubts = models.BooleanField(default=False)
    is_partial = models.BooleanField(default=False)
    counts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    refusals = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    notices = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    refused = TenantKey(StoredFile, related_name="+", null=True, blank=True)
    made = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    left = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    imported_at = models.DateTimeField(null=True, blank=True)
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [*Addressable.Meta.constraints, *same_tenant("refused")]
        indexes = [
            models.Index(fields=["tenant", "-id"], name="invoices_import_recent"),
            models.Index(
                fields=["tenant", "asked_at"],
                condition=models.Q(state__in=["READING", "IMPORTING", "UNDOING"]),
                name="invoices_import_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.public_id}"


class ImportFile(TenantOwned):
    """One file of a batch, kept as it came; without `file` once it was deleted for its age.

    `understood` is what reading it found (`invoices.importing.understood`); `mapping` what the
    user said instead: `positions` (field: column), `line`, `date_order`, `decimal_mark`.
    """

    batch = TenantKey(ImportBatch, related_name="files")
    file = TenantKey(StoredFile, related_name="+", null=True, blank=True)
    name = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()
    understood = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    mapping = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            *same_tenant("batch", "file"),
            models.UniqueConstraint(
                fields=["tenant", "batch", "position"], name="invoices_importfile_position"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ImportLine(TenantOwned):
    """What a batch did to one imported invoice. `before` is what an update found there.

    It has `invoice` (columns), `receivables` (id, amount, due date, settled on: before, and amount
    and due date after) and `made` (ids of receivables that were added).
    """

    class Outcome(models.TextChoices):
        CREATED = "CREATED", pgettext_lazy("import", "New")
        UPDATED = "UPDATED", pgettext_lazy("import", "Updated")
        UNCHANGED = "UNCHANGED", pgettext_lazy("import", "Unchanged")

    batch = TenantKey(ImportBatch, related_name="lines")
    invoice = TenantKey(Invoice, related_name="import_lines")
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            *same_tenant("batch", "invoice"),
            models.UniqueConstraint(
                fields=["tenant", "batch", "invoice"], name="invoices_importline_once"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "invoice"], name="invoices_importline_invoice"),
        ]

    def __str__(self) -> str:
        return self.outcome
