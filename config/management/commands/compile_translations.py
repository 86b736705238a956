"""Writes the .mo files that the product reads; nothing to do when they are up to date."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.translations import compile_catalogs


class Command(BaseCommand):
    help = "Compile each locale/*/django.po that is newer than its .mo (no system gettext needed)."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for path in compile_catalogs(settings.BASE_DIR):
            self.stdout.write(str(path.relative_to(settings.BASE_DIR)))
