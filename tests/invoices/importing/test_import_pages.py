"""The import in the browser, page by page."""

import datetime as dt
import re

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from dunning.ladder_rows import write_shipped_ladders
from invoices.models import ImportBatch, Invoice, Receivable
from invoices.services.import_batches import UNDO_WITHIN
from invoices.services.import_retention import delete_old_files
from invoices.services.import_work import work_on
from payments.models import Payment
from tenants import clock
from tenants.scope import tenant_atomic, use_tenant
from tests.invoices.importing.imports import row, table

HOME = "/t/acme/invoices/import/"


@pytest.fixture
def page(client, owner, acme):
    owner.language = "en"
    owner.save()
    client.force_login(owner, django_settings.AUTHENTICATION_BACKENDS[0])
    client.cookies["language"] = "en"
    inside(acme, write_shipped_ladders)
    return client


def inside(tenant, act, *args, **kwargs):
    with use_tenant(tenant), tenant_atomic():
        return act(*args, **kwargs)


def send(page, *files, **said):
    data = {"currency": "EUR", "client_kind": "BUSINESS", **said}
    files = [SimpleUploadedFile(name, content) for name, content in files]
    return page.post(HOME, {"uploads": files, **data})


def send_book(page, *rows, **said):
    return send(page, ("book.csv", table(*rows).encode()), **said)["Location"]


def work(acme):
    """What the worker does after the commit."""
    with use_tenant(acme):
        with tenant_atomic():
            batch = ImportBatch.objects.latest("id")
        work_on(batch_id=batch.pk, today=clock.today(), now=clock.now())


def text_of(response):
    bare = re.sub(r"<[^>]+>", " ", response.content.decode().split("<main")[1])
    return " ".join(bare.replace("\u00a0", " ").split())


def import_book(page, acme, *rows, which="all"):
    address = send_book(page, *rows)
    page.post(f"{address}go/", {"which": which})
    work(acme)
    return address


def test_a_small_book_is_understood_at_once_in_words(page):
    shown = text_of(page.get(send_book(page, row("F1"), row("F2", "Audrain"))))

    assert "CSV, UTF-8, columns parted by semicolons, 2 lines, dates as day/month" in shown
    assert "dates as day/month, amounts with a comma" in shown
    assert "Import 2 invoices of 2 clients" in shown
    assert "€2,400.00" in shown
    assert "of it 2 late invoices" in shown


def test_a_column_shows_its_first_five_lines_and_what_it_is_taken_for(page):
    rows = [row(f"F{number}") for number in range(1, 8)]

    html = page.get(send_book(page, *rows)).content.decode()

    assert "F1 · F2 · F3 · F4 · F5</td>" in re.sub(r"\s+·\s+", " · ", html)
    assert re.search(r'name="f0-c0".*?<option value="number" selected>', html, re.DOTALL)
    assert re.search(r'name="f0-c8".*?<option value="balance" selected>', html, re.DOTALL)


def test_a_large_book_is_read_by_a_worker_and_the_page_asks_again(page, acme):
    lines = [row(f"F{number}") for number in range(2000)]
    address = send_book(page, *lines)

    waiting = page.get(address)
    work(acme)
    read = page.get(address)

    assert "Your files are being read." in text_of(waiting)
    assert 'hx-trigger="every 1s"' in waiting.content.decode()
    assert "hx-trigger" not in read.content.decode().split("<main")[1]
    assert "Import 2000 invoices of 1 client" in text_of(read)


def test_the_import_runs_in_a_worker_with_progress(page, acme):
    address = send_book(page, row("F1"))
    there = page.post(f"{address}go/", {"which": "all"})
    batch = inside(acme, ImportBatch.objects.get)
    cache.set(f"import:{batch.public_id}", (500, 10_000))

    underway = text_of(page.get(address))
    work(acme)
    done = text_of(page.get(address))

    assert there["Location"] == address
    assert "500 of 10000 lines" in underway
    assert "until the last line is written, nothing is changed" in underway
    assert "See the late invoices" in done
    assert "Undo this import" in done


def test_refused_lines_are_shown_and_downloaded(page, acme):
    address = send_book(page, row("F1"), row("F2", due="31/02/2026"))

    shown = text_of(page.get(address))
    file = page.get(f"{address}refused.csv")

    assert "1 refused line" in shown
    assert "book.csv 3 Échéance “31/02/2026” is not a date." in shown
    assert "Import the good one" in shown
    assert file["Content-Disposition"] == 'attachment; filename="refused-lines.csv"'
    assert "F2;Garage Morvan" in file.content.decode()


def test_the_import_of_all_is_refused_while_lines_are(page, acme):
    address = send_book(page, row("F1"), row("F2", due="31/02/2026"))

    response = page.post(f"{address}go/", {"which": "all"}, follow=True)

    assert "Some lines are refused" in response.content.decode()
    assert inside(acme, Invoice.objects.count) == 0


def test_a_wrong_column_is_said_otherwise_and_read_again(page):
    address = send(page, ("b.csv", b"A;B;C;D\nF1;Morvan;2026-09-01;1200,00\n"))["Location"]
    refused = text_of(page.get(address))
    said = {"f0-c0": "number", "f0-c1": "client", "f0-c2": "issued_on", "f0-c3": "balance"}
    formats = {"f0-date_order": "", "f0-decimal_mark": "", "currency": "EUR"}

    page.post(f"{address}read/", {**said, **formats, "client_kind": "BUSINESS"})

    assert "No column holds the invoice number." in refused
    assert "There is nothing to import in these files." in refused
    assert "Import 1 invoice of 1 client" in text_of(page.get(address))


