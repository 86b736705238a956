"""The demonstration, idempotent."""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.demo.loading import Loaded, NotADemo, load_demo
from config.demo.people import ACCOUNTANT, PASSWORD
from config.demo.stories import STORIES, logins
from tenants.clock import now
from tenants.links import tenant_url
from tenants.scope import use_tenant


class Command(BaseCommand):
    help = "Load the demonstration: three businesses, and an accountant of all. Idempotent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON line")
        parser.add_argument(
            "--first", action="store_true", help="only the first business: its page opens sooner"
        )
        parser.add_argument(
            "--force", action="store_true", help="also beside businesses that are no demo"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        stories = STORIES[:1] if options["first"] else STORIES
        try:
            loaded = load_demo(now=now(), stories=stories, force=options["force"])
        except NotADemo as error:
            raise CommandError(str(error)) from None
        facts = _facts(loaded, time.monotonic() - started)
        if options["json"]:
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        self.stdout.write(f"{STORIES[0].name}: {facts['url']}")
        for story in STORIES:
            self.stdout.write(f"  owner of {story.name}: {story.owner} / {PASSWORD}")
        self.stdout.write(f"  accountant of all three: {ACCOUNTANT} / {PASSWORD}")


def _facts(loaded: list[Loaded], seconds: float) -> dict[str, Any]:
    """What `--json` prints; the first business stands for all where there is one value."""
    with use_tenant(loaded[0].tenant):
        url = tenant_url("today", absolute=True)
    return {
        "tenant": loaded[0].tenant.slug,
        "tenants": [each.tenant.slug for each in loaded],
        "created": any(each.is_new for each in loaded),
        "invoices": sum(each.invoices for each in loaded),
        "url": url,
        "logins": logins(),
        "password": PASSWORD,
        "seconds": round(seconds, 1),
    }
