"""Imported credit notes: set against the invoice they name, then against the oldest debts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Sum

from core.errors import gettext_noop as _
from invoices.importing.records import Notice, say
from invoices.ledger import credit_to
from invoices.models import Credit, Invoice, Receivable
from invoices.services.import_documents import Entry

ZERO = Decimal(0)


def set_against(entries: Iterable[Entry], *, today: dt.date) -> tuple[list[Notice], list[int]]:
    """Lower what the clients owe by their credit notes, once; say which find nothing to lower.

    The ids are those of the credits that were made.

    Only imported debts: what was issued here has credit notes of its own.
    """
    notices, made = [], list[int]()
    for entry in entries:
        record = entry.record
        if entry.invoice is None or not record.remaining:
            continue
        left = _set_against(entry, entry.invoice, today, made)
        if left > ZERO:
            reason = say(
                _("%(amount)s %(currency)s of credit note %(number)s lower nothing: the client has "
                  "no other imported invoice that is open."),
                amount=left,
                currency=record.currency,
                number=record.number,
            )  # fmt: skip
            notices.append(Notice(record.file, record.line, "", reason))
    return notices, made


def _set_against(entry: Entry, note: Invoice, today: dt.date, made: list[int]) -> Decimal:
    credits_ = Credit.objects.filter(credit_note=note)
    known = set(credits_.values_list("pk", flat=True))
    set_before = credits_.aggregate(sum=Sum("amount"))["sum"]
    left = entry.record.remaining - (set_before or ZERO)
    if left <= ZERO:
        return ZERO
    named = {each.number for each in entry.record.preceding}
    debts = Receivable.objects.filter(
        client_id=entry.debtor.pk,
        currency=note.currency,
        kind=Receivable.Kind.INSTALLMENT,
        invoice__origin=Invoice.Origin.IMPORTED,
        balance__gt=0,
    ).order_by("due_on", "id")
    rows = list(debts.values_list("pk", "balance", "invoice__number"))
    for pk, balance, _number in sorted(rows, key=lambda row: row[2] not in named):
        part = min(left, balance)
        credit_to(receivable_id=pk, amount=part, credit_note=note, on=today)
        left -= part
        if not left:
            break
    made += credits_.exclude(pk__in=known).values_list("pk", flat=True)
    return left
