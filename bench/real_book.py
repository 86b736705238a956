"""A real book of invoices, replayed day by day, and what would have been wrong about the mails.

Every invoice of a receivables history (`--file`, two years, 60 clients) is imported on its day ten
years later, paid on its real day, and dunned in between by `run_dunning --on`, every day of the
week; each question to the owner is answered with yes, and mail leaves through a real SMTP server.
Prints how often each step was taken, and counts what must never happen, from what the server
received.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from bench.book_faults import Mail, faults_of
from bench.gauge import peak_mb
from clients.delivery import deliver_tenant
from clients.models import Client, Message
from config.embedded import Urls
from config.verifying import verify_tenant
from core.calendar import add_months
from dunning.models import Approval, Case, Profile, Reminder
from dunning.services import approve_ladder, grant
from invoices.importing.headings import AR_HISTORY
from invoices.importing.reader import read_file
from invoices.importing.records import ImportedInvoice
from invoices.models import Receivable
from invoices.services import import_receivables
from payments.services import record_payment
from tenants import clock
from tenants.models import Tenant, User
from tenants.scope import current_tenant, tenant_atomic, use_tenant
from tenants.services import create_business

SIZE = 100_000  # invoices at most
LATER = 120  # months
DAY = dt.timedelta(days=1)
AFTER = 10 * DAY  # after the last payment: thanks, and nothing else
HOUR = 9
IDENTITY = {
    "siren": "732829320",
    "vat_number": "FR44732829320",
    "address": "4 rue du Port",
    "postcode": "56100",
    "city": "Lorient",
    "iban": "FR7630006000011234567890189",
}
_NUMBER = re.compile(r"\d{5,}")


@dataclass(slots=True)
class Replay:
    """What the days brought, as the commands told it."""

    days: int = 0
    thanks: int = 0
    failed: int = 0
    approvals: int = 0
    steps: Counter[str] = field(default_factory=Counter)


def arguments(parser: argparse.ArgumentParser) -> None:
    shared = Path(os.environ.get("SHARED_DIR", "../shared"))
    parser.add_argument(
        "--file", type=Path, default=shared / "data" / "receivables" / "ar-history.csv"
    )
    parser.add_argument(
        "--late", type=int, default=-400, help="only clients who were once that many days late"
    )
    parser.add_argument("--undisputed", action="store_true", help="as if nothing were contested")


def run(_urls: Urls, options: argparse.Namespace) -> dict[str, Any]:
    from tests.fakes.smtp import running_sink  # noqa: PLC0415 -- only what is measured needs it

    records = chosen(read_book(options.file), options)
    with running_sink() as sink:
        _mail_through(sink)
        tenant = _found(min(record.issued_on for record in records))
        begun = time.perf_counter()
        with use_tenant(tenant):
            replay = play(records)
            seconds = time.perf_counter() - begun
            return {
                "seconds": round(seconds, 1),
                "per_second": round(len(records) / seconds, 1),
                "peak_mb": peak_mb(),
                "clients": len({record.buyer.name for record in records}),
                **outcome(replay, records, [received.message for received in sink.received]),
            }


def read_book(path: Path) -> list[ImportedInvoice]:
    """The history, ten years later, in euros, each client with an invented mailbox."""
    with path.open("rb") as stream:
        report = read_file(stream, file=path.name, mapping=AR_HISTORY)
    if report.refusals:
        raise SystemExit(f"{len(report.refusals)} lines were refused: {report.refusals[0]}")
    return sorted(map(_later, report.invoices), key=lambda record: record.issued_on)


def chosen(records: list[ImportedInvoice], options: argparse.Namespace) -> list[ImportedInvoice]:
    """The part of the book that was asked for."""
    if options.undisputed:
        records = [replace(record, is_disputed=False) for record in records]
    late = {record.buyer.name for record in records if _lateness(record) >= options.late}
    return [record for record in records if record.buyer.name in late][: options.size]


def play(records: Sequence[ImportedInvoice]) -> Replay:
    """Let every day pass from the first invoice to some days after the last payment."""
    issued, paid = _by_day(records, _issued_on), _by_day(records, _paid_on)
    replay, day, last = Replay(), min(issued), max(paid) + AFTER
    while day <= last:
        moment = clock.at_hour(day, HOUR)
        with clock.as_of(moment):
            _bring_in(issued[day], moment)
            _pay(paid[day], moment)
            _dun(day, replay)
            if replay.approvals < (given := replay.approvals + _approve(moment)):
                replay.approvals = given
                _dun(day, replay)
            deliver_tenant(now=moment)
        replay.days += 1
        day += DAY
    return replay


def outcome(
    replay: Replay, records: Sequence[ImportedInvoice], received: Iterable[EmailMessage]
) -> dict[str, Any]:
    """Counts per step, and the faults: all zero, or something is wrong."""
    mails = _mails(received, {record.number for record in records})
    with tenant_atomic():
        open_cases = Case.objects.filter(state=Case.State.OPEN).count()
    return {
        "days": replay.days,
        "invoices": len(records),
        "steps": dict(sorted(replay.steps.items())),
        "approvals": replay.approvals,
        "thanks": replay.thanks,
        "mails": dict(sorted(Counter(mail.kind for mail in mails).items())),
        "cases_left_open": open_cases,
        "faults": {
            **faults_of(
                mails,
                paid_on={record.number: _paid_on(record) for record in records},
                disputed=[record.number for record in records if record.is_disputed],
            ),
            "failed": replay.failed,
            "violations": len(verify_tenant()),
        },
    }


def _later(record: ImportedInvoice) -> ImportedInvoice:
    mailbox = f"{record.buyer.name.lower()}@clients.example"
    return replace(
        record,
        issued_on=add_months(record.issued_on, LATER),
        due_on=add_months(record.due_on or record.issued_on, LATER),
        paid_on=add_months(_paid_on(record), LATER),
        buyer=replace(record.buyer, emails=(mailbox,)),
    )


def _lateness(record: ImportedInvoice) -> int:
    """Days from the due date to the payment."""
    return (_paid_on(record) - (record.due_on or record.issued_on)).days


def _issued_on(record: ImportedInvoice) -> dt.date:
    return record.issued_on


def _paid_on(record: ImportedInvoice) -> dt.date:
    if record.paid_on is None:
        raise SystemExit(f"Invoice {record.number} was never paid.")
    return record.paid_on


def _by_day(
    records: Iterable[ImportedInvoice], day_of: Callable[[ImportedInvoice], dt.date]
) -> defaultdict[dt.date, list[ImportedInvoice]]:
    days = defaultdict(list)
    for record in records:
        days[day_of(record)].append(record)
    return days


def _mail_through(sink: Any) -> None:
    settings.MAIL_IS_SET = True
    settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def _found(first: dt.date) -> Tenant:
    user = User.objects.create_user("owner@book.example", "a-long-password")
    moment = dt.datetime.combine(first, dt.time(6), tzinfo=dt.UTC)
    tenant = create_business(user=user, name="Book", now=moment, facts=IDENTITY)
    Tenant.objects.filter(pk=tenant.pk).update(mode=Tenant.Mode.LIVE)
    tenant.refresh_from_db()
    return tenant


def _bring_in(records: Sequence[ImportedInvoice], moment: dt.datetime) -> None:
    """Import the invoices of a day; the ladder of a client is agreed to once, at the first."""
    if not records:
        return
    today = moment.date()
    with tenant_atomic():
        import_receivables(records=records, today=today, now=moment, user=None)
        agreed = Profile.objects.filter(approved_at__isnull=False).values("client_id")
        for client in Client.objects.exclude(pk__in=agreed):
            approve_ladder(client=client, user=None, today=today, now=moment, firm_steps_alone=True)


def _pay(records: Sequence[ImportedInvoice], moment: dt.datetime) -> None:
    for record in records:
        with tenant_atomic():
            receivable = Receivable.objects.select_related("client").get(
                invoice__number=record.number, kind=Receivable.Kind.INSTALLMENT
            )
            record_payment(
                client=receivable.client,
                amount=receivable.balance,
                means="TRANSFER",
                received_on=moment.date(),
                allocations={receivable: receivable.balance},
                now=moment,
                user=None,
            )


def _dun(day: dt.date, replay: Replay) -> None:
    said = io.StringIO()
    call_command("run_dunning", tenant=current_tenant().slug, on=day, json=True, stdout=said)
    report = json.loads(said.getvalue())
    replay.steps.update(report["steps"])
    replay.thanks += report["thanks"]
    replay.failed += report["failed"]


def _approve(moment: dt.datetime) -> int:
    with tenant_atomic():
        asked = list(Approval.objects.filter(state=Approval.State.ASKED).select_related("case"))
        for approval in asked:
            grant(approval=approval, user=None, today=moment.date(), now=moment)
    return len(asked)


def _mails(received: Iterable[EmailMessage], numbers: set[str]) -> list[Mail]:
    """Each mail as it arrived, with what the row of its Message-ID says it was for."""
    with tenant_atomic():
        kinds = dict(Message.objects.values_list("message_id", "kind"))
        steps = defaultdict(list)
        for message_id, *step in Reminder.objects.values_list(
            "message__message_id", "case__invoice__number", "step", "cycle"
        ):
            steps[message_id].append(tuple(step))
    return [_mail(each, numbers, kinds, steps) for each in received]


def _mail(
    arrived: EmailMessage, numbers: set[str], kinds: dict[str, str], steps: dict[str, Any]
) -> Mail:
    part = arrived.get_body(("plain",))
    text = part.get_content() if part is not None else ""
    message_id = str(arrived["Message-ID"])
    return Mail(
        day=parsedate_to_datetime(arrived["Date"]).date(),
        mailbox=str(arrived["To"]),
        message_id=message_id,
        kind=kinds.get(message_id, "UNKNOWN"),
        numbers=frozenset(_NUMBER.findall(f"{arrived['Subject']} {text}")) & numbers,
        steps=tuple(steps.get(message_id, ())),
    )
