"""A real book of invoices, replayed day by day, and what would have been wrong about the mails.

Every invoice of a receivables history (`--file`, two years, 60 clients) comes in on its day, is
paid on its real day, and is dunned in between, with approvals given at once and mail leaving
through a real SMTP server. Prints how often each step was taken, and counts what must never happen:
a reminder after payment, a step twice, a mail on a day off, a third reminder in seven days.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from config.embedded import Urls

SIZE = 100_000  # invoices at most
YEARS = 10
DAY = dt.timedelta(days=1)


def arguments(parser: argparse.ArgumentParser) -> None:
    shared = Path(os.environ.get("SHARED_DIR", "../shared"))
    parser.add_argument(
        "--file", type=Path, default=shared / "data" / "receivables" / "ar-history.csv"
    )


def run(urls: Urls, options: argparse.Namespace) -> dict[str, Any]:
    from tests.fakes.smtp import running_sink  # noqa: PLC0415 -- once Django is set up

    records = _read(options.file, options.size)
    with running_sink() as sink:
        _mail_through(sink)
        begun = time.perf_counter()
        replay = _replay(records)
        seconds = time.perf_counter() - begun
        faults = _faults(replay, sink)
    return {
        "seconds": round(seconds, 1),
        "invoices": len(records),
        "clients": len({record.buyer.name for record in records}),
        "days": replay.days,
        "steps": dict(replay.steps),
        "mails": len(sink.received),
        "thanks": replay.thanks,
        "failed": replay.failed,
        "faults": faults,
    }


@dataclass
class Replay:
    """What the days brought."""

    days: int = 0
    thanks: int = 0
    failed: int = 0
    steps: Counter[str] = field(default_factory=Counter)


def _read(path: Path, most: int) -> list[Any]:
    """The history, ten years later, in euros, each client with an invented mailbox."""
    from invoices.importing.headings import AR_HISTORY  # noqa: PLC0415
    from invoices.importing.reader import read_file  # noqa: PLC0415

    with path.open("rb") as stream:
        report = read_file(stream, file=path.name, mapping=AR_HISTORY)
    if report.refusals:
        raise SystemExit(f"{len(report.refusals)} lines were refused: {report.refusals[0]}")
    return [_later(record) for record in report.invoices[:most]]


def _later(record: Any) -> Any:
    mailbox = f"{record.buyer.name.lower()}@clients.example"
    return replace(
        record,
        issued_on=_shift(record.issued_on),
        due_on=_shift(record.due_on),
        paid_on=_shift(record.paid_on),
        buyer=replace(record.buyer, emails=(mailbox,)),
    )


def _shift(day: dt.date) -> dt.date:
    return day.replace(year=day.year + YEARS)


def _mail_through(sink: Any) -> None:
    from django.conf import settings  # noqa: PLC0415

    settings.MAIL_IS_SET = True
    settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def _replay(records: list[Any]) -> Replay:
    from tenants.models import Tenant, User  # noqa: PLC0415
    from tenants.scope import use_tenant  # noqa: PLC0415
    from tenants.services import create_business  # noqa: PLC0415

    user = User.objects.create_user("owner@book.example", "a-long-password")
    first = min(record.issued_on for record in records)
    last = max(record.paid_on for record in records) + 7 * DAY
    tenant = create_business(
        user=user,
        name="Book",
        now=dt.datetime.combine(first, dt.time(6), tzinfo=dt.UTC),
        facts=_IDENTITY,
    )
    Tenant.objects.filter(pk=tenant.pk).update(mode=Tenant.Mode.LIVE)
    tenant.refresh_from_db()
    issued, paid = defaultdict(list), defaultdict(list)
    for record in records:
        issued[record.issued_on].append(record)
        paid[record.paid_on].append(record)
    replay = Replay()
    with use_tenant(tenant):
        day = first
        while day <= last:
            _live(day, issued[day], paid[day], replay)
            day += DAY
    return replay


_IDENTITY = {
    "siren": "732829320",
    "vat_number": "FR44732829320",
    "address": "4 rue du Port",
    "postcode": "56100",
    "city": "Lorient",
}


def _live(day: dt.date, issued: list[Any], paid: list[Any], replay: Replay) -> None:
    from clients.delivery import deliver_tenant  # noqa: PLC0415
    from core.calendar import is_business_day  # noqa: PLC0415
    from tenants import clock  # noqa: PLC0415

    moment = clock.at_hour(day, 9)
    with clock.as_of(moment):
        _bring_in(issued, day, moment)
        _pay(paid, day, moment)
        if is_business_day(day):  # as the timer does
            _dun(day, moment, replay)
            _approve(day, moment)
            _dun(day, moment, replay)
        deliver_tenant(now=moment)
    replay.days += 1


def _bring_in(records: list[Any], day: dt.date, moment: dt.datetime) -> None:
    from clients.models import Client  # noqa: PLC0415
    from dunning.models import Profile  # noqa: PLC0415
    from dunning.services import approve_ladder  # noqa: PLC0415
    from invoices.services import import_receivables  # noqa: PLC0415
    from tenants.scope import tenant_atomic  # noqa: PLC0415

    if not records:
        return
    open_now = [replace(record, paid_on=None) for record in records]
    with tenant_atomic():
        import_receivables(records=open_now, today=day, now=moment, user=None)
    with tenant_atomic():
        known = Profile.objects.filter(approved_at__isnull=False).values("client_id")
        for client in Client.objects.exclude(pk__in=known):
            approve_ladder(client=client, user=None, today=day, now=moment, firm_steps_alone=True)


def _pay(records: list[Any], day: dt.date, moment: dt.datetime) -> None:
    from invoices.models import Receivable  # noqa: PLC0415
    from payments.services import record_payment  # noqa: PLC0415
    from tenants.scope import tenant_atomic  # noqa: PLC0415

    for record in records:
        with tenant_atomic():
            receivable = Receivable.objects.select_related("client").get(
                invoice__number=record.number, kind="INSTALLMENT"
            )
            record_payment(
                client=receivable.client,
                amount=receivable.balance,
                means="TRANSFER",
                received_on=day,
                allocations={receivable: receivable.balance},
                now=moment,
                user=None,
            )


def _dun(day: dt.date, moment: dt.datetime, replay: Replay) -> None:
    from dunning.notices import prepare_notices  # noqa: PLC0415
    from dunning.services import run_dunning  # noqa: PLC0415

    report = run_dunning(today=day)
    prepare_notices(today=day, now=moment)
    replay.steps.update(report.steps)
    replay.thanks += report.thanks
    replay.failed += report.failed


def _approve(day: dt.date, moment: dt.datetime) -> None:
    from dunning.models import Approval  # noqa: PLC0415
    from dunning.services import grant  # noqa: PLC0415
    from tenants.scope import tenant_atomic  # noqa: PLC0415

    with tenant_atomic():
        for approval in Approval.objects.filter(state=Approval.State.ASKED):
            grant(approval=approval, user=None, today=day, now=moment)


def _faults(replay: Replay, sink: Any) -> dict[str, int]:
    """What must never happen, counted from the rows and from what the server received."""
    from core.calendar import is_business_day  # noqa: PLC0415
    from tenants.everyone import all_tenants  # noqa: PLC0415
    from tenants.scope import tenant_atomic  # noqa: PLC0415

    mails = [received.message for received in sink.received]
    days = [parsedate_to_datetime(mail["Date"]).date() for mail in mails]
    ids = Counter(mail["Message-ID"] for mail in mails)
    faults = {
        "on_a_day_off": sum(not is_business_day(day) for day in days),
        "same_mail_twice": sum(count - 1 for count in ids.values()),
    }
    for _tenant in all_tenants():
        with tenant_atomic():
            faults["after_payment"] = _after_payment()
            faults["same_step_twice"] = _same_step_twice()
            faults["above_the_cap"] = _above_the_cap()
    return faults


def _after_payment() -> int:
    """Reminders that left on or after the day the money came (the payment is booked first)."""
    from dunning.models import Reminder  # noqa: PLC0415

    left = Reminder.objects.exclude(state=Reminder.State.CANCELLED)
    rows = left.values_list("taken_on", "case__receivable__settled_on")
    return sum(settled is not None and taken >= settled for taken, settled in rows)


def _same_step_twice() -> int:
    from dunning.models import Reminder  # noqa: PLC0415

    left = Reminder.objects.exclude(state=Reminder.State.CANCELLED)
    taken = Counter(left.values_list("case_id", "step", "cycle"))
    return sum(count - 1 for count in taken.values())


def _above_the_cap() -> int:
    """Days on which a client has had more than two reminders within seven days."""
    from clients.models import Message  # noqa: PLC0415

    counted = Message.objects.filter(
        kind__in=["REMINDER", "FORMAL_NOTICE"], state=Message.State.SENT
    )
    by_client = defaultdict(list)
    for client_id, day in counted.order_by("send_on").values_list("client_id", "send_on"):
        by_client[client_id].append(day)
    return sum(
        third - first < 7 * DAY
        for days in by_client.values()
        for first, third in zip(days, days[2:], strict=False)
    )
