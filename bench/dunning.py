"""Planning reminders: decide, claim and write the outbox for every tenant."""

from __future__ import annotations

import statistics
from argparse import ArgumentParser, Namespace
from functools import partial
from typing import Any

from bench.books import TODAY, Shape, rewind, write_book
from bench.crew import together
from bench.gauge import gauge_of
from bench.place import be_durable, superuser
from bench.rows import Filler
from config.embedded import Urls
from dunning.engine import run_dunning
from tenants.everyone import all_tenants

SIZE = 10_000  # due today
DUE_EACH = 10
ROUNDS = 3


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--open", type=int, default=1_000_000, help="open cases of the large book")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="runs of each book")


def run(urls: Urls, options: Namespace) -> dict[str, Any]:
    """The design's shape (10 due in each tenant) in a large book and in one of a tenth of it."""
    size = options.size
    tenants = max(size // DUE_EACH, 1)
    with superuser(urls) as connection:
        measure = partial(_measure, Filler(connection), urls, rounds=options.rounds)
        small = measure(Shape(tenants, max(options.open // tenants // 10, DUE_EACH), DUE_EACH))
        large = measure(Shape(tenants, max(options.open // tenants, DUE_EACH), DUE_EACH))
        pair = measure(None, processes=2, units=tenants * DUE_EACH)
        single = measure(Shape(1, max(options.open // 10, size), size))
    return {
        **large,
        "tenants": tenants,
        "open": options.open,
        "two_processes": pair,
        "a_tenth_open": small,
        "ratio_large_to_small": round(large["seconds"] / small["seconds"], 2),
        "one_tenant": single,
    }


def _measure(
    filler: Filler,
    urls: Urls,
    shape: Shape | None,
    *,
    rounds: int,
    processes: int = 1,
    units: int = 0,
) -> dict[str, float]:
    """The median run; without a shape, of the book that is there."""
    if shape is not None:
        write_book(filler, shape)
        units = shape.tenants * shape.due_each
    be_durable(urls)
    reports = []
    for _round in range(rounds):
        rewind(filler)
        gauge = gauge_of(filler.connection)
        counts, peak = together(processes, partial(_run_tenants, processes=processes))
        report = gauge.stop().report(units)
        if sum(counts) != units:
            raise RuntimeError(f"{units} cases are due, {sum(counts)} were decided")
        reports.append({**report, "peak_mb": peak})
    middle = statistics.median_low(report["seconds"] for report in reports)
    return next(report for report in reports if report["seconds"] == middle)


def _run_tenants(index: int, *, processes: int) -> int:
    """What one worker does: every tenant whose turn is its own."""
    return sum(
        run_dunning(today=TODAY).steps["FIRST"]
        for tenant in all_tenants()
        if tenant.pk % processes == index
    )
