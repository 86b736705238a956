"""The first evening of a large book: imported as the page's worker does, then its plan read."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from argparse import ArgumentParser, Namespace
from typing import Any

from django.conf import settings
from django.test import Client as Browser

from bench.books import TODAY
from bench.gauge import gauge_of, peak_mb
from bench.place import be_durable, manage, superuser
from config.embedded import Urls
from dunning.models import Case
from invoices.models import ImportBatch
from invoices.services.import_batches import confirm_import, start_import
from invoices.services.import_work import work_on
from tenants import clock
from tenants.models import Tenant, User
from tenants.scope import tenant_atomic, use_tenant
from tenants.services import create_business

SIZE = 10_000  # lines
READINGS = 15
NOW = dt.datetime.combine(TODAY, dt.time(19), tzinfo=dt.UTC)
HEAD = "Facture;Client;SIREN;Email;Date de facture;Échéance;Montant TTC;Reste dû"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--clients", type=int, default=1_000)


def run(urls: Urls, options: Namespace) -> dict[str, Any]:
    """A third of the lines is paid, so that good payers are found; the rest is of every age.

    `plan_first_ms` is the plan's first page straight after the import, when the tables have no
    statistics yet; `plan_ms` the median once they have.
    """
    user = User.objects.create_user("owner@book.example", "a-long-password", name="Owner")
    tenant = create_business(user=user, name="Book", now=NOW)
    be_durable(urls)
    manage("collectstatic", "--no-input", "--verbosity", "0")
    book = "\n".join((HEAD, *_lines(options.size, options.clients))).encode()
    with clock.as_of(NOW), superuser(urls) as connection:
        gauge = gauge_of(connection)
        _import(tenant, user, book)
        report = gauge.stop().report(options.size)
        first = _read_plan(tenant, user, times=1)
        connection.execute("ANALYZE")
        taken = _read_plan(tenant, user, times=READINGS)
        with use_tenant(tenant), tenant_atomic():
            owed = Case.objects.filter(receivable__balance__gt=0).count()
    return {
        **report,
        "open_debts": owed,
        "clients": options.clients,
        "plan_first_ms": round(first[0] * 1000),
        "plan_ms": round(statistics.median(taken) * 1000),
        "peak_mb": peak_mb(),
    }


def _import(tenant: Tenant, user: User, book: bytes) -> None:
    """Upload, let the worker read, agree, let it write."""
    with use_tenant(tenant):
        with tenant_atomic():
            batch = start_import(
                files=[("book.csv", book)],
                currency="EUR",
                client_kind="BUSINESS",
                language="fr",
                user=user,
                now=NOW,
            )
        work_on(batch_id=batch.pk, today=TODAY, now=NOW)
        with tenant_atomic():
            read = ImportBatch.objects.get(pk=batch.pk)
            confirm_import(batch=read, partial=False, user=user, now=NOW)
        work_on(batch_id=batch.pk, today=TODAY, now=NOW)


def _read_plan(tenant: Tenant, user: User, *, times: int) -> list[float]:
    browser = Browser(headers={"host": "localhost"})
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    taken = []
    for _reading in range(times):
        begun = time.perf_counter()
        answer = browser.get(f"/t/{tenant.slug}/dunning/plan/")
        taken.append(time.perf_counter() - begun)
        if answer.status_code != 200:  # noqa: PLR2004 -- OK
            raise RuntimeError(f"the plan answered {answer.status_code}")
    return taken


def _lines(size: int, clients: int) -> list[str]:
    lines = []
    for number in range(size):
        due = TODAY - dt.timedelta(days=number % 150 - 25)
        rest = "0,00" if number % 3 == 0 else "1200,00"
        client = number % clients
        lines.append(
            f"F{number:06d};Client {client};;compta@client{client}.example;"
            f"{due - dt.timedelta(days=30):%d/%m/%Y};{due:%d/%m/%Y};1200,00;{rest}"
        )
    return lines
