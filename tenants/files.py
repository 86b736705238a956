"""Storing and reading files by their content."""

from __future__ import annotations

import hashlib
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from tenants.models import StoredFile
from tenants.scope import current_tenant, tenant_atomic


def store_file(*, content: bytes, name: str, media_type: str) -> StoredFile:
    """Keep `content` once per tenant; the same bytes give the same row."""
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(content))
    stored, _created = StoredFile.objects.get_or_create(
        sha256=digest,
        defaults={"size": len(content), "media_type": media_type, "name": name},
    )
    return stored


def read_file(stored: StoredFile) -> bytes:
    with default_storage.open(_path(stored.sha256)) as handle:
        return bytes(handle.read())


def delete_unused(stored: StoredFile) -> bool:
    """Delete a file that no row points at any more; its bytes go once this is committed.

    A picture stays: invoices that were issued with it as their logo know it by its hash alone.
    """
    if stored.media_type.startswith("image/"):
        return False
    try:
        with tenant_atomic():
            stored.delete()
    except (ProtectedError, IntegrityError):
        return False
    transaction.on_commit(partial(default_storage.delete, _path(stored.sha256)))
    return True


def _path(digest: str) -> str:
    return f"{current_tenant().public_id}/{digest[:2]}/{digest}"
