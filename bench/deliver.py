"""Delivering reminders by SMTP, without PDF: claim, gate, render, freeze, hand over, note."""

from __future__ import annotations

import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.conf import settings

from bench.books import TODAY, Shape, write_book
from bench.crew import together
from bench.gauge import gauge_of
from bench.place import be_durable, superuser
from bench.rows import Filler
from clients.delivery import deliver_tenant
from config.embedded import ROOT, Urls
from dunning.engine import run_dunning
from tenants import clock
from tenants.everyone import all_tenants

SIZE = 2_000
TENANTS = 10
OPEN_EACH = 2_000
WARM_UP = 20


def run(urls: Urls, options: Namespace) -> dict[str, Any]:
    """The same outbox with one worker and with two; the sink shares the machine."""
    shape = Shape(TENANTS, max(OPEN_EACH, options.size // TENANTS), options.size // TENANTS)
    with superuser(urls) as connection:
        filler = Filler(connection)
        one = _measure(filler, urls, shape, processes=1)
        two = _measure(filler, urls, shape, processes=2)
    return {**two, "processes": 2, "one_process": one}


def _measure(filler: Filler, urls: Urls, shape: Shape, *, processes: int) -> dict[str, float]:
    write_book(filler, shape)
    together(1, _plan)
    filler.settle()
    be_durable(urls)
    units = shape.tenants * shape.due_each
    with _mail_server() as sink:
        gauge = gauge_of(filler.connection)
        counts, peak = together(processes, partial(_deliver, processes=processes))
        report = gauge.stop().report(units)
    if sum(counts) != units or sink.count != units:
        raise RuntimeError(f"{units} messages wait, {sum(counts)} sent, {sink.count} arrived")
    return {**report, "peak_mb": peak}


def _plan(_index: int) -> None:
    for _tenant in all_tenants():
        run_dunning(today=TODAY)


def _deliver(index: int, *, processes: int) -> int:
    return sum(
        deliver_tenant(now=clock.at_hour(TODAY, 10)).states["SENT"]
        for tenant in all_tenants()
        if tenant.pk % processes == index
    )


class _Sink:
    count = 0


@contextmanager
def _mail_server() -> Iterator[_Sink]:
    """A sink as this installation's mail server; its count is known afterwards."""
    command = [sys.executable, "-m", "bench.sink"]
    process = subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None  # noqa: S101 -- for mypy
    sink = _Sink()
    settings.MAIL_IS_SET = True
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(process.stdout.readline())
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "Échéance <no-reply@mail.example>"
    try:
        yield sink
    finally:
        sink.count = int(process.communicate(timeout=10)[0])
