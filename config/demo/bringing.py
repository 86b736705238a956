"""The first evening of a business: its old book comes in, and the plan waits for a yes."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

from clients.models import Client
from config.demo.founding import choose_ladder
from config.demo.story import Book, OldInvoice, Story
from dunning.services import enter_debts
from invoices.models import ImportBatch
from invoices.services.import_batches import confirm_import, start_import
from invoices.services.import_work import work_on
from payments.services import record_payment
from tenants import clock
from tenants.models import User
from tenants.scope import tenant_atomic

DAY = dt.timedelta(days=1)
TERM = dt.timedelta(days=30)
FILE = "factures-ouvertes.csv"
HEAD = (
    "N° facture", "Client", "Type", "SIREN", "Contact", "Email", "Téléphone", "Adresse",
    "Code postal", "Ville", "Date facture", "Échéance", "Total TTC", "Reste dû", "Réglée le",
)  # fmt: skip


def bring_book(story: Story, book: Book, *, owner: User, now: dt.datetime) -> int:
    """Import the book as the wizard does, and say what was sent about it; returns its invoices."""
    today = clock.local(now).date()
    with tenant_atomic():
        batch = start_import(
            files=[(FILE, _file(story, book, today))],
            currency="EUR",
            client_kind=Client.Kind.BUSINESS,
            language="fr",
            user=owner,
            now=now,
        )
    work_on(batch_id=batch.pk, today=today, now=now)
    with tenant_atomic():
        batch = ImportBatch.objects.get(pk=batch.pk)
        confirm_import(batch=batch, partial=False, user=owner, now=now)
    work_on(batch_id=batch.pk, today=today, now=now)
    with tenant_atomic():
        clients = {debtor.key: Client.objects.get(name=debtor.name) for debtor in story.debtors}
        for debtor in story.debtors:
            choose_ladder(debtor, clients[debtor.key], owner, now)
        for key, amount, means in book.paid_today:
            record_payment(
                client=clients[key],
                amount=Decimal(amount),
                means=means,
                received_on=today,
                now=now,
                user=owner,
            )
        enter_debts(answers=book.answers, user=owner, today=today, now=now)
    return len(book.lines)


def _file(story: Story, book: Book, today: dt.date) -> bytes:
    """A table as an accounting program writes it: semicolons, commas, days before months."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=";")
    table.writerow(HEAD)
    table.writerows(_row(story, book, line, today) for line in book.lines)
    return out.getvalue().encode("cp1252")


def _row(story: Story, book: Book, line: OldInvoice, today: dt.date) -> list[str]:
    debtor = next(each for each in story.debtors if each.key == line.client)
    due = today - line.due * DAY
    paid_on = f"{due + line.paid * DAY:%d/%m/%Y}" if line.paid is not None else ""
    rest = "0" if line.paid is not None else line.rest or line.gross
    return [
        book.pattern.format(number=line.number),
        debtor.name,
        "Facture",
        debtor.siren,
        debtor.contact,
        debtor.email,
        debtor.phone,
        debtor.address,
        debtor.postcode,
        debtor.city,
        f"{due - TERM:%d/%m/%Y}",
        f"{due:%d/%m/%Y}",
        line.gross.replace(".", ","),
        rest.replace(".", ","),
        paid_on,
    ]
