"""Invoices of every kind, in one table."""

from __future__ import annotations

from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from invoices.models.series import Series
from tenants.models import Business, StoredFile, User
from tenants.ownership import Addressable, TenantKey, TenantOwned, same_tenant

ZERO = Decimal(0)


class Invoice(Addressable):
    """A document that says what is owed, or by a credit note what is owed no more.

    *Paid*, *partly paid* and *overdue* are derived from receivables, never stored. Once issued, a
    database trigger refuses any change of the legal columns and any delete. Amounts are positive
    also on credit notes. Imported invoices keep their number and never enter our series.
    """

    class Kind(models.TextChoices):
        INVOICE = "INVOICE", _("Invoice")
        DEPOSIT = "DEPOSIT", _("Deposit invoice")
        PROGRESS = "PROGRESS", _("Progress invoice")
        FINAL = "FINAL", _("Final invoice")
        CREDIT_NOTE = "CREDIT_NOTE", _("Credit note")
        CORRECTIVE = "CORRECTIVE", _("Corrective invoice")

    class Origin(models.TextChoices):
        OWN = "OWN", _("Issued here")
        IMPORTED = "IMPORTED", _("Imported")

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        ISSUED = "ISSUED", _("Issued")
        CANCELLED = "CANCELLED", _("Cancelled by a credit note")
        WRITTEN_OFF = "WRITTEN_OFF", _("Written off")

    client = TenantKey(Client, related_name="invoices")
    kind = models.CharField(max_length=11, choices=Kind.choices, default=Kind.INVOICE)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.OWN)
    state = models.CharField(max_length=11, choices=State.choices, default=State.DRAFT)
    series = TenantKey(Series, related_name="invoices", null=True, blank=True)
    number = models.CharField(max_length=35, null=True, blank=True)  # noqa: DJ001 -- null until issued
    currency = models.CharField(max_length=3, default="EUR")
    language = models.CharField(max_length=2, default="fr")
    issued_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    terms = models.CharField(max_length=20, default="NET_30")
    operation = models.CharField(
        max_length=8, choices=Business.Operation.choices, default=Business.Operation.SERVICES
    )
    order_reference = models.CharField(max_length=60, blank=True)
    notes = models.TextField(blank=True)
    total_net = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    total_vat = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    total_gross = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    vat_breakdown = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    seller = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    buyer = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    mentions = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    corrects = TenantKey("invoices.Invoice", related_name="corrections", null=True, blank=True)
    copied_from = TenantKey("invoices.Invoice", related_name="copies", null=True, blank=True)
    document = TenantKey(StoredFile, related_name="+", null=True, blank=True)

    search_key = models.CharField(max_length=320, editable=False, default="")
    stopped_at = models.DateTimeField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            *same_tenant("client", "series", "corrects", "copied_from", "document"),
            models.UniqueConstraint(
                fields=["tenant", "number"],
                condition=models.Q(origin="OWN"),
                name="invoices_invoice_number",
            ),
            models.UniqueConstraint(
                fields=["tenant", "client", "number"],
                condition=models.Q(origin="IMPORTED"),
                name="invoices_invoice_imported_number",
            ),
            models.CheckConstraint(
                condition=models.Q(state="DRAFT", number=None)
                | models.Q(number__isnull=False, issued_on__isnull=False)
                & ~models.Q(state="DRAFT"),
                name="invoices_invoice_numbered_when_issued",
            ),
            models.CheckConstraint(
                condition=models.Q(total_gross=models.F("total_net") + models.F("total_vat")),
                name="invoices_invoice_totals",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-issued_on", "-id"], name="invoices_invoice_recent"),
            models.Index(fields=["tenant", "client", "-id"], name="invoices_invoice_client"),
            models.Index(fields=["tenant", "search_key"], name="invoices_invoice_search"),
            models.Index(
                fields=["tenant", "id"],
                condition=models.Q(origin="OWN", document=None) & ~models.Q(state="DRAFT"),
                name="invoices_invoice_unrendered",
            ),
            models.Index(
                fields=["tenant", "corrects"],
                condition=models.Q(corrects__isnull=False),
                name="invoices_invoice_corrects",
            ),
            models.Index(
                fields=["tenant", "copied_from"],
                condition=models.Q(copied_from__isnull=False),
                name="invoices_invoice_copies",
            ),
            models.Index(
                fields=["tenant", "id"],
                condition=models.Q(state="DRAFT"),
                name="invoices_invoice_drafts",
            ),
            models.Index(
                fields=["tenant", "id"],
                condition=models.Q(state="ISSUED", total_gross__lte=0)
                & ~models.Q(kind="CREDIT_NOTE"),
                name="invoices_invoice_free",
            ),
            models.Index(
                fields=["tenant", "id"],
                condition=models.Q(state__in=["CANCELLED", "WRITTEN_OFF"]),
                name="invoices_invoice_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Draft"))


class InvoiceLine(TenantOwned):
    """One supply. `net` is quantity x unit price less the discount, rounded half-up to cents."""

    invoice = TenantKey(Invoice, related_name="lines")
    position = models.PositiveSmallIntegerField()
    description = models.TextField()
    quantity = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(1))
    unit = models.CharField(max_length=20, blank=True)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    discount_percent = models.DecimalField(max_digits=5, decimal_places=2, default=ZERO)
    vat_category = models.CharField(max_length=2, default="S")
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2)
    net = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            *same_tenant("invoice"),
            models.UniqueConstraint(
                fields=["tenant", "invoice", "position"], name="invoices_line_position"
            ),
        ]

    def __str__(self) -> str:
        return self.description[:60]
