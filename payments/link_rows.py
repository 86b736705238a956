"""A new pay link as rows: written out, because nearly every message that leaves makes one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from payments.models import PayLink
from tenants.models import Door
from tenants.prepared import fetch_prepared
from tenants.scope import scoped_tenant_id

_WRITE: Final = """
    WITH link AS (
        INSERT INTO payments_paylink (tenant_id, public_id, client_id, message_id, key_version,
                                      is_printed, language, expires_at, created_at)
        SELECT %(tenant)s::bigint, %(public_id)s, %(client)s::bigint, %(message)s::bigint,
            %(key_version)s::int, %(is_printed)s, %(language)s::text, %(expires_at)s, now()
        WHERE NOT EXISTS (
            SELECT FROM payments_paylink
            WHERE tenant_id = %(tenant)s::bigint AND client_id = %(client)s::bigint
                AND message_id = %(message)s::bigint
        )
        RETURNING id, created_at
    ), door AS (
        INSERT INTO tenants_door (tenant_id, kind, key_sha256, target, created_at, expires_at)
        SELECT %(tenant)s::bigint, %(kind)s::text, %(key_sha256)s, %(public_id)s, now(),
            %(expires_at)s
        FROM link
    ), items AS (
        INSERT INTO payments_paylinkitem (tenant_id, link_id, receivable_id)
        SELECT %(tenant)s::bigint, link.id, unnest(%(receivables)s::bigint[]) FROM link
    )
    SELECT id, created_at FROM link
"""
_KEY_VERSION: Final = """
    SELECT key_version FROM payments_paylink WHERE tenant_id = %s::bigint AND public_id = %s::uuid
"""
# A link keeps its key for ever, and its random id is never another's: the message that has just
# got a link asks for it again at once.
_versions: dict[tuple[int, str], int] = {}
MOST_REMEMBERED = 1000


def write_link(link: PayLink, *, receivable_ids: Sequence[int], key_sha256: bytes) -> bool:
    """Write a link with its door and the receivables on it, and give it its primary key.

    Returns False, and writes nothing, when its message has a link already.
    """
    link.tenant_id = scoped_tenant_id()
    values: dict[str, Any] = {
        "tenant": link.tenant_id,
        "public_id": link.public_id,
        "client": link.client_id,
        "message": link.message_id,
        "key_version": link.key_version,
        "is_printed": link.is_printed,
        "language": link.language,
        "expires_at": link.expires_at,
        "kind": Door.Kind.PAY_LINK.value,
        "key_sha256": key_sha256,
        "receivables": list(receivable_ids),
    }
    rows = fetch_prepared(_WRITE, values)
    if not rows:
        return False
    ((link.pk, link.created_at),) = rows
    link._state.adding = False  # noqa: SLF001 -- Django's own word for a row that is there
    _remember(link.tenant_id, str(link.public_id), link.key_version)
    return True


def key_version_of(public_id: str) -> int:
    """Which key signs the link of that random id.

    Raises:
        PayLink.DoesNotExist: no such link of this tenant.
    """
    tenant_id = scoped_tenant_id()
    known = _versions.get((tenant_id, public_id))
    if known is not None:
        return known
    rows = fetch_prepared(_KEY_VERSION, [tenant_id, public_id])
    if not rows:
        raise PayLink.DoesNotExist
    return _remember(tenant_id, public_id, rows[0][0])


def _remember(tenant_id: int, public_id: str, version: int) -> int:
    if len(_versions) >= MOST_REMEMBERED:
        _versions.clear()
    _versions[tenant_id, public_id] = version
    return version
