"""Storing and reading files by their content."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tenants.models import StoredFile
from tenants.scope import current_tenant


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


def _path(digest: str) -> str:
    return f"{current_tenant().public_id}/{digest[:2]}/{digest}"
