"""A book brought in by clicking: understood, imported while the page follows, undone."""

import pytest

from dunning.ladder_rows import write_shipped_ladders
from invoices.models import ImportBatch, Invoice
from invoices.services.import_work import work_on
from tenants import clock
from tenants.models import Role
from tenants.scope import tenant_atomic, use_tenant
from tests.browser.conftest import session_cookie
from tests.conftest import make_tenant, make_user

pytestmark = pytest.mark.slow

BOOK = """Facture;Client;Date de facture;Échéance;Montant TTC
F1;Garage Morvan;01/09/2026;01/10/2026;1200,00
F2;Cabinet Audrain;13/09/2026;13/10/2026;99,90
"""


@pytest.fixture
def shop(swept):
    tenant = make_tenant("shop")
    with use_tenant(tenant), tenant_atomic():
        write_shipped_ladders()
    return tenant


def work(shop):
    with use_tenant(shop):
        with tenant_atomic():
            batch = ImportBatch.objects.get()
        work_on(batch_id=batch.pk, today=clock.today(), now=clock.now())


def test_a_book_is_imported_and_undone_and_the_page_follows_by_itself(
    swept, chromium, server, shop
):
    owner = make_user("owner@shop.example", shop, Role.OWNER)
    context = chromium.new_context(locale="en")
    context.add_cookies(
        [session_cookie(owner, server), {"name": "language", "value": "en", "url": server}]
    )
    page = context.new_page()

    page.goto(f"{server}/t/shop/invoices/")
    page.click("text=Import")
    book = {"name": "livre.csv", "mimeType": "text/csv", "buffer": BOOK.encode("cp1252")}
    page.set_input_files("input[type=file]", book)
    page.click("text=Read the files")
    understood = page.inner_text("main")
    page.click("text=Import 2 invoices of 2 clients")
    page.wait_for_selector("text=It is all or nothing")
    work(shop)
    page.wait_for_selector("text=See the late invoices", timeout=15_000)
    page.click("text=Undo this import")
    page.click("button:has-text('Undo the import')")
    page.wait_for_selector("text=The import is being undone")
    work(shop)
    page.wait_for_selector("text=2 invoices are gone again.", timeout=15_000)
    context.close()

    assert "CSV, Windows-1252, columns parted by semicolons, 2 lines" in understood
    with use_tenant(shop), tenant_atomic():
        assert Invoice.objects.count() == 0
