"""Which lines of a book can be taken, whose they are, and why the others cannot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from clients.models import Client
from core.errors import gettext_noop as _
from core.search import search_key
from invoices.importing.amounts import LARGEST
from invoices.importing.identifiers import valid_currency
from invoices.importing.limits import MAX_NUMBER
from invoices.importing.records import ImportedInvoice, ImportedParty, Reason, Refusal, say
from invoices.services.import_clients import ClientBook, UnclearClient
from invoices.services.import_documents import Entry, conflict, look_up, own_numbers
from tenants.models import Business
from tenants.scope import current_tenant

ZERO = Decimal(0)


def sort_out(
    records: Sequence[ImportedInvoice], *, today: dt.date, is_locking: bool = True
) -> tuple[list[Entry], list[Refusal]]:
    """The lines that can be taken, each with its client and what is known; the others refused.

    Lines of what was issued here come back too (`Entry.is_ours`). The clients are locked first,
    unless one only looks.
    """
    refusals: list[Refusal] = []
    book, entries = ClientBook(records), []
    seller = _OwnName(Business.objects.get())
    for record in records:
        reason = _fault(record, today) or seller.fault(record)
        try:
            entries += [] if reason else [Entry(record, book.find(record.buyer))]
        except UnclearClient as unclear:
            reason = say(str(unclear.message), **unclear.params)
        if reason:
            refusals.append(_refusal(record, reason))
    if is_locking:
        _lock({entry.debtor.pk for entry in entries})
    look_up(entries)
    own, first_of = own_numbers(entries), dict[tuple[int, str], ImportedInvoice]()
    taken = []
    for entry in entries:
        first = first_of.setdefault((id(entry.debtor), entry.record.number), entry.record)
        reason = conflict(entry, own) or _twice(entry.record, first)
        if reason:
            refusals.append(_refusal(entry.record, reason))
        else:
            taken.append(entry)
    return taken, refusals


def _lock(client_ids: set[int]) -> None:
    """The first lock of the order that everybody keeps, the clients one by one by their id."""
    rows = Client.objects.select_for_update(no_key=True).filter(pk__in=client_ids).order_by("pk")
    len(rows.values_list("pk"))


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
