"""The files of old imports are deleted; what the import did and said stays."""

import datetime as dt

import pytest
from django.core.files.storage import default_storage

from invoices.import_present import shown_batch
from invoices.models import ImportBatch, ImportFile, Invoice
from invoices.services.import_batches import (
    CannotImport,
    confirm_import,
    correct_import,
    start_import,
)
from invoices.services.import_retention import delete_old_files
from tenants.files import read_file, store_file
from tenants.models import AuditEntry, StoredFile
from tests.invoices.importing.batches import book, go, imported, read_book, read_in, zipped
from tests.invoices.importing.imports import NOW, row

PDF = b"%PDF-1.7 the original"
LATE = NOW + dt.timedelta(days=91)


def stored_names():
    return sorted(StoredFile.objects.values_list("name", flat=True))


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    """Delete, and have done what waits for the commit."""

    def delete(now=LATE):
        with django_capture_on_commit_callbacks(execute=True):
            return delete_old_files(now=now)

    return delete


def test_the_files_of_an_old_import_go_and_what_it_did_stays(in_acme, owner, committing):
    batch = imported(owner, row("F1"), row("F2", issued="never"), partial=True)
    digests = list(StoredFile.objects.order_by("id").values_list("sha256", flat=True))
    paths = [f"{in_acme.public_id}/{digest[:2]}/{digest}" for digest in digests]
    there = [default_storage.exists(path) for path in paths]

    count = committing()

    kept = ImportBatch.objects.get()
    assert (len(paths), there, count, stored_names()) == (2, [True, True], 1, [])
    assert [default_storage.exists(path) for path in paths] == [False, False]
    assert (kept.state, kept.counts, kept.refusals) == (batch.state, batch.counts, batch.refusals)
    assert ImportFile.objects.get().name == "book.csv"
    assert [invoice.number for invoice in Invoice.objects.all()] == ["F1"]
    assert AuditEntry.objects.get(act="delete_import_files").before == {"files": ["book.csv"]}


def test_files_are_kept_for_the_days_of_the_setting(in_acme, owner, settings, committing):
    imported(owner, row("F1"))
    settings.IMPORT_FILES_DAYS = 7

    counts = [committing(NOW + dt.timedelta(days=days)) for days in (7, 8, 9)]

    assert counts == [0, 1, 0]


def test_an_import_that_waits_for_a_worker_keeps_its_files(in_acme, owner, committing):
    start_import(
        files=[("book.csv", b"x")],
        currency="EUR",
        client_kind="BUSINESS",
        language="en",
        user=owner,
        now=NOW,
    )

    assert (committing(), stored_names()) == (0, ["book.csv"])


def test_an_original_that_an_invoice_shows_stays_though_it_was_sent_by_itself_too(
    in_acme, owner, committing
):
    go(read_in(owner, book(row("F1")), ("originals.zip", zipped(F1=PDF))), owner)
    read_in(owner, ("F1.pdf", PDF))

    count = committing()

    document = Invoice.objects.get().document
    assert (count, stored_names()) == (2, [document.name])
    assert read_file(document) == PDF


def test_bytes_that_a_younger_import_needs_stay_until_its_own_time(in_acme, owner, committing):
    imported(owner, row("F1"))
    imported(owner, row("F1"), now=NOW + dt.timedelta(days=60))

    first = (committing(), stored_names())
    second = (committing(LATE + dt.timedelta(days=60)), stored_names())

    assert (first, second) == ((1, ["book.csv"]), (1, []))


def test_a_picture_stays_because_frozen_invoices_know_it_by_its_hash_alone(
    in_acme, owner, committing
):
    store_file(content=b"a logo", name="logo.png", media_type="image/png")
    read_in(owner, ("logo.csv", b"a logo"))

    assert (committing(), stored_names()) == (1, ["logo.png"])


def test_what_was_never_imported_cannot_be_any_more_and_says_why(in_acme, owner, committing):
    batch = read_book(owner, row("F1"))
    committing()
    sentence = "These files were deleted because of their age. Send them again."

    with pytest.raises(CannotImport) as confirmed:
        confirm_import(batch=batch, partial=False, user=owner, now=LATE)
    with pytest.raises(CannotImport) as corrected:
        correct_import(
            batch=batch,
            mappings={},
            currency="EUR",
            client_kind="BUSINESS",
            accept_doubts=False,
            now=LATE,
        )

    assert [str(stop.value) for stop in (confirmed, corrected)] == [sentence, sentence]
    assert shown_batch(ImportBatch.objects.get(), LATE)["are_files_gone"] is True
    assert Invoice.objects.count() == 0
