"""How clients see the business."""

from __future__ import annotations

import datetime as dt

from tenants.audit import record
from tenants.models import Business, Tenant, User
from tenants.scope import tenant_atomic
from tenants.theme import check_on_white


@tenant_atomic()
def choose_color(*, tenant: Tenant, color: str, user: User, now: dt.datetime) -> Tenant:
    """Settle the colour of documents and client pages; keeping the one there is settles it too.

    Raises:
        InvalidColor: it is no colour.
        UnreadableColor: it cannot be read on white paper.
    """
    before, tenant.color = tenant.color, check_on_white(color)
    tenant.save(update_fields=["color"])
    business = Business.objects.get()
    business.look_chosen_at = now
    business.save(update_fields=["look_chosen_at"])
    if before != tenant.color:
        record(
            act="choose_color",
            subject=business,
            user=user,
            at=now,
            before={"color": before},
            after={"color": tenant.color},
        )
    return tenant
