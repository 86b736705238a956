"""What an issued document freezes of its two parties, as plain JSON."""

from __future__ import annotations

from typing import Any

from clients.models import Client, Person
from tenants.models import Business, Tenant

SELLER_FIELDS = (
    "legal_name", "legal_form", "is_sole_trader", "share_capital", "siren", "siret", "vat_number",
    "registry_city", "address", "address_more", "postcode", "city", "country", "email", "phone",
    "website", "iban", "bic", "account_holder", "vat_regime",
)  # fmt: skip
BUYER_FIELDS = (
    "kind", "name", "siren", "siret", "vat_number", "address", "address_more", "postcode", "city",
    "country",
)  # fmt: skip


def frozen_seller(business: Business, tenant: Tenant) -> dict[str, Any]:
    facts = {name: getattr(business, name) for name in SELLER_FIELDS}
    logo = business.logo.sha256 if business.logo else ""
    return {**facts, "trade_name": tenant.name, "color": tenant.color, "logo_sha256": logo}


def frozen_buyer(client: Client, person: Person | None) -> dict[str, Any]:
    facts = {name: getattr(client, name) for name in BUYER_FIELDS}
    return {**facts, "contact_name": person.name if person else ""}
