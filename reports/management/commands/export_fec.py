"""The journals of sales and receipts of one tenant, in FEC form."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext, override

from core.errors import DomainError
from reports.books.fec import FecReport, export_fec_to
from reports.books.journals import Period
from tenants import clock
from tenants.models import Tenant
from tenants.scope import tenant_atomic, use_tenant


class Command(BaseCommand):
    help = (
        "Write the journals of sales and receipts of a period in FEC form (18 columns). They are "
        "not the whole FEC of the business. Imported invoices are not among the sales."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", required=True)
        for option, dest in (("--from", "first"), ("--to", "last")):
            parser.add_argument(
                option,
                dest=dest,
                metavar="DATE",
                type=dt.date.fromisoformat,
                required=True,
                help=f"{dest} day, as 2026-12-31",
            )
        parser.add_argument(
            "--out", metavar="DIR", type=Path, required=True, help="made if missing"
        )
        parser.add_argument("--json", action="store_true", help="one JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant “{options['tenant']}”.")
        period = Period(options["first"], options["last"])
        with use_tenant(tenant), override(tenant.language):
            path, report = _export(options["out"], period)
        self._say(path, report, period, as_json=options["json"])

    def _say(self, path: Path, report: FecReport, period: Period, *, as_json: bool) -> None:
        if as_json:
            facts = {
                "from": period.first.isoformat(),
                "to": period.last.isoformat(),
                **report.as_dict(),
                "path": str(path),
            }
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        self.stdout.write(
            f"{path}: {report.entries} entries, {report.lines} lines,"
            f" debit {report.debit:.2f}, credit {report.credit:.2f}"
        )


def _export(folder: Path, period: Period) -> tuple[Path, FecReport]:
    try:
        with tenant_atomic():
            return export_fec_to(folder=folder, period=period, user=None, now=clock.now())
    except DomainError as error:
        raise CommandError(error.text(gettext)) from error
    except OSError as error:
        raise CommandError(f"{folder}: {error.strerror}") from error
