"""Opening and closing doors: the way in for whoever has no session."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

from django.http import Http404

from tenants.models import Door
from tenants.scope import current_tenant


def key_hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def make_door(
    *, kind: Door.Kind, key: str, target: uuid.UUID, expires_at: dt.datetime | None
) -> Door:
    """Let `key` lead to `target` of the current tenant until `expires_at` (None: for ever)."""
    return Door.objects.create(
        tenant=current_tenant(),
        kind=kind,
        key_sha256=key_hash(key),
        target=target,
        expires_at=expires_at,
    )


def find_door(*, kind: Door.Kind, key: str) -> Door:
    """The door that `key` opens, expired or not.

    Raises:
        Http404: unknown, revoked and of another kind look alike.
    """
    door = (
        Door.objects.select_related("tenant")
        .filter(key_sha256=key_hash(key), kind=kind, revoked_at=None)
        .first()
    )
    if door is None:
        raise Http404
    return door


def revoke_doors(*, targets: list[uuid.UUID], now: dt.datetime) -> int:
    """Close every door of the current tenant that leads to one of `targets`."""
    return Door.objects.filter(tenant=current_tenant(), target__in=targets, revoked_at=None).update(
        revoked_at=now
    )
