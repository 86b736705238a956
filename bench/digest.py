"""The evening mail of every tenant: who wants it now, what leaves, what waits, one mail each."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, Namespace
from functools import partial
from itertools import islice
from typing import Any

from bench.books import TODAY, Shape, write_book
from bench.crew import together
from bench.gauge import gauge_of
from bench.place import be_durable, superuser
from bench.rows import Filler
from clients.delivery import deliver_tenant
from config.embedded import Urls
from reports.digest import queue_digests_of, tenants_waiting
from reports.tasks import BATCH
from tenants.models import Membership, Tenant, User
from tenants.scope import use_tenant

SIZE = 1_000
OPEN_EACH = 100
DUE_EACH = 10
EVENING = TODAY - dt.timedelta(days=1)
MOMENT = dt.datetime.combine(EVENING, dt.time(17), tzinfo=dt.UTC)  # 18:00 in Paris


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--processes", type=int, default=2, help="workers of the installation")


def run(urls: Urls, options: Namespace) -> dict[str, Any]:
    """One owner in each tenant; ten reminders leave on the morning after. Mails are kept."""
    with superuser(urls) as connection:
        filler = Filler(connection)
        write_book(filler, Shape(options.size, OPEN_EACH, DUE_EACH))
        _write_owners(filler, options.size)
        be_durable(urls)
        found = {
            name: _measure(filler, options.size, options.processes, act)
            for name, act in (("queue", _queue), ("write", _write))
        }
    seconds = round(sum(each["seconds"] for each in found.values()), 3)
    return {**found, "seconds": seconds, "processes": options.processes}


def _write_owners(filler: Filler, tenants: int) -> None:
    """The reminders of the evening's day have left: the mail speaks of the next."""
    filler.connection.execute("UPDATE tenants_tenant SET last_run_on = %s", [EVENING])
    many = f"generate_series(1, {tenants}) t"
    filler.insert(
        User,
        many,
        id="t",
        email="'owner' || t || '@bench.example'",
        name="'Anne ' || t",
    )
    filler.insert(Membership, many, user_id="t", tenant_id="t", role="'OWNER'")
    filler.settle()


def _measure(filler: Filler, units: int, processes: int, act: Any) -> dict[str, float]:
    gauge = gauge_of(filler.connection)
    counts, peak = together(processes, partial(act, processes))
    report = gauge.stop().report(units)
    if sum(counts) != units:
        raise RuntimeError(f"{units} mails are wanted, there are {sum(counts)}")
    return {**report, "peak_mb": peak}


def _queue(processes: int, index: int) -> int:
    """What the timer and its tasks do; each process has tenants of its own."""
    waiting = (tenant.pk for tenant in tenants_waiting(MOMENT) if tenant.pk % processes == index)
    done = 0
    while batch := list(islice(waiting, BATCH)):
        done += queue_digests_of(tenant_ids=batch, moment=MOMENT)
    return done


def _write(processes: int, index: int) -> int:
    """What the mail workers do, but for the mail server."""
    done = 0
    for tenant in Tenant.objects.order_by("pk")[index::processes]:
        with use_tenant(tenant):
            done += deliver_tenant(now=MOMENT).states["KEPT"]
    return done
