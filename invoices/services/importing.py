"""Taking in what was issued elsewhere: clients, invoices of origin IMPORTED, and what is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction

from clients.models import Client
from core.errors import DomainError
from core.errors import gettext_noop as _
from core.search import search_key
from invoices.importing.amounts import LARGEST
from invoices.importing.identifiers import valid_currency
from invoices.importing.limits import MAX_NUMBER
from invoices.importing.records import (
    ImportedInvoice,
    ImportedParty,
    Notice,
    Reason,
    Refusal,
    say,
)
from invoices.models import Receivable
from invoices.services.import_clients import ClientBook, UnclearClient, save_new
from invoices.services.import_credits import set_against
from invoices.services.import_documents import (
    Entry,
    Moment,
    conflict,
    look_up,
    own_numbers,
    write,
)
from invoices.signals import receivables_imported
from tenants.announce import announce
from tenants.audit import record as record_act
from tenants.models import Business, User
from tenants.scope import current_tenant, scoped_tenant_id, tenant_atomic

BATCH = 500
ZERO = Decimal(0)
_ONE_AT_A_TIME = 0x1339  # the class of advisory locks that imports alone take


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
) -> ImportReport:
    """Write invoices issued elsewhere, with their clients and what remains due of each.

    Upsert on (client, number): the same book again changes nothing. They keep their number and
    never enter our series. The receivable is what remained due in the file, in the invoice's
    currency; one that is paid has a receivable of zero. What was received here is never undone
    by a file that does not know of it yet. All or nothing, unless `partial`; `refused` are lines
    that the reader refused already. With `dry_run` all is done and taken back.

    `client_kind` is what new clients without a SIREN and a VAT number are taken for. The kind
    switches the legal regime: nothing leaves for them before the owner has said what they are,
    when he agrees to their reminders.

    Raises:
        ImportRefused: lines are refused, and `partial` was not asked for.
        ClientTaken: somebody added one of the clients meanwhile.
    """
    report = ImportReport(refusals=list(refused))
    moment = _moment(today, now, user)
    with tenant_atomic():
        _wait_for_turn()
        entries = _sorted_out(records, moment, report)
        if report.refusals and not partial and not dry_run:
            raise ImportRefused(report.refusals)
        _write(entries, moment, report, client_kind)
        transaction.set_rollback(dry_run)
    report.is_written = not dry_run
    return report


def _moment(today: dt.date, now: dt.datetime, user: User | None) -> Moment:
    usual = Business.objects.values_list("default_terms", flat=True).get()
    own = Client.objects.exclude(terms__in=["", "FIXED"]).values_list("pk", "terms")
    return Moment(today, now, user, dict(own), "NET_30" if usual == "FIXED" else usual)


def _wait_for_turn() -> None:
    """One import of a tenant after the other: the second sees what the first has written."""
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


def _sorted_out(
    records: Sequence[ImportedInvoice], moment: Moment, report: ImportReport
) -> list[Entry]:
    """The lines that can be taken, each with its client and what is known; the others refused."""
    book, entries = ClientBook(records), []
    seller = _OwnName(Business.objects.get())
    for record in records:
        reason = _fault(record, moment.today) or seller.fault(record)
        try:
            entries += [] if reason else [Entry(record, book.find(record.buyer))]
        except UnclearClient as unclear:
            reason = say(str(unclear.message), **unclear.params)
        if reason:
            report.refusals.append(_refusal(record, reason))
    _lock({entry.debtor.pk for entry in entries})
    look_up(entries)
    own, first_of = own_numbers(entries), dict[tuple[int, str], ImportedInvoice]()
    taken = []
    for entry in entries:
        first = first_of.setdefault((id(entry.debtor), entry.record.number), entry.record)
        reason = conflict(entry, own) or _twice(entry.record, first)
        if reason:
            report.refusals.append(_refusal(entry.record, reason))
        elif entry.is_ours:
            report.issued_here += 1
        else:
            taken.append(entry)
    return taken


def _lock(client_ids: set[int]) -> None:
    """The first lock of the order that everybody keeps, the clients one by one by their id."""
    rows = Client.objects.select_for_update(no_key=True).filter(pk__in=client_ids).order_by("pk")
    len(rows.values_list("pk"))


def _write(
    entries: Sequence[Entry], moment: Moment, report: ImportReport, client_kind: str
) -> None:
    report.clients_created = save_new({entry.debtor: None for entry in entries}, kind=client_kind)
    for start in range(0, len(entries), BATCH):
        part = entries[start : start + BATCH]
        _forget_plans()
        done = write(part, moment)
        report.created += done.created
        report.updated += done.updated
        report.unchanged += done.unchanged
        _tell(part, done.receivables)
    credits_ = [entry for entry in entries if entry.is_credit]
    report.notices += set_against(credits_, today=moment.today)
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


def _fault(record: ImportedInvoice, today: dt.date) -> Reason | None:
    """What no debt can be made of, whoever read it."""
    if not record.number or len(record.number) > MAX_NUMBER:
        return say(
            _("The invoice number has more than %(limit)s characters, or none."), limit=MAX_NUMBER
        )
    if not valid_currency(record.currency):
        return say(_("“%(text)s” is not a currency."), text=record.currency)
    if record.issued_on > today:
        return say(
            _("The invoice is dated %(issued_on)s, after today."), issued_on=record.issued_on
        )
    if record.due_on and record.due_on < record.issued_on and record.kind != "CREDIT_NOTE":
        return say(
            _("The due date %(due_on)s is before the issue date %(issued_on)s."),
            due_on=record.due_on,
            issued_on=record.issued_on,
        )
    return _amount_fault(record)


def _amount_fault(record: ImportedInvoice) -> Reason | None:
    for amount in (record.total_gross, record.remaining):
        if not amount.is_finite() or not ZERO <= amount <= LARGEST:
            return say(_("The amount %(amount)s cannot be that of an invoice."), amount=amount)
    return None


def _twice(record: ImportedInvoice, first: ImportedInvoice) -> Reason | None:
    if first is record:
        return None
    return say(
        _("Invoice %(number)s of this client is in %(file)s too."),
        number=record.number,
        file=first.file,
    )


def _refusal(record: ImportedInvoice, reason: Reason) -> Refusal:
    return Refusal(record.file, record.line, "", reason)


class _OwnName:
    """Whether an electronic invoice is the tenant's own: somebody else's is no debt to collect."""

    def __init__(self, business: Business) -> None:
        self._business = business
        names = (business.legal_name, current_tenant().name)
        self._names = {search_key(name) for name in names if name}

    def fault(self, record: ImportedInvoice) -> Reason | None:
        if record.seller is None or self._is_ours(record.seller):
            return None
        return say(
            _("The invoice was issued by %(seller)s (%(number)s), not by %(own)s."),
            seller=record.seller.name,
            number=record.seller.siren or record.seller.vat_number or "-",
            own=self._business.legal_name,
        )

    def _is_ours(self, seller: ImportedParty) -> bool:
        own = self._business
        for there, here in ((seller.siren, own.siren), (seller.vat_number, own.vat_number)):
            if there and here:
                return there == here
        return bool({search_key(seller.name), search_key(seller.trading_name)} & self._names)
