"""Legal facts: rates, texts and thresholds with the dates between which they hold."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LegalConfig(AppConfig):
    name = "legal"
    verbose_name = _("Legal facts")

    def ready(self) -> None:
        from legal.receivers import load_after_migrate  # noqa: PLC0415 -- models must be loaded

        post_migrate.connect(load_after_migrate, sender=self, dispatch_uid="legal.load")
