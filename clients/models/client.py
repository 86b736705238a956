"""A client and the people who answer for them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.ownership import Addressable, TenantKey, same_tenant


class Client(Addressable):
    """Whom we invoice. `kind` switches the whole legal regime.

    `number` is the tenant's own name for the client (C0042), unique when there is one.
    `search_key` is `client_search_key(name, number)`: lists are ordered and searched by it.
    """

    class Kind(models.TextChoices):
        BUSINESS = "BUSINESS", _("Business")
        CONSUMER = "CONSUMER", _("Private person")
        PUBLIC_BODY = "PUBLIC_BODY", _("Public body")
        ASSOCIATION = "ASSOCIATION", _("Association")

    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.BUSINESS)
    name = models.CharField(max_length=200)
    number = models.CharField(max_length=30, blank=True)
    search_key = models.CharField(max_length=260, editable=False)
    siren = models.CharField(max_length=9, blank=True)
    siret = models.CharField(max_length=14, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=200, blank=True)
    address_more = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, default="FR")
    language = models.CharField(
        max_length=2, choices=[("fr", "Français"), ("en", "English")], blank=True
    )
    terms = models.CharField(max_length=20, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "number"],
                condition=~models.Q(number=""),
                name="clients_client_number",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "search_key", "id"], name="clients_client_search"),
        ]

    def __str__(self) -> str:
        return self.name


class Person(Addressable):
    """Somebody at a client's."""

    class Role(models.TextChoices):
        BILLING = "BILLING", _("Billing")
        ACCOUNTING = "ACCOUNTING", _("Accounting")
        DECISION_MAKER = "DECISION_MAKER", _("Decision maker")

    client = TenantKey(Client, related_name="persons")
    role = models.CharField(max_length=14, choices=Role.choices, default=Role.BILLING)
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    language = models.CharField(
        max_length=2, choices=[("fr", "Français"), ("en", "English")], blank=True
    )
    bounced_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)  # what was sent to them stays
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [*Addressable.Meta.constraints, *same_tenant("client")]
        indexes = [models.Index(fields=["tenant", "client"], name="clients_person_client")]

    def __str__(self) -> str:
        return self.name or self.email
