"""Invoices issued elsewhere, from files, into one tenant's book."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext, override

from clients.models import Client
from core.errors import gettext_noop as _
from invoices.importing.findings import Unreadable, refused
from invoices.importing.headings import FIELDS, Mapping
from invoices.importing.reader import read_file
from invoices.importing.records import (
    ImportedInvoice,
    Notice,
    ReadReport,
    Reason,
    Refusal,
    say,
)
from invoices.services import ImportRefused, ImportReport, import_receivables
from tenants import clock
from tenants.models import Tenant
from tenants.scope import tenant_atomic, use_tenant


class Command(BaseCommand):
    help = (
        "Import invoices issued elsewhere: CSV, XLSX, Factur-X PDF or CII XML. The same file again "
        "changes nothing. Nothing is written when a line is refused, unless --partial."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", required=True)
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
        parser.add_argument("--partial", action="store_true", help="take the lines that are good")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done")
        parser.add_argument("--json", action="store_true", help="one JSON line")
        parser.add_argument(
            "--currency", default="EUR", help="of tables that name none (default: EUR)"
        )
        parser.add_argument(
            "--column",
            metavar="FIELD=HEADING",
            action="append",
            type=_column,
            default=[],
            help=f"where a table has what, instead of guessing: {', '.join(sorted(FIELDS))}",
        )
        parser.add_argument(
            "--keep-open", action="store_true", help="owed although a payment date is given"
        )
        parser.add_argument(
            "--client-kind",
            choices=Client.Kind.values,
            default=Client.Kind.BUSINESS,
            help="what new clients without a SIREN and a VAT number are (default: BUSINESS). The "
            "kind switches the law: late fees, the 40 euros and formal notices are for businesses. "
            "Nothing leaves for such a client before somebody has confirmed the kind in the "
            "browser, when agreeing to the reminders.",
        )
        parser.add_argument(
            "--accept-doubts", action="store_true", help="take invoices whose form is doubtful"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant “{options['tenant']}”.")
        with use_tenant(tenant), override(tenant.language):
            report, records = self._import(**options)
            self._say(report, records, as_json=options["json"])
            if report.refusals and not options["partial"]:
                raise CommandError(gettext("Nothing was imported: some lines were refused."))

    def _import(
        self,
        *,
        files: Sequence[Path],
        partial: bool,
        dry_run: bool,
        client_kind: str,
        **options: Any,
    ) -> tuple[ImportReport, list[ImportedInvoice]]:
        reads = [_read(path, options) for path in files]
        records = [invoice for read in reads for invoice in read.invoices]
        refusals = [refusal for read in reads for refusal in read.refusals]
        notices = [notice for read in reads for notice in read.notices]
        notices += [notice for invoice in records for notice in invoice.warnings]
        try:
            with tenant_atomic():
                report = import_receivables(
                    records=records,
                    today=clock.today(),
                    now=clock.now(),
                    user=None,
                    partial=partial,
                    dry_run=dry_run,
                    refused=refusals,
                    client_kind=client_kind,
                )
        except ImportRefused as stop:
            report = ImportReport(refusals=list(stop.refusals))
        report.notices = notices + report.notices
        return report, records

    def _say(
        self, report: ImportReport, records: Sequence[ImportedInvoice], *, as_json: bool
    ) -> None:
        counts = {
            "created": report.created,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "issued_here": report.issued_here,
            "clients_created": report.clients_created,
        }
        if as_json:
            facts = {
                **counts,
                "is_written": report.is_written,
                "remaining": _remaining(records),
                "refused": [_as_dict(each) for each in report.refusals],
                "notices": [_as_dict(each) for each in report.notices],
            }
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        found: list[Refusal | Notice] = [*report.notices, *report.refusals]
        for each in found:
            self.stdout.write(_sentence(each))
        done = ", ".join(f"{name} {count}" for name, count in counts.items())
        written = "" if report.is_written else " (nothing was written)"
        self.stdout.write(f"{done}, refused {len(report.refusals)}{written}")


def _column(text: str) -> tuple[str, str]:
    field, _sign, heading = text.partition("=")
    if field not in FIELDS or not heading:
        raise argparse.ArgumentTypeError(f"“{text}” is not FIELD=HEADING")
    return field, heading


def _read(path: Path, options: dict[str, Any]) -> ReadReport:
    mapping = Mapping(columns=dict(options["column"]), keep_open=options["keep_open"])
    try:
        with path.open("rb") as stream:
            return read_file(
                stream,
                file=path.name,
                size=path.stat().st_size,
                mapping=mapping,
                default_currency=options["currency"],
                accept_doubts=options["accept_doubts"],
            )
    except OSError as error:
        reason = say(_("The file cannot be read: %(fault)s."), fault=error.strerror)
        return refused(path.name, Unreadable(reason))


def _remaining(records: Sequence[ImportedInvoice]) -> dict[str, str]:
    """What the files say is due, per currency; credit notes count against it."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for record in records:
        sums[record.currency] += -record.remaining if _is_credit(record) else record.remaining
    return {currency: f"{total:.2f}" for currency, total in sorted(sums.items())}


def _is_credit(record: ImportedInvoice) -> bool:
    return record.kind == "CREDIT_NOTE"


def _as_dict(found: Refusal | Notice) -> dict[str, Any]:
    return {
        "file": found.file,
        "line": found.line,
        "column": found.column,
        "reason": _text(found.reason),
    }


def _sentence(found: Refusal | Notice) -> str:
    """`book.csv, line 12, Échéance: the reason`."""
    places = [found.file]
    if found.line is not None:
        places.append(gettext("line %(line)s") % {"line": found.line})
    if found.column:
        places.append(found.column)
    return f"{', '.join(places)}: {_text(found.reason)}"


def _text(reason: Reason) -> str:
    return reason.text(gettext)
