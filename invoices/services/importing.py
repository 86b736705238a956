"""Taking in what was issued elsewhere: clients, invoices of origin IMPORTED, and what is due."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction

from clients.models import Client
from core.errors import DomainError
from core.errors import gettext_noop as _
from invoices.importing.records import ImportedInvoice, Notice, Refusal
from invoices.models import ImportBatch, ImportLine, Receivable
from invoices.services.import_clients import save_new
from invoices.services.import_credits import set_against
from invoices.services.import_documents import Entry, Moment, due_day, foresee, write
from invoices.services.import_sorting import sort_out
from invoices.signals import receivables_imported
from tenants.announce import announce
from tenants.audit import record as record_act
from tenants.bulk import insert_rows
from tenants.models import Business, User
from tenants.scope import scoped_tenant_id, tenant_atomic

BATCH = 500
ZERO = Decimal(0)
_ONE_AT_A_TIME = 0x1339  # the class of advisory locks that imports alone take
Progress = Callable[[int, int], None]  # lines written, of how many


class ImportRefused(DomainError):
    """Lines were refused, so nothing was written; `refusals` say which and why."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(
            _("Nothing was imported: %(count)s lines were refused."), count=len(refusals)
        )
        self.refusals = tuple(refusals)


@dataclass(slots=True)
class ImportReport:
    """What an import did. `issued_here` counts invoices of ours that the file lists too."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    issued_here: int = 0
    clients_created: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    is_written: bool = False


@dataclass(slots=True)
class Forecast:
    """What an import would do; `remaining` by currency, credit notes count against it."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    issued_here: int = 0
    clients_new: int = 0
    clients_known: int = 0
    late: int = 0
    remaining: dict[str, Decimal] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)


def foresee_import(
    *,
    records: Sequence[ImportedInvoice],
    refused: Sequence[Refusal] = (),
    today: dt.date,
    now: dt.datetime,
) -> Forecast:
    """Say what `import_receivables` would do with these records; nothing is written or locked."""
    moment = _moment(today, now, None)
    entries, refusals = sort_out(records, today=today, is_locking=False)
    taken = [entry for entry in entries if not entry.is_ours]
    foresee(taken, today)
    outcomes = [entry.outcome for entry in taken]
    owed: dict[str, Decimal] = defaultdict(Decimal)
    late = 0
    for entry in taken:
        due = due_day(entry, moment)
        owed[entry.record.currency] += entry.record.remaining * (-1 if entry.is_credit else 1)
        late += bool(due and due < today and entry.record.remaining and not entry.is_credit)
    debtors = {entry.debtor for entry in taken}
    return Forecast(
        created=outcomes.count(ImportLine.Outcome.CREATED),
        updated=outcomes.count(ImportLine.Outcome.UPDATED),
        unchanged=outcomes.count(ImportLine.Outcome.UNCHANGED),
        issued_here=len(entries) - len(taken),
        clients_new=sum(1 for debtor in debtors if not debtor.pk),
        clients_known=sum(1 for debtor in debtors if debtor.pk),
        late=late,
        remaining=dict(owed),
        refusals=[*refused, *refusals],
    )


