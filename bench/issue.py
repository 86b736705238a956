"""Issuing invoices of three lines: draft, number, frozen texts, receivable, case, audit."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.db import connections

from bench.books import Shape, write_book
from bench.crew import together
from bench.gauge import gauge_of
from bench.pdf import LINES, issued_invoice
from bench.place import be_durable, superuser
from bench.rows import Filler
from clients.models import Client
from config.embedded import Urls
from invoices.models import Invoice, Series
from invoices.numbering import missing_numbers
from tenants.models import Tenant
from tenants.scope import tenant_atomic, use_tenant

SIZE = 500
WRITERS = 20
CLIENTS = 100


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--writers", type=int, default=WRITERS)


def run(urls: Urls, options: Namespace) -> dict[str, Any]:
    """One tenant: with one writer, with many threads, and with as many in two processes."""
    with superuser(urls) as connection:
        measure = partial(_measure, Filler(connection), urls, options.size)
        alone = measure(writers=1, processes=1)
        threads = measure(writers=options.writers, processes=1)
        pair = measure(writers=options.writers, processes=2)
    return {
        **pair,
        "writers": options.writers,
        "lines": len(LINES),
        "processes": 2,
        "one_writer": alone,
        "one_process": threads,
    }


def _measure(
    filler: Filler, urls: Urls, size: int, *, writers: int, processes: int
) -> dict[str, float]:
    write_book(filler, Shape(1, CLIENTS * 5, 0))
    be_durable(urls)
    work = partial(_issue_part, writers=writers // processes, count=size // processes)
    gauge = gauge_of(filler.connection)
    done, peak = together(processes, work)
    report = gauge.stop().report(sum(done))
    _check(sum(done))
    return {**report, "peak_mb": peak}


def _issue_part(_index: int, *, writers: int, count: int) -> int:
    tenant = Tenant.objects.get()
    with ThreadPoolExecutor(writers) as pool:
        shares = [count // writers + (place < count % writers) for place in range(writers)]
        return sum(pool.map(partial(_write, tenant), shares))


def _write(tenant: Tenant, count: int) -> int:
    """One writer: each invoice is a transaction of its own, for the clients in turn."""
    with use_tenant(tenant):
        try:
            for place in range(count):
                with tenant_atomic():
                    issued_invoice(Client.objects.get(pk=place % CLIENTS + 1))
        finally:
            connections.close_all()
    return count


def _check(count: int) -> None:
    """The series has no gap, and as many numbers as there are invoices."""
    with use_tenant(Tenant.objects.get()), tenant_atomic():
        series = Series.objects.get()
        issued = Invoice.objects.filter(series=series).count()
        if (issued, missing_numbers(series)) != (count, []):
            raise RuntimeError(f"{count} issued, {issued} found, gaps {missing_numbers(series)}")
