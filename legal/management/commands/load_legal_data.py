"""Load the legal facts that ship with the product; idempotent."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.formats import localize
from django.utils.translation import gettext

from core.errors import DomainError
from legal.services import DATA, load_legal_data


class Command(BaseCommand):
    help = "Load rates, VAT rates, legal texts and thresholds; rows edited by hand are kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=DATA, help="where the CSV files are")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = asdict(load_legal_data(folder=options["folder"]))
        except (DomainError, OSError) as error:
            said = error.text(gettext, localize) if isinstance(error, DomainError) else str(error)
            raise CommandError(said) from error
        line = ", ".join(f"{count} {outcome}" for outcome, count in report.items())
        self.stdout.write(json.dumps(report) if options["json"] else line)
