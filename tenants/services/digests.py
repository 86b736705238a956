"""Who gets the mail of the evening."""

from __future__ import annotations

import datetime as dt

from tenants.audit import record
from tenants.models import Business, Membership, User
from tenants.scope import tenant_atomic


@tenant_atomic()
def set_digest(
    *,
    membership: Membership,
    is_wanted: bool,
    hour: int,
    days: str,
    user: User,
    now: dt.datetime,
) -> Membership:
    """Say whether, from which local hour on and on which days a person gets the evening mail."""
    locked = Membership.objects.select_for_update().get(pk=membership.pk)
    before = _said(locked)
    locked.wants_digest, locked.digest_hour, locked.digest_days = is_wanted, hour, days
    locked.save(update_fields=["wants_digest", "digest_hour", "digest_days"])
    record(
        act="digest_changed",
        subject=Business.objects.get(),
        user=user,
        at=now,
        before=before,
        after=_said(locked),
    )
    return locked


def _said(membership: Membership) -> dict[str, object]:
    return {
        "email": membership.user.email,
        "is_wanted": membership.gets_digest,
        "hour": membership.digest_hour,
        "days": membership.digest_days,
    }
