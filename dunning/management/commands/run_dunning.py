"""What the timer does, now."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dunning.engine import RunReport, preview, run_dunning
from dunning.healing import heal
from dunning.notices import prepare_notices
from tenants import clock
from tenants.everyone import all_tenants
from tenants.models import Tenant
from tenants.scope import current_tenant, use_tenant


class Command(BaseCommand):
    help = "Take every dunning step that is due: what the timer does, now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="this tenant only")
        parser.add_argument("--on", metavar="DATE", type=dt.date.fromisoformat, help="as of a day")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done")
        parser.add_argument("--json", action="store_true", help="one JSON line per tenant")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["tenant"] is None:
            for _tenant in all_tenants():
                self._run(**options)
            return
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant “{options['tenant']}”.")
        with use_tenant(tenant):
            self._run(**options)

    def _run(self, *, on: dt.date | None, dry_run: bool, json: bool, **_: Any) -> None:
        moment = clock.at_hour(on, current_tenant().send_hour) if on else None
        with clock.as_of(moment) if moment else nullcontext():
            report = self._preview() if dry_run else self._take()
            self._say(report, as_json=json)

    def _take(self) -> RunReport:
        heal(today=clock.today(), now=clock.now())
        report = run_dunning(today=clock.today())
        prepare_notices(today=clock.today(), now=clock.now())
        return report

    def _preview(self) -> RunReport:
        report = RunReport()
        for day in preview(today=clock.today()):
            report.add(day)
        return report

    def _say(self, report: RunReport, *, as_json: bool) -> None:
        slug = current_tenant().slug
        facts = {"tenant": slug, "on": str(clock.today()), **report.as_dict()}
        if as_json:
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        steps = ", ".join(f"{step} × {n}" for step, n in sorted(report.steps.items()))
        self.stdout.write(
            f"{slug}: {report.decided} decided, {report.messages} messages ({steps or 'no step'}), "
            f"{sum(report.approvals.values())} to approve, {report.thanks} thanks, "
            f"{report.failed} failed"
        )
