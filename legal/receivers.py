"""The shipped facts arrive with the tables that hold them."""

from __future__ import annotations

from django.apps import apps as installed
from django.apps.registry import Apps

from legal.services import load_legal_data


def load_after_migrate(*, using: str, apps: Apps | None = None, **_kwargs: object) -> None:
    """Load the shipped facts, unless the migration took our tables away.

    `flush` sends the same signal without `apps`.
    """
    migrated = {model._meta.label for model in (apps or installed).get_models()}
    if "legal.LegalThreshold" in migrated:
        load_legal_data(using=using)
