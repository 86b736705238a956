"""The list of invoices as a signed-in user reads it: gunicorn, session, user, tenant, walls."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from bench.books import Shape, write_book
from bench.crowd import Visit, wait_until_open, walk
from bench.gauge import gauge_of, processor_time
from bench.place import be_durable, manage, superuser
from bench.rows import Filler
from config.embedded import ROOT, Urls
from tenants.models import Membership, Role, Tenant, User

SIZE = 2_000  # requests
WARM_UP = 200
CLIENTS = 8
TENANTS = 10


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--invoices", type=int, default=1_000_000, help="in the database")
    parser.add_argument("--path", default="invoices/", help="page under the tenant's address")


def run(urls: Urls, options: Namespace) -> dict[str, Any]:
    """A tenth of the invoices are the tenant's; `query_count` is that of one warm request."""
    with superuser(urls) as superuser_connection:
        each = options.invoices // TENANTS
        write_book(Filler(superuser_connection), Shape(TENANTS, each, 0))
        be_durable(urls)
        manage("collectstatic", "--no-input", "--verbosity", "0")
        path, cookie = _enter(options.path)
        queries = _query_count(path, cookie)
        with _served() as (port, server):
            visit = Visit(port=port, path=path, cookie=f"{settings.SESSION_COOKIE_NAME}={cookie}")
            asyncio.run(walk(visit, clients=CLIENTS, requests=WARM_UP))
            used = processor_time(server.pid, with_children=True)
            gauge = gauge_of(superuser_connection)
            taken, size = asyncio.run(walk(visit, clients=CLIENTS, requests=options.size))
            report = gauge.stop().report(options.size)
            used = processor_time(server.pid, with_children=True) - used
            lonely, _size = asyncio.run(walk(visit, clients=1, requests=WARM_UP))
    return {
        **report,
        "server_cpu_ms": round(used / options.size * 1000, 2),
        "p50_ms": round(statistics.median(taken) * 1000, 1),
        "p95_ms": round(sorted(taken)[int(len(taken) * 0.95)] * 1000, 1),
        "alone_p50_ms": round(statistics.median(lonely) * 1000, 1),
        "clients": CLIENTS,
        "invoices": options.invoices,
        "invoices_of_tenant": each,
        "query_count": queries,
        "page_kib": round(size / 1024, 1),
    }


def _enter(path: str) -> tuple[str, str]:
    """The page's address and the session of an owner who is signed in."""
    tenant = Tenant.objects.order_by("pk")[0]
    user = User.objects.create_user("owner@bench.example", "a-long-password", name="Owner")
    Membership.objects.create(user=user, tenant=tenant, role=Role.OWNER)
    browser = Browser()
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return f"/t/{tenant.slug}/{path}", browser.cookies[settings.SESSION_COOKIE_NAME].value


def _query_count(path: str, cookie: str) -> int:
    """Statements of one warm request, transaction and setting of the tenant included."""
    browser = Browser(headers={"host": "localhost"})
    browser.cookies[settings.SESSION_COOKIE_NAME] = cookie
    for _time in range(2):
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(path)
    if answer.status_code != 200:  # noqa: PLR2004 -- OK
        raise RuntimeError(f"{path} answered {answer.status_code}")
    # a statement that was planned before has no text of its own
    return sum(not (query["sql"] or "").startswith(("BEGIN", "COMMIT")) for query in queries)


@contextmanager
def _served() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The web server of an installation, as `bin/run` starts it."""
    port = 18000 + int(time.time()) % 1000
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    command += ["--workers", "2", "--threads", "4", "--log-level", "error"]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_until_open(port)
        yield port, process
    finally:
        process.terminate()
        process.wait(timeout=30)
