"""Imports in the browser: what was understood, said otherwise, imported by a worker."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal

import pytest
from django.db import connection

from clients.models import Client
from core.errors import DomainError
from invoices.import_forms import FIELD_WORDS
from invoices.importing import limits
from invoices.importing.headings import FIELDS
from invoices.models import ImportBatch, ImportFile, Invoice
from invoices.services import import_work
from invoices.services.import_batches import (
    confirm_import,
    correct_import,
    start_import,
    waiting_imports,
)
from invoices.services.import_work import work_on
from tenants.files import read_file
from tenants.models import AuditEntry, Role
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant, make_user
from tests.invoices.importing.batches import (
    book,
    corrected,
    go,
    imported,
    read_book,
    read_in,
    worked,
)
from tests.invoices.importing.documents import xlsx
from tests.invoices.importing.imports import NOW, TODAY, balances, row, table

MINUTE = dt.timedelta(minutes=1)


def counts_of(batch, *names):
    return tuple(batch.counts[name] for name in names)


def test_every_field_has_a_word():
    assert FIELD_WORDS.keys() == FIELDS


def test_a_book_is_read_and_nothing_is_written(in_acme, owner):
    batch = read_book(
        owner,
        row("F1", "Garage Morvan", remaining="200,00"),
        row("F2", "Cabinet Audrain", due="01/12/2026"),
    )

    assert (batch.state, batch.trouble, Invoice.objects.count()) == ("READ", "", 0)
    assert batch.counts["remaining"] == {"EUR": "1400.00"}
    assert counts_of(batch, "created", "clients_new", "clients_known", "late", "refused") == (
        2, 2, 0, 1, 0,
    )  # fmt: skip
    understood = ImportFile.objects.get().understood
    assert (understood["kind"], understood["encoding"], understood["separator"]) == (
        "CSV", "utf-8", ";",
    )  # fmt: skip
    assert (understood["lines"], understood["date_order"]) == (2, "DMY")
    assert understood["marks"]["total_gross"] == ","


def test_what_was_looked_at_is_imported_once_however_often_it_is_asked(in_acme, owner):
    batch = read_book(owner, row("F1"))

    confirm_import(batch=batch, partial=False, user=owner, now=NOW)
    confirm_import(batch=batch, partial=False, user=owner, now=NOW)
    done = worked(batch)
    confirm_import(batch=batch, partial=False, user=owner, now=NOW)
    again = worked(batch)

    assert (done.state, again.state, balances()) == ("IMPORTED", "IMPORTED", {"F1": 1200})
    assert (done.imported_at, done.imported_by) == (NOW, owner)
    assert AuditEntry.objects.filter(act="import_receivables").count() == 1
    assert list(done.lines.values_list("outcome", flat=True)) == ["CREATED"]


def test_the_forecast_is_what_comes_about(in_acme, owner):
    imported(owner, row("F1", remaining="500,00"), row("F2"), row("F3"))
    rows = (
        row("F1", remaining="100,00"),
        row("F2"),
        row("F4", "Cabinet Audrain"),
    )

    foreseen = read_book(owner, *rows)
    done = go(foreseen, owner)

    names = ("created", "updated", "unchanged", "clients_new")
    assert counts_of(foreseen, *names) == counts_of(done, *names) == (1, 1, 1, 1)


def test_refused_lines_stop_the_whole_unless_the_good_ones_are_asked_for(in_acme, owner):
    batch = read_book(owner, row("F1"), row("F2", due="31/02/2026"))

    with pytest.raises(DomainError, match="Some lines are refused"):
        confirm_import(batch=batch, partial=False, user=owner, now=NOW)
    done = go(batch, owner, partial=True)

    assert (done.state, balances(), done.counts["refused"]) == ("IMPORTED", {"F1": 1200}, 1)


def test_refused_lines_come_back_as_a_file_that_can_be_corrected_and_imported(in_acme, owner):
    batch = read_book(owner, row("F1"), row("F2", due="31/02/2026"))
    go(batch, owner, partial=True)

    content = read_file(batch.refused).decode("utf-8-sig")
    heads, line = content.splitlines()
    again = read_in(owner, ("refused.csv", content.replace("31/02/2026", "28/09/2026").encode()))

    assert heads.split(";")[-4:] == [
        "In the file", "On line", "In the column", "Why it is refused",
    ]  # fmt: skip
    assert line.split(";")[-4:] == [
        "book.csv", "3", "Échéance", "“31/02/2026” is not a date.",
    ]  # fmt: skip
    assert line.split(";")[:2] == ["F2", "Garage Morvan"]
    assert counts_of(again, "created", "refused") == (1, 0)


def test_a_refused_line_never_becomes_a_formula(in_acme, owner):
    batch = read_book(owner, row("F1", "=cmd()", due="31/02/2026", remaining="-5,00"))

    cells = read_file(batch.refused).decode("utf-8-sig").splitlines()[1].split(";")

    assert (cells[1], cells[8]) == ("'=cmd()", "-5,00")


def test_columns_said_by_the_user_are_read_without_a_second_upload(in_acme, owner):
    content = b"A;B;C;D\nF1;Morvan;2026-09-01;1200,00\nF2;Audrain;2026-09-01;100,00\n"
    batch = read_in(owner, ("book.csv", content))
    positions = {"number": 0, "client": 1, "issued_on": 2, "total_gross": 3}

    again = corrected(batch, mappings={0: {"positions": positions, "line": 1}})

    assert counts_of(batch, "taken", "refused") == (0, 1)
    assert ImportFile.objects.get().understood["headings"] == ["A", "B", "C", "D"]
    assert counts_of(again, "taken", "refused") == (2, 0)


def test_a_date_order_that_nothing_proves_is_said_by_the_user(in_acme, owner):
    content = b"Number,Client,Date,Amount\nF1,Morvan,03/04/2026,100.00\n"
    batch = read_in(owner, ("book.csv", content))
    said = {"positions": {"number": 0, "client": 1, "issued_on": 2, "total_gross": 3}, "line": 1}

    done = go(corrected(batch, mappings={0: {**said, "date_order": "MDY"}}), owner)

    assert (batch.counts["refused"], done.state) == (1, "IMPORTED")
    assert Invoice.objects.get().issued_on == dt.date(2026, 3, 4)


def test_the_kind_of_new_clients_is_said(in_acme, owner):
    batch = read_book(owner, row("F1", "Jeanne Martin"))

    go(corrected(batch, client_kind="CONSUMER"), owner)

    assert Client.objects.get().kind == "CONSUMER"


def test_what_is_imported_is_not_read_again(in_acme, owner):
    batch = imported(owner, row("F1"))

    with pytest.raises(DomainError, match="imported already"):
        correct_import(
            batch=batch,
            mappings={},
            currency="EUR",
            client_kind="BUSINESS",
            accept_doubts=False,
            now=NOW,
        )

    assert ImportBatch.objects.get().state == "IMPORTED"


def test_several_files_are_one_import(in_acme, owner):
    sheet = xlsx(
        [
            ["Facture", "Client", "Date de facture", "Montant TTC"],
            ["F2", "Cabinet Audrain", dt.date(2026, 9, 1), 99.9],
        ]
    )

    batch = go(read_in(owner, book(row("F1")), ("two.xlsx", sheet)), owner)

    assert balances() == {"F1": Decimal(1200), "F2": Decimal("99.90")}
    kinds = [each.understood["kind"] for each in batch.files.order_by("position")]
    assert kinds == ["CSV", "XLSX"]


def test_what_is_no_book_is_refused_with_a_sentence(in_acme, owner):
    batch = read_in(owner, ("photo.png", b"\x89PNG\r\n"), ("empty.csv", b""))

    assert [(each["file"], each["reason"]) for each in batch.refusals] == [
        ("photo.png", "A picture cannot be read. Send the PDF, the XML or a table."),
        ("empty.csv", "The file is empty."),
    ]
    with pytest.raises(DomainError, match="nothing to import"):
        confirm_import(batch=batch, partial=True, user=owner, now=NOW)


def test_a_book_of_50_000_lines_is_refused_with_a_sentence(in_acme, owner):
    lines = "\n".join(f"F{n};Morvan;2026-09-01;10,00" for n in range(50_000))
    content = f"Facture;Client;Date de facture;Montant TTC\n{lines}".encode()

    batch = read_in(owner, ("book.csv", content))

    assert (batch.state, batch.counts) == ("READ", {})
    assert batch.trouble == (
        "These files have 50000 lines, and at most 20000 are taken at a time. Leave out what was"
        " paid long ago, or split them."
    )


def test_too_many_files_are_refused(in_acme, owner):
    files = [(f"{n}.csv", b"x") for n in range(limits.MAX_FILES + 1)]

    with pytest.raises(DomainError, match="At most 100 files"):
        start_import(
            files=files,
            currency="EUR",
            client_kind="BUSINESS",
            language="en",
            user=owner,
            now=NOW,
        )

    assert ImportBatch.objects.count() == 0


def test_what_changed_here_since_the_look_is_said_and_nothing_is_written(in_acme, owner):
    batch = read_book(owner, row("F1", "Dupont", code="C1"))
    for siren in ("732829320", "552100554"):
        Client.objects.create(name="Dupont", search_key="dupont", siren=siren)

    done = go(batch, owner)

    assert (done.state, Invoice.objects.count()) == ("READ", 0)
    assert done.trouble.startswith("1 lines do not fit any more")


def test_a_fault_of_ours_changes_nothing_and_can_be_tried_again(in_acme, owner, monkeypatch):
    batch = read_book(owner, row("F1"))
    confirm_import(batch=batch, partial=False, user=owner, now=NOW)
    monkeypatch.setitem(import_work._ACTS, ImportBatch.State.IMPORTING, lambda *_args: 1 / 0)

    failed = worked(batch)
    monkeypatch.undo()
    done = go(failed, owner)

    assert (failed.state, failed.trouble[:22]) == ("READ", "This took too long or ")
    assert (done.state, done.trouble) == ("IMPORTED", "")


def test_a_batch_that_kills_its_workers_is_given_up_after_three(in_acme, owner):
    batch = read_book(owner, row("F1"))
    confirm_import(batch=batch, partial=False, user=owner, now=NOW)
    ImportBatch.objects.update(tries=3)

    done = worked(batch)

    assert (done.state, Invoice.objects.count()) == ("READ", 0)


def test_a_sweep_finds_what_waits_too_long_and_no_other(in_acme, owner):
    read_book(owner, row("F1"))
    forgotten = read_book(owner, row("F2"))
    confirm_import(batch=forgotten, partial=False, user=owner, now=NOW)

    assert waiting_imports(now=NOW) == []
    assert waiting_imports(now=NOW + MINUTE) == [forgotten.pk]


def test_a_sweep_leaves_what_a_worker_has_begun_alone_for_ten_minutes(in_acme, owner):
    begun = read_book(owner, row("F1"))
    confirm_import(batch=begun, partial=False, user=owner, now=NOW)
    ImportBatch.objects.update(tries=1)

    assert waiting_imports(now=NOW + 10 * MINUTE) == []
    assert waiting_imports(now=NOW + 11 * MINUTE) == [begun.pk]


@pytest.fixture
def shop(transactional_db):
    return make_tenant("shop")


@pytest.fixture
def asked(shop):
    """An import that waits for its worker, committed."""

    def make(rows):
        user = make_user("owner@shop.example", shop, Role.OWNER)
        with use_tenant(shop), tenant_atomic():
            batch = read_in(user, ("book.csv", table(*rows).encode()))
            confirm_import(batch=batch, partial=False, user=user, now=NOW)
        return batch

    return make


def test_two_workers_at_once_import_once(shop, asked):
    batch = asked([row(f"F{n}", f"Client {n % 7}") for n in range(60)])
    gate, failed = threading.Barrier(2), []

    def work():
        try:
            with use_tenant(shop):
                gate.wait()
                work_on(batch_id=batch.pk, today=TODAY, now=NOW)
        except Exception as error:  # noqa: BLE001 -- told to the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with use_tenant(shop), tenant_atomic():
        there = ImportBatch.objects.get()
        assert (failed, there.state, Invoice.objects.count()) == ([], "IMPORTED", 60)
        assert AuditEntry.objects.filter(act="import_receivables").count() == 1


WORKER = """
import django, datetime as dt, sys
django.setup()
from invoices.services.import_work import work_on
from tenants.models import Tenant
from tenants.scope import use_tenant
with use_tenant(Tenant.objects.get(slug="shop")):
    work_on(batch_id=int(sys.argv[1]), today=dt.date(2026, 11, 22),
        now=dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC))
"""


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_begins_anew(shop, asked):
    batch = asked([row(f"F{n}", f"Client {n % 50}") for n in range(3000)])
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(batch.pk)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
    )
    while process.poll() is None and not _writes_receivables():
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()

    with use_tenant(shop):
        with tenant_atomic():
            before = (ImportBatch.objects.get().state, Invoice.objects.count())
        _sweep(batch)
        with tenant_atomic():
            after = (ImportBatch.objects.get().state, Invoice.objects.count())
    assert (process.returncode, before, after) == (
        -signal.SIGKILL, ("IMPORTING", 0), ("IMPORTED", 3000),
    )  # fmt: skip


def _sweep(batch):
    """The server takes a moment to notice that the worker is gone; until then its row is held."""
    for _second in range(60):
        work_on(batch_id=batch.pk, today=TODAY, now=NOW)
        with tenant_atomic():
            if ImportBatch.objects.get().state == "IMPORTED":
                return
        time.sleep(0.5)


def _writes_receivables():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE relation = 'invoices_receivable'::regclass"
            " AND mode = 'RowExclusiveLock'"
        )
        return cursor.fetchone()[0] > 0
