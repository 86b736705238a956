"""The legal person behind a tenant: identity, bank details, invoicing habits."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.ownership import TenantKey, TenantOwned, same_tenant


class Business(TenantOwned):
    """One row per tenant; what an issued document freezes of its seller."""

    class VatRegime(models.TextChoices):
        NORMAL = "NORMAL", _("VAT is charged")
        FRANCHISE = "FRANCHISE", _("Franchise en base: VAT not applicable")

    class Operation(models.TextChoices):
        GOODS = "GOODS", _("Goods")
        SERVICES = "SERVICES", _("Services")
        MIXED = "MIXED", _("Goods and services")

    legal_name = models.CharField(max_length=200)
    legal_form = models.CharField(max_length=60, blank=True)
    is_sole_trader = models.BooleanField(default=False)
    share_capital = models.CharField(max_length=40, blank=True)
    siren = models.CharField(max_length=9, blank=True)
    siret = models.CharField(max_length=14, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    registry_city = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=200, blank=True)
    address_more = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, default="FR")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    website = models.CharField(max_length=120, blank=True)
    signatory_name = models.CharField(max_length=120, blank=True)
    signatory_capacity = models.CharField(max_length=80, blank=True)

    iban = models.CharField(max_length=34, blank=True)
    bic = models.CharField(max_length=11, blank=True)
    account_holder = models.CharField(max_length=70, blank=True)

    vat_regime = models.CharField(
        max_length=10, choices=VatRegime.choices, default=VatRegime.NORMAL
    )
    vat_on_debits = models.BooleanField(default=False)
    vat_exemption = models.CharField(
        max_length=300,
        blank=True,
        help_text=_("Printed for lines that are exempt: the article of the law, or your words."),
    )
    vat_territory = models.CharField(max_length=12, default="METROPOLE")
    default_operation = models.CharField(
        max_length=8, choices=Operation.choices, default=Operation.SERVICES
    )
    default_terms = models.CharField(max_length=20, default="NET_30")
    insurance = models.CharField(max_length=300, blank=True)
    consumer_mediator = models.CharField(max_length=300, blank=True)
    in_liquidation = models.BooleanField(default=False)
    late_fee_rate = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Contractual rate in percent; empty: ECB rate + 10 points."),
    )
    minimum_reminder = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(5))
    longest_promise = models.PositiveSmallIntegerField(default=30)  # days ahead, by the client
    logo = TenantKey("tenants.StoredFile", related_name="+", null=True, blank=True)

    look_chosen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *TenantOwned.Meta.constraints,
            *same_tenant("logo"),
            models.UniqueConstraint(fields=["tenant"], name="tenants_business_once"),
        ]

    def __str__(self) -> str:
        return self.legal_name
