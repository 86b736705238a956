"""Imported invoices as rows: written once, and brought up to date when the book comes again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from core.errors import gettext_noop as _
from core.identifiers import InvalidIdentifier
from core.references import clean_rf_reference, rf_reference
from core.search import search_key
from invoices.agreed_terms import terms_of
from invoices.importing.records import ImportedInvoice, ImportedKind, ImportedParty, Reason, say
from invoices.models import ImportLine, Invoice, Receivable
from invoices.services.import_clients import Debtor
from invoices.services.import_plans import follow_plan, in_force
from invoices.terms import due_on
from tenants.models import AuditEntry, User
from tenants.scope import current_tenant

BATCH = 500
ZERO = Decimal(0)
_LIGHT = ("seller", "buyer", "mentions", "vat_breakdown", "notes")  # not needed to compare
_COMPARED = (
    "issued_on", "due_on", "order_reference", "total_net", "total_vat", "total_gross",
)  # fmt: skip
_BALANCE = ("amount", "due_on", "settled_on")


@dataclass(slots=True, eq=False)
class Entry:
    """One line of a file: what it says, whose it is, and what is known of it here."""

    record: ImportedInvoice
    debtor: Debtor
    invoice: Invoice | None = None
    receivables: list[Receivable] = field(default_factory=list)
    outcome: str = ""
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def is_credit(self) -> bool:
        return self.record.kind is ImportedKind.CREDIT_NOTE

    @property
    def is_ours(self) -> bool:
        """The accountant's book also lists what was issued here."""
        return self.invoice is not None and self.invoice.origin == Invoice.Origin.OWN


