"""An accountant with two businesses: chooses, switches, reads, takes away, and changes nothing."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from openpyxl import load_workbook

from invoices.models import Invoice
from payments.models import Payment
from payments.services import record_payment
from tenants import clock
from tenants.models import AuditEntry, Membership, Role, Tenant
from tenants.scope import tenant_atomic, use_tenant
from tests.browser.reading import words
from tests.conftest import empty_tables, make_tenant, make_user
from tests.factories.books import issued_invoice, make_client
from tests.web.access_table import PAGES, TENANT_SPACE

TODAY = dt.date(2026, 4, 15)


def business(slug, name, debtor, net):
    """An invoice since January, of which 300.00 came in by cheque, and one not due."""
    tenant = make_tenant(slug, name=name, mode=Tenant.Mode.LIVE)
    with use_tenant(tenant), tenant_atomic():
        client = make_client(debtor)
        issued_invoice(client, on=dt.date(2026, 1, 5), net=net)
        issued_invoice(client, on=dt.date(2026, 4, 1), net="250")
        with clock.as_of(clock.at_hour(dt.date(2026, 3, 10), 9)):
            record_payment(
                client=client,
                amount=Decimal(300),
                means="CHEQUE",
                received_on=dt.date(2026, 3, 10),
                now=clock.now(),
                user=None,
            )
    return tenant


@pytest.fixture
def cabinet(swept):
    morel = business("atelier-morel", "Atelier Morel", "Garage Morvan", "1000")
    leon = business("boulangerie-leon", "Boulangerie Léon", "Hôtel des Remparts", "500")
    user = make_user("yann@cabinet.example", morel, Role.ACCOUNTANT)
    user.language = "en"
    user.save(update_fields=["language"])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Membership.objects.create(user=user, tenant=leon, role=Role.ACCOUNTANT)
    yield morel, leon
    empty_tables()


@pytest.fixture
def signed_in(app, open_page, cabinet):
    """The page after signing in, in the morning of `TODAY`."""
    with use_tenant(cabinet[0]):
        moment = clock.at_hour(TODAY, 10)
    with app.at(moment):
        page = open_page("/accounts/login/", language="en")
        page.fill("[name=login]", "yann@cabinet.example")
        page.fill("[name=password]", "a-long-password")
        page.click("main button[type=submit]")
        page.wait_for_selector("h1:has-text('Your businesses')")
        yield page


def taken(page, press):
    """What a click downloads: its name and its bytes."""
    with page.expect_download() as waiting:
        page.click(press)
    with open(waiting.value.path(), "rb") as stream:  # noqa: PTH123
        return waiting.value.suggested_filename, stream.read()


def test_from_the_businesses_to_the_payment_behind_a_figure_and_its_files(signed_in, cabinet):
    page = signed_in
    assert "Atelier Morel Accountant · no export yet €1,200.00 late: €900.00" in (words(page))

    page.click("main >> text=Atelier Morel")
    page.wait_for_selector(".side .menu.tenant")
    page.click(".side .menu.tenant summary")
    page.click(".side .menu.tenant >> text=Boulangerie Léon")
    page.click(".side nav >> text=Reports")
    assert "All open amounts: €600.00, less €0.00 received and not allocated." in words(page)
    assert "Garage Morvan" not in words(page)

    page.fill("[name=on]", "2026-02-28")
    page.click("main >> text=Filter")
    page.wait_for_selector("h2:has-text('28 Feb 2026')")
    assert "Clients’ account (411): €600.00." in words(page)
    name, content = taken(page, "main >> text=XLSX")
    rows = list(load_workbook(io.BytesIO(content)).active.values)
    assert (name, [(row[0], row[8]) for row in rows[1:]]) == (
        "aged-balance-2026-02-28.xlsx",
        [("Hôtel des Remparts", 600)],
    )

    page.go_back()
    page.click("main >> text=Hôtel des Remparts")
    page.wait_for_selector("h1:has-text('Hôtel des Remparts')")
    page.click("main a:has-text('Cheque')")
    page.wait_for_selector("h1:has-text('Payment of €300.00')")

    page.click(".side nav >> text=Reports")
    page.click("main >> text=Journals in FEC form")
    page.click("main >> text=This year")
    name, content = taken(page, "main >> text=Download the file")
    assert name == "732829320FEC20260415.txt"
    lines = [line.split("\t") for line in content.decode().splitlines()]
    assert ({len(line) for line in lines}, len(lines)) == ({18}, 1 + 3 + 2 + 3)
    page.goto(page.url.partition("/t/")[0])
    assert "last export on 15 Apr 2026 €600.00 late: €300.00" in words(page)


def test_nothing_is_offered_to_change_and_nothing_can_be(signed_in, cabinet):
    page, (morel, _leon) = signed_in, cabinet
    site = page.url.partition("/?")[0].rstrip("/") + f"/t/{morel.slug}"
    with use_tenant(morel), tenant_atomic():
        before = AuditEntry.objects.count()
        objects = {
            "client": Invoice.objects.first().client.public_id,
            "invoice": Invoice.objects.first().public_id,
            "payment": Payment.objects.get().public_id,
        }

    offered = []
    for name, (roles, _get) in PAGES.items():
        names = set(TENANT_SPACE[name].pattern.converters)
        if Role.ACCOUNTANT not in roles or not names <= set(objects):
            continue
        path = reverse(name, urlconf="config.urls_tenant", kwargs={n: objects[n] for n in names})
        answer = page.context.request.get(f"{site}{path}")
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        main = answer.text().partition("<main")[2].partition("</main>")[0] if is_page else ""
        if 'method="post"' in main:
            offered.append(name)
    token = next(c["value"] for c in page.context.cookies() if c["name"] == "csrftoken")
    refused = {
        page.context.request.post(
            f"{site}/{path}", headers={"X-CSRFToken": token, "Referer": site}
        ).status
        for path in (
            "invoices/new/",
            "clients/new/",
            f"payments/{objects['payment']}/undo/",
            f"invoices/{objects['invoice']}/credit/",
            "settings/",
        )
    }

    assert offered == ["reports:accounts", "reports:fec"]
    assert refused <= {403, 405}
    with use_tenant(morel), tenant_atomic():
        assert AuditEntry.objects.count() == before
