"""The demonstration, idempotent."""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.demo import people
from config.demo.loading import Loaded, NotADemo, load_demo, logins
from tenants.clock import now
from tenants.links import tenant_url
from tenants.scope import use_tenant


class Command(BaseCommand):
    help = "Load the demonstration: Atelier Morel and its clients. A second time changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON line")
        parser.add_argument(
            "--force", action="store_true", help="also beside businesses that are no demo"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            loaded = load_demo(now=now(), force=options["force"])
        except NotADemo as error:
            raise CommandError(str(error)) from None
        facts = self._facts(loaded, time.monotonic() - started)
        if options["json"]:
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        self.stdout.write(f"Atelier Morel: {facts['url']}")
        for role, email in zip(("owner", "accountant"), logins(), strict=True):
            self.stdout.write(f"  {role}: {email} / {people.PASSWORD}")

    def _facts(self, loaded: Loaded, seconds: float) -> dict[str, Any]:
        with use_tenant(loaded.tenant):
            url = tenant_url("today", absolute=True)
        return {
            "tenant": loaded.tenant.slug,
            "created": loaded.is_new,
            "invoices": loaded.invoices,
            "url": url,
            "logins": logins(),
            "password": people.PASSWORD,
            "seconds": round(seconds, 1),
        }
