"""Merges the sentences of the code and the templates into each language's .po."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.translations import is_translated, merge


class Command(BaseCommand):
    help = "Merge new sentences into locale/*/django.po; translations stay, obsolete ones go."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        catalog, dropped = merge(settings.BASE_DIR, "fr")
        missing = sum(1 for message in catalog if message.id and not is_translated(message))
        self.stdout.write(f"{len(catalog)} sentences, {missing} to translate")
        for text in sorted(dropped):
            self.stdout.write(f"dropped: {text!r}")
