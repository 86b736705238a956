"""Importing one book: the file read, clients matched or made, invoices, amounts due and cases."""

from __future__ import annotations

import datetime as dt
import io
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from bench.books import TODAY
from bench.gauge import gauge_of, peak_mb
from bench.place import be_durable, superuser
from config.embedded import Urls
from invoices.importing.reader import read_file
from invoices.services import import_receivables
from tenants.models import User
from tenants.scope import tenant_atomic, use_tenant
from tenants.services import create_business

SIZE = 10_000
LINES_EACH = 20  # per client
HEAD = "Facture;Client;Email;Date de facture;Échéance;Montant TTC;Reste dû"
NOW = dt.datetime.combine(TODAY, dt.time(9), tzinfo=dt.UTC)


def run(urls: Urls, options: Namespace) -> dict[str, Any]:
    """A new book, the same again, and the same with a tenth of it paid meanwhile."""
    user = User.objects.create_user("owner@book.example", "a-long-password")
    tenant = create_business(user=user, name="Book", now=NOW)
    be_durable(urls)
    with superuser(urls) as connection, use_tenant(tenant):
        found = {}
        for name, paid in (("first", 0), ("again", 0), ("a_tenth_paid", options.size // 10)):
            gauge = gauge_of(connection)
            counts = _import(options.size, paid)
            found[name] = {**gauge.stop().report(options.size), **counts}
    return {**found.pop("first"), **found, "peak_mb": peak_mb()}


def _import(size: int, paid: int) -> dict[str, int]:
    text = "\n".join((HEAD, *_lines(size, paid)))
    read = read_file(io.BytesIO(text.encode()), file="book.csv", default_currency="EUR")
    if read.refusals:
        raise RuntimeError(str(read.refusals[0]))
    with tenant_atomic():
        report = import_receivables(records=read.invoices, today=TODAY, now=NOW, user=None)
    return {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
    }


def _lines(size: int, paid: int) -> Iterator[str]:
    for number in range(size):
        client = number // LINES_EACH
        rest = "0,00" if number < paid else "1200,00"
        yield (
            f"F{number:06d};Client {client};compta@client{client}.example;"
            f"15/09/2026;{15 + number % 15}/10/2026;1200,00;{rest}"
        )
