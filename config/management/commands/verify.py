"""Check that the books hold."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.verifying import Violation, verify_database, verify_tenant
from tenants.everyone import all_tenants
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Check balances, numbers, movements, files and walls; print every violation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="one business only")
        parser.add_argument("--json", action="store_true", help="one JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["tenant"]
        if slug and not Tenant.objects.filter(slug=slug).exists():
            raise CommandError(f"There is no business named {slug}.")
        found: list[Violation] = verify_database()
        checked = 0
        for tenant in all_tenants():
            if slug in (None, tenant.slug):
                found += verify_tenant()
                checked += 1
        self._say(found, checked, as_json=options["json"])
        if found:
            raise SystemExit(1)

    def _say(self, found: list[Violation], checked: int, *, as_json: bool) -> None:
        if as_json:
            facts = {"tenants": checked, "violations": [asdict(each) for each in found]}
            self.stdout.write(json.dumps(facts))
            return
        for each in found:
            self.stdout.write(str(each))
        self.stdout.write(f"{checked} businesses checked, {len(found)} violations.")
