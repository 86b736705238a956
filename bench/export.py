"""Taking a book away: journals in FEC form, sales as CSV, the aged balance of a past day."""

from __future__ import annotations

import datetime as dt
import tempfile
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from bench.books import TODAY, Shape, write_book
from bench.gauge import gauge_of, peak_mb
from bench.place import be_durable, superuser
from bench.rows import Filler
from config.embedded import Urls
from reports.books.aged import read_clients, read_totals
from reports.books.dated import AsOf
from reports.books.fec import export_fec_to
from reports.books.journal_rows import sales_sheet
from reports.books.journals import Period, stream_sales
from reports.books.sheets import write_csv
from tenants.models import Tenant
from tenants.scope import tenant_atomic, use_tenant

SIZE = 100_000  # invoices of one tenant: three lines of the FEC each
LINES_EACH = 3
NOW = dt.datetime.combine(TODAY, dt.time(9), tzinfo=dt.UTC)
ALWAYS = Period(dt.date(2026, 1, 1), dt.date(2027, 12, 31))
VAT = '[{"category": "S", "rate": "20.00", "base": "1000.00", "vat": "200.00"}]'


def run(urls: Urls, options: Namespace) -> dict[str, Any]:
    """Rows a second of each; `peak_mb` is that of the process from its start."""
    with superuser(urls) as connection:
        filler = Filler(connection)
        write_book(filler, Shape(1, options.size, 0))
        connection.execute("UPDATE invoices_invoice SET vat_breakdown = %s::jsonb", [VAT])
        filler.settle()
        be_durable(urls)
        tenant = Tenant.objects.get()
        before = peak_mb()
        with use_tenant(tenant), tempfile.TemporaryDirectory() as folder:
            lines = options.size * LINES_EACH
            return {
                **_measured(connection, lines, partial(_fec, Path(folder))),
                "sales_csv": _measured(connection, options.size, partial(_csv, Path(folder))),
                "aged_page_of_a_past_day": _measured(connection, options.size, _aged),
                "peak_mb_before": before,
                "peak_mb": peak_mb(),
            }


def _measured(
    connection: psycopg.Connection, units: int, work: Callable[[], object]
) -> dict[str, float]:
    gauge = gauge_of(connection)
    with tenant_atomic():
        work()
    return gauge.stop().report(units)


def _fec(folder: Path) -> object:
    return export_fec_to(folder=folder, period=ALWAYS, user=None, now=NOW)


def _csv(folder: Path) -> None:
    with (folder / "sales.csv").open("wb") as out:
        write_csv(out, sales_sheet(stream_sales(ALWAYS), ALWAYS), "fr")


def _aged() -> object:
    as_of = AsOf(TODAY - dt.timedelta(days=1), TODAY)
    return read_totals(as_of), read_clients(as_of, limit=50)
