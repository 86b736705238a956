"""A one-page invoice in a warm worker: from frozen rows to the bytes of the PDF."""

from __future__ import annotations

import statistics
import time
from argparse import Namespace
from decimal import Decimal
from typing import Any

from bench.books import TODAY, Shape, write_book
from bench.gauge import gauge_of
from bench.place import superuser
from bench.rows import Filler
from clients.models import Client
from config.embedded import Urls
from invoices.documents.render import render_invoice, warm_up
from invoices.models import Invoice
from invoices.printing import document_data
from invoices.services import LineInput, create_invoice, issue_invoice
from tenants import clock
from tenants.models import Tenant
from tenants.scope import tenant_atomic, use_tenant

SIZE = 30
COLD = 3
LINES = (("Pose de parquet", "650.00"), ("Fourniture", "480.00"), ("Déplacement", "29.90"))


def run(urls: Urls, options: Namespace) -> dict[str, Any]:
    """Median and 95th percentile, in milliseconds of wall time, reading the rows included."""
    with superuser(urls) as connection:
        write_book(Filler(connection), Shape(1, 1, 0))
        with use_tenant(Tenant.objects.get()):
            invoice_id = _issued()
            warm_up()
            for _time in range(COLD):
                _print(invoice_id)
            gauge = gauge_of(connection)
            taken = sorted(_print(invoice_id) for _time in range(options.size))
            report = gauge.stop().report(options.size)
    return {
        **report,
        "median_ms": round(statistics.median(taken) * 1000, 1),
        "p95_ms": round(taken[int(len(taken) * 0.95)] * 1000, 1),
    }


def _print(invoice_id: int) -> float:
    began = time.perf_counter()
    with tenant_atomic():
        data = document_data(Invoice.objects.get(pk=invoice_id))
    render_invoice(data)
    return time.perf_counter() - began


def issued_invoice(client: Client) -> Invoice:
    """Draft and issue an invoice of three lines."""
    lines = [
        LineInput(description=what, unit_price=Decimal(price), vat_rate=Decimal(20))
        for what, price in LINES
    ]
    draft = create_invoice(client=client, lines=lines, user=None)
    return issue_invoice(invoice=draft, today=TODAY, now=clock.at_hour(TODAY, 9), user=None)


def _issued() -> int:
    with tenant_atomic():
        return issued_invoice(Client.objects.get()).pk
