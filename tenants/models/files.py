"""Files of a tenant, addressed by their content."""

from __future__ import annotations

from django.db import models

from tenants.ownership import Addressable


class StoredFile(Addressable):
    """Bytes kept once: PDF of an issued invoice, logo, imported original, letter.

    They live in the default storage under `<tenant public id>/<first two hex digits>/<sha256>` and
    are served only after the access check.
    """

    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *Addressable.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "sha256"], name="tenants_file_content"),
        ]

    def __str__(self) -> str:
        return self.name