def test_two_columns_cannot_be_the_same(page):
    address = send_book(page, row("F1"))
    said = {"f0-c0": "number", "f0-c1": "number", "f0-date_order": "", "currency": "EUR"}

    answer = page.post(f"{address}read/", {**said, "client_kind": "BUSINESS"}, follow=True)

    assert "Two columns are said to be “Invoice number”: choose one." in answer.content.decode()


def test_a_form_without_a_file_says_so(page):
    response = page.post(HOME, {"currency": "EUR", "client_kind": "BUSINESS"})

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["uploads"])


def test_a_click_on_import_twice_is_one(page, acme):
    address = send_book(page, row("F1"))

    for _click in range(2):
        page.post(f"{address}go/", {"which": "all"})
    work(acme)
    work(acme)

    assert inside(acme, Invoice.objects.count) == 1


def test_what_the_new_file_misses_is_recorded_as_paid_in_one_act(page, acme):
    import_book(page, acme, row("F1"), row("F2"), row("F3"))
    address = import_book(page, acme, row("F3"))
    asked = text_of(page.get(address))
    ids = inside(acme, lambda: {str(r.invoice): str(r.public_id) for r in
                                Receivable.objects.select_related("invoice")})  # fmt: skip

    shown = text_of(page.get(f"{address}missing/"))
    answer = page.post(
        f"{address}missing/",
        {
            "receivable": [ids["F1"], "no id", ids["F3"]],
            "means": "TRANSFER",
            "received_on": inside(acme, clock.today).isoformat(),
        },
        follow=True,
    )

    assert "2 amounts of earlier imports are still open here" in asked
    assert "F1 Garage Morvan" in shown
    assert "1 amount is recorded as paid: F1. <a href" in answer.content.decode()
    assert [each.amount for each in inside(acme, lambda: list(Payment.objects.all()))] == [1200]


def test_a_refused_click_keeps_what_was_ticked_as_missing(page, acme):
    import_book(page, acme, row("F1"), row("F2"))
    address = import_book(page, acme, row("F2"))
    today = inside(acme, clock.today)
    (shown,) = page.get(f"{address}missing/").context["rows"]
    said = {"receivable": [shown["id"]], "means": "TRANSFER"}

    too_soon = page.post(
        f"{address}missing/", {**said, "received_on": (today + dt.timedelta(days=1)).isoformat()}
    )
    nothing = page.post(
        f"{address}missing/", {"means": "TRANSFER", "received_on": today.isoformat()}
    )

    assert (too_soon.status_code, list(too_soon.context["form"].errors)) == (422, ["received_on"])
    assert f'value="{shown["id"]}" data-pick checked' in too_soon.content.decode()
    assert nothing.status_code == 422
    assert "none of these is open any more" in nothing.content.decode()
    assert inside(acme, Payment.objects.count) == 0


def test_an_import_is_undone_after_a_question(page, acme):
    address = import_book(page, acme, row("F1"))
    question = text_of(page.get(f"{address}undo/"))

    page.post(f"{address}undo/")
    work(acme)

    assert "1 invoice that it brought goes again" in question
    assert "1 invoice is gone again." in text_of(page.get(address))
    assert inside(acme, Invoice.objects.count) == 0


def test_undoing_is_not_offered_when_it_is_too_late(page, acme):
    address = import_book(page, acme, row("F1"))
    inside(acme, ImportBatch.objects.update, imported_at=clock.now() - UNDO_WITHIN)

    assert "Undo this import" not in text_of(page.get(address))
    assert page.get(f"{address}undo/").status_code == 404


def test_an_accountant_looks_and_changes_nothing(page, acme, accountant, client):
    address = send_book(page, row("F1"))
    client.force_login(accountant, django_settings.AUTHENTICATION_BACKENDS[0])

    html = client.get(address).content.decode()

    assert "Import 1 invoice" not in html
    assert "Read again" not in html
    assert client.post(f"{address}go/").status_code == 403


def test_another_business_sees_nothing_of_it(page, acme, stranger, client):
    address = send_book(page, row("F1"))
    client.force_login(stranger, django_settings.AUTHENTICATION_BACKENDS[0])

    answers = [client.get(f"{address}{end}") for end in ("", "refused.csv", "missing/", "undo/")]
    theirs = client.get(address.replace("/acme/", "/globex/"))

    assert {answer.status_code for answer in [*answers, theirs]} == {404}


def test_the_list_of_invoices_leads_to_the_import(page):
    assert f'href="{HOME}"' in page.get("/t/acme/invoices/").content.decode()


def test_the_last_imports_are_listed(page, acme):
    address = import_book(page, acme, row("F1"))

    html = page.get(HOME).content.decode()

    assert f'href="{address}"' in html
    assert "1 invoice" in html


def test_confirming_needs_a_look_first(page, acme):
    address = send_book(page, *[row(f"F{number}") for number in range(2000)])

    answer = page.post(f"{address}go/", {"which": "all"}, follow=True)

    assert "look at them first" in answer.content.decode()
    assert inside(acme, ImportBatch.objects.get).state == "READING"


def test_a_page_whose_files_are_gone_says_so_and_offers_nothing_to_do(page, acme):
    address = send_book(page, row("F1"), row("F2", issued="never"))
    inside(acme, delete_old_files, now=clock.now() + dt.timedelta(days=91))

    shown = page.get(address)

    assert "The files of this import were deleted because of their age" in text_of(shown)
    addresses = re.findall(r'(?:href|action)="([^"]+)"', shown.content.decode().split("<main")[1])
    assert [each for each in addresses if each.startswith(address) and each != address] == []
