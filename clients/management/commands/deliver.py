"""`manage.py deliver`: what the mail workers do, now."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clients.delivery import DeliveryReport, deliver_tenant
from tenants import clock
from tenants.everyone import all_tenants
from tenants.models import Tenant
from tenants.scope import use_tenant


class Command(BaseCommand):
    help = "Deliver what waits in the outbox, of one tenant or of all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="this tenant only")
        parser.add_argument(
            "--on", type=dt.date.fromisoformat, metavar="DATE", help="as if today were DATE"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        if options["on"]:
            now = dt.datetime.combine(options["on"], now.timetz())
        states: Counter[str] = Counter()
        recovered, troubles = 0, {}
        for tenant in _tenants(options["tenant"]):
            report = deliver_tenant(now=now)
            states.update(report.states)
            recovered += report.recovered
            if report.trouble:
                troubles[tenant.slug] = report.trouble
        total = DeliveryReport(states=states, recovered=recovered).as_dict()
        self._tell({**total, "trouble": troubles}, as_json=options["json"])
        if troubles:
            raise CommandError("A mail server could not be reached: " + "; ".join(troubles))

    def _tell(self, total: dict[str, object], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(total))
            return
        for name, value in total.items():
            self.stdout.write(f"{name}: {value}")


def _tenants(slug: str | None) -> Iterator[Tenant]:
    if slug is None:
        yield from all_tenants()
        return
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        raise CommandError(f"There is no tenant “{slug}”.")
    with use_tenant(tenant):
        yield tenant