@dataclass(slots=True)
class Written:
    """What a batch did."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    receivables: list[Receivable] = field(default_factory=list)  # new ones, and those that moved


@dataclass(frozen=True, slots=True)
class Moment:
    """When, and by whom; the terms (by client id, and usual ones) serve where no due date is."""

    today: dt.date
    now: dt.datetime
    user: User | None
    terms: Mapping[int, str]
    usual_terms: str


def look_up(entries: Sequence[Entry]) -> None:
    """Find what is known of each; the clients are locked already."""
    by_key: dict[tuple[int, str], Entry] = {
        (entry.debtor.pk, entry.record.number): entry for entry in entries if entry.debtor.pk
    }
    by_invoice: dict[int, Entry] = {}
    for start in range(0, len(entries), BATCH):
        part = entries[start : start + BATCH]
        numbers = {entry.record.number for entry in part}
        clients = {entry.debtor.pk for entry in part if entry.debtor.pk}
        found = Invoice.objects.filter(client_id__in=clients, number__in=numbers)
        for invoice in found.defer(*_LIGHT).order_by("origin"):  # ours last: it outweighs
            entry = by_key.get((invoice.client_id, invoice.number or ""))
            if entry is not None:
                entry.invoice = invoice
                by_invoice[invoice.pk] = entry
    known = sorted(by_invoice)
    for start in range(0, len(known), BATCH):
        rows = Receivable.objects.filter(
            in_force(),
            invoice_id__in=known[start : start + BATCH],
            kind=Receivable.Kind.INSTALLMENT,
            replaced_by=None,
        )
        for receivable in rows.order_by("due_on", "id"):
            by_invoice[receivable.invoice_id].receivables.append(receivable)


def own_numbers(entries: Sequence[Entry]) -> set[str]:
    """Those numbers of the files that our own series has given."""
    numbers = sorted({entry.record.number for entry in entries})
    found: set[str] = set()
    for start in range(0, len(numbers), BATCH):
        part = numbers[start : start + BATCH]
        own = Invoice.objects.filter(origin=Invoice.Origin.OWN, number__in=part)
        found.update(number or "" for number in own.values_list("number", flat=True))
    return found


def conflict(entry: Entry, own: Collection[str]) -> Reason | None:
    """Why the line cannot be brought together with what is known here."""
    record, invoice = entry.record, entry.invoice
    if record.number in own and not entry.is_ours:
        return say(
            _("%(number)s is the number of an invoice issued here, to another client."),
            number=record.number,
        )
    if invoice is None or entry.is_ours:
        return None
    if invoice.currency != record.currency:
        return say(
            _("Invoice %(number)s is known here in %(known)s, not in %(currency)s."),
            number=record.number,
            known=invoice.currency,
            currency=record.currency,
        )
    if (invoice.kind == Invoice.Kind.CREDIT_NOTE) is not entry.is_credit:
        return say(_("%(number)s is known here as another kind of document."), number=record.number)
    return None


def write(entries: Sequence[Entry], moment: Moment) -> Written:
    """Write one batch: new documents, and what has changed of the known ones."""
    new = [entry for entry in entries if entry.invoice is None]
    known = [entry for entry in entries if entry.invoice is not None]
    for entry in new:
        entry.invoice, entry.outcome = _document(entry, moment), ImportLine.Outcome.CREATED
    Invoice.objects.bulk_create(_invoices(new), batch_size=BATCH)
    made = [each for entry in new for each in _balance(entry, moment.today)[0]]
    changes = {entry: change for entry in known if (change := _change(entry, moment.today))}
    made += [each for change in changes.values() for each in change.fresh]
    moved = [each for change in changes.values() for each in change.touched]
    Invoice.objects.bulk_update(_invoices(changes), [*_COMPARED, "search_key"], batch_size=BATCH)
    Receivable.objects.bulk_create(made, batch_size=BATCH)
    Receivable.objects.bulk_update(moved, _BALANCE, batch_size=BATCH)
    AuditEntry.objects.bulk_create(
        [_trace(entry, each.before, each.touched, moment) for entry, each in changes.items()],
        batch_size=BATCH,
    )
    for entry, change in changes.items():
        entry.before = change.as_noted()
    return Written(len(new), len(changes), len(known) - len(changes), made + moved)


def foresee(entries: Sequence[Entry], today: dt.date) -> None:
    """Say of each what `write` would make of it; the rows in memory are not fit for use after."""
    for entry in entries:
        if entry.invoice is None:
            entry.outcome = ImportLine.Outcome.CREATED
        else:
            _change(entry, today)


def due_day(entry: Entry, moment: Moment) -> dt.date | None:
    """When it is due: as the file says, as known here, or by the usual terms."""
    known = entry.invoice.due_on if entry.invoice else None
    terms = moment.terms.get(entry.debtor.pk, moment.usual_terms)
    return entry.record.due_on or known or _due_on(entry.record, terms)


@dataclass(slots=True)
class _Change:
    """What a line changes of a known document, and what was there before."""

    before: dict[str, Any]
    receivables: list[tuple[Receivable, Decimal, dt.date, dt.date | None]]
    fresh: list[Receivable]
    touched: list[Receivable]

    def __bool__(self) -> bool:
        return bool(self.before or self.fresh or self.touched)

    def as_noted(self) -> dict[str, Any]:
        """As a column of `ImportLine`, once everything is written."""
        moved = set(map(id, self.touched))
        return {
            "invoice": self.before,
            "receivables": [
                [known.pk, amount, due, settled, known.amount, known.due_on]
                for known, amount, due, settled in self.receivables
                if id(known) in moved
            ],
            "made": [each.pk for each in self.fresh],
        }


def _change(entry: Entry, today: dt.date) -> _Change:
    were = [(each, each.amount, each.due_on, each.settled_on) for each in entry.receivables]
    before = _bring_up_to_date(entry)
    fresh, touched = _balance(entry, today)
    change = _Change(before, were, fresh, touched)
    entry.outcome = ImportLine.Outcome.UPDATED if change else ImportLine.Outcome.UNCHANGED
    return change


def _invoices(entries: Iterable[Entry]) -> Iterator[Invoice]:
    for entry in entries:
        if entry.invoice is not None:
            yield entry.invoice


def _document(entry: Entry, moment: Moment) -> Invoice:
    record, debtor = entry.record, entry.debtor
    terms = moment.terms.get(debtor.pk, moment.usual_terms)
    return Invoice(
        client_id=debtor.pk,
        kind=Invoice.Kind(record.kind.value),
        origin=Invoice.Origin.IMPORTED,
        state=Invoice.State.ISSUED,
        number=record.number,
        currency=record.currency,
        language=current_tenant().language,
        terms="FIXED",
        notes="\n".join(record.notes),
        vat_breakdown=[
            {"category": each.category, "rate": each.rate, "base": each.base, "vat": each.amount}
            for each in record.vat
        ],
        seller=_party(record.seller),
        buyer=_party(record.buyer),
        search_key=_search_key(entry),
        **{**_stated(record), "due_on": _due_on(record, terms)},
    )


def _stated(record: ImportedInvoice) -> dict[str, Any]:
    """The columns that a later file may correct. A total without its VAT is kept as one sum."""
    net, vat, gross = record.total_net, record.total_vat, record.total_gross
    if net is None:
        net = gross - (vat or ZERO)
    return {
        "issued_on": record.issued_on,
        "due_on": record.due_on,
        "order_reference": record.order_reference[:60],
        "total_net": net,
        "total_vat": gross - net,
        "total_gross": gross,
    }


def _due_on(record: ImportedInvoice, terms: str) -> dt.date | None:
    if record.due_on or record.kind is ImportedKind.CREDIT_NOTE:
        return record.due_on
    return due_on(terms_of(terms), record.issued_on)


def _search_key(entry: Entry) -> str:
    record = entry.record
    return search_key(f"{record.number} {entry.debtor.name} {record.order_reference}")[:320]


def _party(party: ImportedParty | None) -> dict[str, Any]:
    if party is None:
        return {}
    first, *more = party.address_lines or ("",)
    return {
        "name": party.name,
        "siren": party.siren,
        "siret": party.siret,
        "vat_number": party.vat_number,
        "address": first,
        "address_more": ", ".join(more),
        "postcode": party.postcode,
        "city": party.city,
        "country": party.country,
    }


def _bring_up_to_date(entry: Entry) -> dict[str, Any]:
    """Set what the file now says of a known document; return what it said before."""
    invoice = entry.invoice
    if invoice is None:
        return {}
    stated = _stated(entry.record)
    stated["due_on"] = stated["due_on"] or invoice.due_on
    before = {
        name: getattr(invoice, name) for name in _COMPARED if getattr(invoice, name) != stated[name]
    }
    for name in before:
        setattr(invoice, name, stated[name])
    invoice.search_key = _search_key(entry)
    return before


def _balance(entry: Entry, today: dt.date) -> tuple[list[Receivable], list[Receivable]]:
    """The receivables to write, and those whose amount or date has moved."""
    invoice = entry.invoice
    if invoice is None or entry.is_credit or invoice.state != Invoice.State.ISSUED:
        return [], []
    if any(each.plan_id for each in entry.receivables):
        paid_on = _paid_on(entry.record, today)
        return [], follow_plan(entry.receivables, entry.record.remaining, paid_on=paid_on)
    made, moved = [], []
    for known, part in zip_longest(entry.receivables, _parts(entry.record, invoice)):
        if known is None:
            made.append(_receivable(entry, invoice, *part, today=today))
        elif _move(known, part, entry.record, today):
            moved.append(known)
    return made, moved


def _parts(record: ImportedInvoice, invoice: Invoice) -> list[tuple[dt.date, Decimal]]:
    if record.installments and record.remaining:
        return sorted((each.due_on, each.amount) for each in record.installments)
    return [(invoice.due_on or record.issued_on, record.remaining)]


def _receivable(
    entry: Entry, invoice: Invoice, due: dt.date, amount: Decimal, *, today: dt.date
) -> Receivable:
    return Receivable(
        client_id=entry.debtor.pk,
        invoice=invoice,
        currency=invoice.currency,
        due_on=due,
        amount=amount,
        reference=_reference(entry.record),
        settled_on=None if amount else _paid_on(entry.record, today),
    )


def _move(
    known: Receivable, part: tuple[dt.date, Decimal] | None, record: ImportedInvoice, today: dt.date
) -> bool:
    """Follow the file's remaining amount, without undoing what was received here.

    The balance becomes the smaller of what the file says and what is owed here, because the file
    may or may not know of our payments already; it grows only when the file's own amount does.
    """
    due, remaining = part or (known.due_on, ZERO)
    taken = known.allocated + known.credited + known.written_off
    before = (known.amount, known.due_on)
    known.amount = max(remaining, min(known.amount, remaining + taken))
    known.due_on = due
    owed = known.amount - taken
    known.settled_on = None if owed else known.settled_on or _paid_on(record, today)
    return before != (known.amount, known.due_on)


def _paid_on(record: ImportedInvoice, today: dt.date) -> dt.date:
    return min(record.paid_on, today) if record.paid_on else today


def _reference(record: ImportedInvoice) -> str:
    """The RF reference that the invoice bears or could bear; a number that gives none is cited."""
    for make, text in (
        (clean_rf_reference, record.payment_reference),
        (rf_reference, record.number),
    ):
        with suppress(InvalidIdentifier):
            return make(text)
    return ""


def _trace(
    entry: Entry, before: dict[str, Any], touched: Sequence[Receivable], moment: Moment
) -> AuditEntry:
    record = entry.record
    return AuditEntry(
        at=moment.now,
        user=moment.user,
        actor="USER" if moment.user else "SYSTEM",
        act="import_again",
        subject=Invoice._meta.label,
        subject_id=entry.invoice.public_id if entry.invoice else None,
        before=before,
        after={
            "file": record.file,
            "sha256": record.sha256,
            "remaining": record.remaining,
            "amounts": [each.amount for each in touched],
            **{name: getattr(entry.invoice, name) for name in before},
        },
    )
