"""Numbering: one row per series and year, locked while a number is taken."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.ownership import TenantOwned


class Series(TenantOwned):
    """A gapless, chronological sequence of numbers.

    `pattern` is a format string over `year` and `number`, e.g. "F-{year}-{number:04d}". A pattern
    without the year runs on for ever (`year` 0); with it, the sequence restarts each year.
    """

    class Kind(models.TextChoices):
        INVOICE = "INVOICE", _("Invoices")
        CREDIT_NOTE = "CREDIT_NOTE", _("Credit notes")
        NOTICE = "NOTICE", _("Formal notices")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    year = models.PositiveSmallIntegerField()
    pattern = models.CharField(max_length=30)
    first_number = models.PositiveIntegerField(default=1)
    next_number = models.PositiveIntegerField(default=1)
    last_issued_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "kind", "year"], name="invoices_series_once"),
            models.CheckConstraint(
                condition=models.Q(next_number__gte=models.F("first_number")),
                name="invoices_series_never_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year or ''}".strip()
