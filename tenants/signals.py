"""What happened to a tenant."""

from __future__ import annotations

from django.dispatch import Signal

business_created = Signal()  # tenant_id; sent inside the tenant's scope
