"""Says which sentences are not translated, and fails when there is one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.translations import check


class Command(BaseCommand):
    help = "Fail when a sentence is missing, fuzzy, unused, or has other placeholders in French."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        problems = check(settings.BASE_DIR, "fr")
        for problem in problems:
            self.stderr.write(str(problem))
        if problems:
            raise CommandError(f"{len(problems)} sentences need a translator.")
        self.stdout.write("French is complete.")
