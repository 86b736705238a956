"""`manage.py import_receivables`: what it says, what it writes, what stops it."""

import json
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clients.models import Client
from dunning.ladder_rows import write_shipped_ladders
from invoices.models import Invoice, Receivable
from invoices.services import import_receivables
from tenants.models import Business
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant
from tests.invoices.importing.imports import NOW, TODAY, balances, counts, read_rows, row, table

ROOT = Path(__file__).resolve().parents[3]
HISTORY = {
    "number": "invoiceNumber",
    "client": "customerID",
    "issued_on": "InvoiceDate",
    "due_on": "DueDate",
    "total_gross": "InvoiceAmount",
    "disputed": "Disputed",
    "paid_on": "SettledDate",
}


@pytest.fixture
def shop(transactional_db):
    """A tenant with real commits and its ladders."""
    tenant = make_tenant("shop")
    with use_tenant(tenant), tenant_atomic():
        write_shipped_ladders()
    return tenant


@pytest.fixture
def say(shop, capsys):
    """Run the command for the shop; return its JSON line."""

    def run(*arguments):
        call_command("import_receivables", *map(str, arguments), tenant=shop.slug, json=True)
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def book(tmp_path):
    def write(*rows, name="book.csv"):
        path = tmp_path / name
        path.write_text(table(*rows))
        return path

    return write


def in_shop(tenant, read):
    with use_tenant(tenant), tenant_atomic():
        return read()


def test_a_table_comes_in_and_the_same_again_changes_nothing(shop, say, book):
    path = book(row("F1"), row("F2", "Cabinet Le Goff", remaining="40,50"))

    first, second = say(path), say(path)

    assert first == {
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "issued_here": 0,
        "clients_created": 2,
        "is_written": True,
        "remaining": {"EUR": "1240.50"},
        "refused": [],
        "notices": [],
    }
    assert (second["created"], second["unchanged"], second["clients_created"]) == (0, 2, 0)
    assert in_shop(shop, balances) == {"F1": Decimal(1200), "F2": Decimal("40.50")}


def test_the_whole_history_comes_in_as_the_paid_book_it_is(shop, say, shared_data):
    columns = [f"--column={name}={heading}" for name, heading in HISTORY.items()]

    report = say(shared_data / "receivables" / "ar-history.csv", *columns)

    assert (report["created"], report["clients_created"], report["remaining"]) == (
        1494,
        60,
        {"EUR": "0.00"},
    )


def test_refused_lines_are_named_and_nothing_is_written(shop, book, capsys):
    path = book(
        row("F1"),
        row("F2", due="01/08/2026"),
        row("F3", gross="-10,00"),
        row("F4", gross="99999999999999,00"),
    )

    with pytest.raises(CommandError):
        call_command("import_receivables", str(path), tenant="shop")

    assert capsys.readouterr().out.splitlines() == [
        "book.csv, line 3, Échéance: The due date 2026-08-01 is before the issue date 2026-09-01.",
        (
            "book.csv, line 4, Montant TTC: The amount -10.00 is negative. "
            "A credit note is marked as such in a column “type”."
        ),
        "book.csv, line 5, Montant TTC: The amount 99999999999999,00 is absurdly large.",
        (
            "created 0, updated 0, unchanged 0, issued_here 0, clients_created 0, refused 3 "
            "(nothing was written)"
        ),
    ]
    assert in_shop(shop, Client.objects.count) == 0


def test_with_partial_the_rest_is_taken(shop, say, book):
    report = say(book(row("F1"), row("F2", due="01/08/2026")), "--partial")

    assert (report["created"], report["is_written"]) == (1, True)
    assert [(each["line"], each["column"]) for each in report["refused"]] == [(3, "Échéance")]


def test_a_dry_run_writes_nothing(shop, say, book):
    report = say(book(row("F1")), "--dry-run")

    assert (report["created"], report["is_written"]) == (1, False)
    assert in_shop(shop, Invoice.objects.count) == 0


