"""Who may read and write invoices, and what clients' pages say of them."""

import pytest

from tests.factories.invoices import make_buyer
from tests.invoices.pages.editing import issued, text_of

READ = ["", "{id}/"]
WRITE = ["new/", "{id}/issue/", "{id}/credit/", "{id}/redo/"]


@pytest.mark.parametrize("path", READ)
def test_an_accountant_reads(client, scope, accountant, path):
    invoice = issued(scope)
    client.force_login(accountant)

    assert client.get("/t/acme/invoices/" + path.format(id=invoice.public_id)).status_code == 200


@pytest.mark.parametrize("path", WRITE)
def test_an_accountant_does_not_write(client, scope, accountant, path):
    invoice = issued(scope)
    client.force_login(accountant)

    assert client.get("/t/acme/invoices/" + path.format(id=invoice.public_id)).status_code == 403


@pytest.mark.parametrize("path", READ + WRITE)
def test_a_stranger_finds_nothing(client, scope, stranger, path):
    invoice = issued(scope)
    client.force_login(stranger)

    assert client.get("/t/acme/invoices/" + path.format(id=invoice.public_id)).status_code == 404


# On the clients' pages -------------------------------------------------------------------------


def test_a_clients_page_shows_their_invoices_and_what_they_owe(page, scope):
    invoice = issued(scope)

    client = scope(lambda: invoice.client)
    shown = text_of(page.get(f"/t/acme/clients/{client.public_id}/"))

    assert "€1,200.00 left to pay" in shown
    assert invoice.number in shown


def test_the_list_of_clients_says_who_owes_what(page, scope):
    client = scope(make_buyer)
    issued(scope, client)
    issued(scope, client, currency="USD")

    assert "€1,200.00 + $1,200.00" in text_of(page.get("/t/acme/clients/"))
