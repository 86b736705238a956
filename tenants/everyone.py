"""The one way to work over all tenants; importing it is allowed to few modules (tested)."""

from __future__ import annotations

from collections.abc import Iterator

from tenants.models import Tenant
from tenants.scope import use_tenant


def all_tenants() -> Iterator[Tenant]:
    """Each tenant in turn, under its identity; the caller opens the scopes."""
    for tenant in Tenant.objects.order_by("pk").iterator(chunk_size=500):
        with use_tenant(tenant):
            yield tenant