def test_an_unknown_tenant_is_a_failure(shop, book):
    with pytest.raises(CommandError, match="There is no tenant “nobody”"):
        call_command("import_receivables", str(book(row())), tenant="nobody")


def test_what_is_no_book_is_refused_with_a_sentence(shop, tmp_path, capsys):
    huge, broken, empty = (tmp_path / name for name in ("huge.csv", "broken.pdf", "empty.csv"))
    with huge.open("wb") as stream:
        stream.truncate(200 * 1024 * 1024)
    broken.write_bytes(b"%PDF-1.7\n1 0 obj << /Type")
    empty.touch()

    with pytest.raises(CommandError):
        call_command(
            "import_receivables",
            *map(str, (huge, broken, empty, tmp_path / "missing.csv")),
            tenant="shop",
            json=True,
        )

    refused = json.loads(capsys.readouterr().out)["refused"]
    assert [each["file"] for each in refused] == [
        "huge.csv",
        "broken.pdf",
        "empty.csv",
        "missing.csv",
    ]
    assert refused[0]["reason"] == "The file is larger than 20 MB. Split it, or send a smaller one."
    assert refused[1]["reason"].startswith("The PDF is broken and cannot be opened")
    assert refused[2]["reason"] == "The file is empty."
    assert refused[3]["reason"] == "The file cannot be read: No such file or directory."


def test_a_factur_x_of_the_tenant_comes_in(shop, say, shared_data):
    in_shop(
        shop, lambda: Business.objects.update(legal_name="LE FOURNISSEUR", siren="", vat_number="")
    )
    name = "Facture_F20260023-LE_FOURNISSEUR-POUR-LE_CLIENT_EN_16931.pdf"

    report = say(shared_data / "facturx/samples/pdf-valid" / name)

    assert (report["created"], report["remaining"]) == (1, {"EUR": "104.90"})
    assert in_shop(shop, lambda: Invoice.objects.get().client.name) == "LE CLIENT"


def test_the_same_book_twice_at_once_is_one_book(shop):
    records = read_rows(*(row(f"F{number}", f"Client {number % 7}") for number in range(60)))
    gate, reports, failed = threading.Barrier(2), [], []

    def work():
        try:
            with use_tenant(shop):
                gate.wait()
                with tenant_atomic():
                    reports.append(
                        import_receivables(records=records, today=TODAY, now=NOW, user=None)
                    )
        except Exception as error:  # noqa: BLE001 -- told to the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert sorted(counts(report) for report in reports) == [(0, 0, 60), (60, 0, 0)]
    assert in_shop(shop, lambda: (Client.objects.count(), Receivable.objects.count())) == (7, 60)


@pytest.mark.slow
def test_a_command_killed_in_the_middle_leaves_nothing_half_written(shop, book):
    path = book(*(row(f"F{number}", f"Client {number % 50}") for number in range(4000)))
    command = [sys.executable, "manage.py", "import_receivables", "--tenant", "shop", str(path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)

    assert wait_for_rows(process)
    process.send_signal(signal.SIGKILL)
    process.wait()

    assert in_shop(shop, lambda: (Client.objects.count(), Invoice.objects.count())) == (0, 0)
    call_command("import_receivables", str(path), tenant="shop")
    assert in_shop(shop, Invoice.objects.count) == 4000


def wait_for_rows(process):
    """Wait until the command writes invoices: the table has rows that nobody sees yet."""
    while process.poll() is None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE relation = 'invoices_receivable'::regclass"
                " AND mode = 'RowExclusiveLock'"
            )
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.02)
    return False


def test_the_kind_of_clients_without_a_number_may_be_said(shop, say, book):
    say(book(row("F1", "Jeanne Martin")), "--client-kind", "CONSUMER")

    with use_tenant(shop), tenant_atomic():
        assert Client.objects.get().kind == "CONSUMER"


def test_a_kind_that_does_not_exist_is_refused(say, book):
    with pytest.raises(CommandError, match="invalid choice: 'PRIVATE'"):
        say(book(row("F1", "Jeanne Martin")), "--client-kind", "PRIVATE")
