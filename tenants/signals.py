"""What happened to a tenant."""

from __future__ import annotations

from django.dispatch import Signal

# each carries tenant_id, and is sent inside the tenant's scope
business_created = Signal()
business_resumed = Signal()  # the red switch is off again
business_went_live = Signal()  # messages leave from now on