def import_receivables(
    *,
    records: Sequence[ImportedInvoice],
    today: dt.date,
    now: dt.datetime,
    user: User | None,
    partial: bool = False,
    dry_run: bool = False,
    refused: Sequence[Refusal] = (),
    client_kind: str = Client.Kind.BUSINESS,
    batch: ImportBatch | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Write invoices issued elsewhere, with their clients and what remains due of each.

    Upsert on (client, number): the same book again changes nothing. They keep their number and
    never enter our series. The receivable is what remained due in the file, in the invoice's
    currency; one that is paid has a receivable of zero. What was received here is never undone
    by a file that does not know of it yet. All or nothing, unless `partial`; `refused` are lines
    that the reader refused already. With `dry_run` all is done and taken back.

    `client_kind` is what new clients without a SIREN and a VAT number are taken for. The kind
    switches the legal regime: nothing leaves for them before the owner has said what they are,
    when he agrees to their reminders. With a `batch`, what is done is noted so that it can be
    undone; `progress` hears how far the writing has come.

    Raises:
        ImportRefused: lines are refused, and `partial` was not asked for.
        ClientTaken: somebody added one of the clients meanwhile.
    """
    report = ImportReport(refusals=list(refused))
    moment = _moment(today, now, user)
    with tenant_atomic():
        wait_for_turn()
        known, refusals = sort_out(records, today=today)
        report.refusals += refusals
        entries = [entry for entry in known if not entry.is_ours]
        report.issued_here = len(known) - len(entries)
        if report.refusals and not partial and not dry_run:
            raise ImportRefused(report.refusals)
        made = _write(entries, moment, report, client_kind, progress)
        if batch is not None:
            _note(batch, entries, made)
        transaction.set_rollback(dry_run)
    report.is_written = not dry_run
    return report


def _moment(today: dt.date, now: dt.datetime, user: User | None) -> Moment:
    usual = Business.objects.values_list("default_terms", flat=True).get()
    own = Client.objects.exclude(terms__in=["", "FIXED"]).values_list("pk", "terms")
    return Moment(today, now, user, dict(own), "NET_30" if usual == "FIXED" else usual)


def wait_for_turn() -> None:
    """One import of a tenant, or one undoing, after the other: each sees what the last wrote."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)",
            [_ONE_AT_A_TIME, scoped_tenant_id() % 2**31],
        )


def _forget_plans() -> None:
    """Have foreign keys checked by plans for the tables as they are now.

    A plan kept from when they were empty reads all rows of the tenant for every new row: the first
    book of an installation, one transaction long, would cost the square of its length.
    """
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def _write(
    entries: Sequence[Entry],
    moment: Moment,
    report: ImportReport,
    client_kind: str,
    progress: Progress | None,
) -> dict[str, list[int]]:
    """Write everything, and give the ids of what came with the invoices."""
    clients, persons = save_new({entry.debtor: None for entry in entries}, kind=client_kind)
    report.clients_created = len(clients)
    for start in range(0, len(entries), BATCH):
        part = entries[start : start + BATCH]
        _forget_plans()
        done = write(part, moment)
        report.created += done.created
        report.updated += done.updated
        report.unchanged += done.unchanged
        _tell(part, done.receivables)
        if progress is not None:
            progress(start + len(part), len(entries))
    credits_ = [entry for entry in entries if entry.is_credit]
    notices, credited = set_against(credits_, today=moment.today)
    report.notices += notices
    record_act(
        act="import_receivables",
        subject=Business.objects.get(),
        user=moment.user,
        at=moment.now,
        after={
            "files": {entry.record.file: entry.record.sha256 for entry in entries},
            "created": report.created,
            "updated": report.updated,
            "refused": len(report.refusals),
        },
    )
    return {"clients": clients, "persons": persons, "credits": credited}


def _note(batch: ImportBatch, entries: Sequence[Entry], made: dict[str, list[int]]) -> None:
    """What each line did, so that it can be undone, and so that the next book can be compared."""
    rows = [
        {
            "batch_id": batch.pk,
            "invoice_id": entry.invoice.pk,
            "outcome": str(entry.outcome),
            "before": entry.before,
        }
        for entry in entries
        if entry.invoice is not None
    ]
    for start in range(0, len(rows), BATCH):
        insert_rows(ImportLine, rows[start : start + BATCH])
    batch.made = made
    batch.save(update_fields=["made"])


def _tell(entries: Sequence[Entry], receivables: Sequence[Receivable]) -> None:
    disputed = {
        entry.invoice.pk
        for entry in entries
        if entry.invoice and entry.record.is_disputed and entry.record.remaining
    }
    if not receivables and not disputed:
        return
    announce(
        receivables_imported,
        sender=Receivable,
        receivable_ids=[each.pk for each in receivables],
        disputed_ids=list(
            Receivable.objects.filter(invoice_id__in=disputed, balance__gt=0)
            .order_by("pk")
            .values_list("pk", flat=True)
        ),
    )
