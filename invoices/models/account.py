"""The account plan: to which account of the books each sort of amount goes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.ownership import TenantOwned


class Account(TenantOwned):
    """An account that the accountant chose instead of the usual one for a use.

    A use without a row has the account of `invoices.account_plan.USUAL`. The number begins with
    three digits of the general plan (PCG), as the form of the FEC wants it.
    """

    class Use(models.TextChoices):
        CLIENTS = "CLIENTS", _("Clients")
        SALES_GOODS = "SALES_GOODS", _("Sales of goods")
        SALES_SERVICES = "SALES_SERVICES", _("Sales of services")
        SALES_MIXED = "SALES_MIXED", _("Sales of goods and services")
        VAT_GOODS = "VAT_GOODS", _("VAT due when invoiced")
        VAT_SERVICES = "VAT_SERVICES", _("VAT due when paid")
        BANK = "BANK", _("Transfers and direct debits")
        CHEQUES = "CHEQUES", _("Cheques")
        CASH = "CASH", _("Cash")
        CARDS = "CARDS", _("Cards and online payments")

    use = models.CharField(max_length=16, choices=Use.choices)
    number = models.CharField(max_length=20)
    label = models.CharField(max_length=100)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "use"], name="invoices_account_use"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"
