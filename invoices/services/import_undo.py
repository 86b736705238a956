"""Taking an import back: what it wrote goes, unless something has happened to it since.

An imported invoice is a copy of somebody else's document: it is in none of our series, and the
trigger that freezes ours lets it go. What was done stays in the audit trail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import IntegrityError, connection
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext, gettext_lazy

from clients.models import Client, Message, Person
from invoices import import_plugs
from invoices.models import Credit, ImportBatch, ImportLine, Invoice, Receivable
from invoices.services.importing import BATCH, wait_for_turn
from invoices.signals import receivables_imported
from tenants.announce import announce
from tenants.audit import record as record_act
from tenants.scope import scoped_tenant_id, tenant_atomic

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

T = TypeVar("T")
Outcome = ImportLine.Outcome
_LATER = gettext_lazy("A later import brings it too: undo that one first.")
_CHANGED = gettext_lazy("Its amounts have changed here since.")
_REFERRED = gettext_lazy("Something else here speaks of it.")
_FEES = gettext_lazy("Late fees or a plan rest on it.")
_SHOWN = 200  # of those that are left, the rest is counted


def take_back(*, batch: ImportBatch, now: dt.datetime) -> None:
    """Undo what a batch created and changed, and note on it what has to stay, and why."""
    wait_for_turn()
    lines = list(
        ImportLine.objects.filter(batch=batch)
        .exclude(outcome=Outcome.UNCHANGED)
        .select_related("invoice")
        .order_by("invoice_id")
    )
    _lock({line.invoice.client_id for line in lines})
    kept = _why_kept(batch, lines)
    free = [line for line in lines if line.invoice_id not in kept]
    reopened = _drop_credits(batch, kept)
    gone = [line for line in free if line.outcome == Outcome.CREATED]
    numbers = [str(line.invoice) for line in gone]
    kept |= _in_parts(gone, _delete)
    restored = [line for line in free if line.outcome == Outcome.UPDATED]
    kept |= _in_parts(restored, _restore)
    reopened |= _receivables_of(restored)
    _tell(reopened)
    persons, clients = _drop_clients(batch)
    left = [line for line in lines if line.invoice_id in kept]
    ImportLine.objects.filter(batch=batch).exclude(pk__in=[line.pk for line in left]).delete()
    batch.left = [_named(line, kept[line.invoice_id]) for line in left[:_SHOWN]]
    batch.counts |= {
        "taken_back": sum(1 for line in gone if line.invoice_id not in kept),
        "restored": sum(1 for line in restored if line.invoice_id not in kept),
        "clients_gone": clients,
        "left": len(left),
    }
    record_act(
        act="undo_import",
        subject=batch,
        user=batch.undone_by,
        at=now,
        before={"invoices": numbers},
        after={"persons": persons, "clients": clients, "left": len(left)},
    )


def _lock(client_ids: set[int]) -> None:
    rows = Client.objects.select_for_update(no_key=True).filter(pk__in=client_ids)
    len(rows.order_by("pk").values_list("pk"))


def _why_kept(batch: ImportBatch, lines: Sequence[ImportLine]) -> dict[int, StrOrPromise]:
    """Invoices that something has happened to since, and what."""
    since = batch.imported_at or batch.created_at
    mine = set(batch.made.get("credits", ()))
    kept: dict[int, StrOrPromise] = {}
    for start in range(0, len(lines), BATCH):
        part = lines[start : start + BATCH]
        ids = [line.invoice_id for line in part]
        later = ImportLine.objects.filter(invoice__in=ids, batch__gt=batch.pk)
        kept |= dict.fromkeys(later.values_list("invoice_id", flat=True), _LATER)
        kept |= dict.fromkeys(_with_claims(ids), _FEES)
        rows = {row.pk: row for row in Receivable.objects.filter(invoice__in=ids)}
        kept |= dict.fromkeys(_moved_since(part, rows, mine), _CHANGED)
        touched = import_plugs.why_kept(list(rows), since)
        kept |= {rows[pk].invoice_id: reason for pk, reason in touched.items()}
    return kept


def _with_claims(invoice_ids: Collection[int]) -> set[int]:
    rows = Receivable.objects.filter(invoice__in=invoice_ids)
    claims = set(rows.exclude(about=None).values_list("invoice_id", flat=True))
    replaced = set(rows.exclude(replaced_by=None).values_list("invoice_id", flat=True))
    return claims | replaced


def _moved_since(
    lines: Sequence[ImportLine], rows: dict[int, Receivable], mine: set[int]
) -> set[int]:
    """Invoices whose sums are not those that the import left."""
    credited = _credits_of(rows, mine)
    by_invoice: dict[int, list[Receivable]] = {}
    for row in rows.values():
        by_invoice.setdefault(row.invoice_id, []).append(row)
    moved = set()
    for line in lines:
        owed = by_invoice.get(line.invoice_id, [])
        if line.outcome == Outcome.CREATED:
            same = all(
                row.allocated == row.written_off == 0 and row.credited == credited.get(row.pk, 0)
                for row in owed
            )
        else:
            same = all(
                pk in rows and [str(rows[pk].amount), rows[pk].due_on.isoformat()] == after
                for pk, _amount, _due, _settled, *after in line.before.get("receivables", ())
            )
        if not same or line.invoice.state != Invoice.State.ISSUED:
            moved.add(line.invoice_id)
    return moved


def _credits_of(rows: Collection[int], mine: set[int]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for credit in Credit.objects.filter(receivable__in=rows, pk__in=mine):
        sums[credit.receivable_id] = sums.get(credit.receivable_id, Decimal(0)) + credit.amount
    return sums


def _drop_credits(batch: ImportBatch, kept: Collection[int]) -> set[int]:
    """Take off what credit notes had lowered, unless they stay; the receivables that owe more."""
    mine = Credit.objects.filter(pk__in=batch.made.get("credits", ())).exclude(credit_note__in=kept)
    found = set()
    for credit in mine.order_by("pk"):
        Receivable.objects.filter(pk=credit.receivable_id).update(
            credited=F("credited") - credit.amount, settled_on=None
        )
        found.add(credit.receivable_id)
    mine.delete()
    return found


def _in_parts(
    lines: Sequence[ImportLine], act: Callable[[Sequence[ImportLine]], None]
) -> dict[int, StrOrPromise]:
    """Do it for many at once; where the database refuses, one by one, and name who has to stay."""
    kept: dict[int, StrOrPromise] = {}
    for start in range(0, len(lines), BATCH):
        part = lines[start : start + BATCH]
        if _done(act, part):
            continue
        kept |= {line.invoice_id: _REFERRED for line in part if not _done(act, [line])}
    return kept


def _done(act: Callable[[Sequence[T]], None], rows: Sequence[T]) -> bool:
    try:
        with tenant_atomic():
            act(rows)
    except IntegrityError:
        return False
    return True


def _delete(lines: Sequence[ImportLine]) -> None:
    """Delete invoices with what hangs on them; a row that nobody here knows of stops it."""
    ids = [line.invoice_id for line in lines]
    owed = list(Receivable.objects.filter(invoice__in=ids).values_list("pk", flat=True))
    import_plugs.forget(owed)
    _delete_rows(ImportLine, [line.pk for line in lines])
    _delete_rows(Receivable, owed)
    _delete_rows(Invoice, ids)


def _restore(lines: Sequence[ImportLine]) -> None:
    """Give known documents their columns and amounts back."""
    for line in lines:
        made = line.before.get("made", [])
        import_plugs.forget(made)
        _delete_rows(Receivable, made)
        for pk, amount, due, settled, *_after in line.before.get("receivables", ()):
            Receivable.objects.filter(pk=pk).update(
                amount=Decimal(amount), due_on=_day(due), settled_on=_day(settled)
            )
        if columns := line.before.get("invoice"):
            Invoice.objects.filter(pk=line.invoice_id).update(**_columns(columns))


def _columns(before: dict[str, Any]) -> dict[str, Any]:
    fields = {field.name: field for field in Invoice._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in before.items()}


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _receivables_of(lines: Sequence[ImportLine]) -> set[int]:
    return {row[0] for line in lines for row in line.before.get("receivables", ())}


def _tell(receivable_ids: set[int]) -> None:
    """The apps above follow balances that have moved back; those that are gone are not named."""
    rows = Receivable.objects.filter(pk__in=receivable_ids).order_by("pk")
    there = list(rows.values_list("pk", flat=True))
    if there:
        announce(
            receivables_imported, sender=Receivable, receivable_ids=there, disputed_ids=list[int]()
        )


def _drop_clients(batch: ImportBatch) -> tuple[int, int]:
    """Delete people and clients that came with the batch and serve nothing else; count them."""
    clients = Client.objects.filter(pk__in=batch.made.get("clients", ()))
    unused = clients.filter(
        ~Exists(Invoice.objects.filter(client=OuterRef("pk"))),
        ~Exists(Message.objects.filter(client=OuterRef("pk"))),
    )
    wanted = list(unused.order_by("pk").values_list("pk", flat=True))
    gone = 0
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        gone += len(part) if _done(_delete_clients, part) else _one_by_one(part)
    persons = Person.objects.filter(pk__in=batch.made.get("persons", ())).exclude(
        client__in=batch.made.get("clients", ())
    )
    written_to = Message.objects.filter(person=OuterRef("pk"))
    count, _models = persons.filter(~Exists(written_to)).delete()
    return count, gone


def _one_by_one(client_ids: Sequence[int]) -> int:
    return sum(_done(_delete_clients, [pk]) for pk in client_ids)


def _delete_clients(client_ids: Sequence[int]) -> None:
    import_plugs.forget_clients(client_ids)
    people = Person.objects.filter(client__in=client_ids)
    _delete_rows(Person, list(people.values_list("pk", flat=True)))
    _delete_rows(Client, client_ids)


def _delete_rows(model: type[Any], ids: Sequence[int]) -> None:
    """As one statement: PostgreSQL says what still refers to them, all tables included."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {model._meta.db_table} WHERE tenant_id = %s AND id = ANY(%s)",  # noqa: S608
            [scoped_tenant_id(), list(ids)],
        )


def _named(line: ImportLine, reason: StrOrPromise) -> dict[str, str]:
    return {
        "number": str(line.invoice),
        "invoice": str(line.invoice.public_id),
        "reason": gettext(str(reason)),
    }
