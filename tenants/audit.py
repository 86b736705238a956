"""Writing the audit trail."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tenants.models import AuditEntry, TenantOwned, User
from tenants.rows import insert_row


def record(
    *,
    act: str,
    subject: TenantOwned,
    user: User | None,
    at: dt.datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    actor: str = "USER",
) -> AuditEntry:
    """Note one act in the transaction that does it; `user` is None for timers and clients."""
    entry = AuditEntry(
        at=at,
        user=user,
        actor=actor if user is None and actor != "USER" else ("USER" if user else "SYSTEM"),
        act=act,
        subject=subject._meta.label,
        subject_id=getattr(subject, "public_id", None),
        before=before or {},
        after=after or {},
    )
    return insert_row(entry)
