"""The list of clients, and who may read it."""

import pytest

from clients.panels import ListColumn, register_list_column
from tests.clients.pages.forms import LIST, form, url
from tests.factories.clients import make_client


def test_the_empty_list_says_what_to_do(browser):
    page = browser.get(LIST, headers={"accept-language": "en"}).content.decode()

    assert "Add the first one" in page
    assert 'href="/t/acme/clients/new/"' in page


@pytest.mark.parametrize("query", ["elodie", "ÉLODIE", "c0042", "732829", "lorient"])
def test_a_client_is_found_by_name_number_siren_or_city(browser, acme_rows, query):
    acme_rows(make_client, "Élodie Œuvre", number="C0042", siren="732829320", city="Lorient")
    acme_rows(make_client, "Dupont")

    page = browser.get(LIST, {"q": query}).content.decode()

    assert ("Élodie Œuvre" in page, "Dupont" in page) == (True, False)


def test_the_list_is_paged_both_ways(browser, acme_rows, monkeypatch):
    monkeypatch.setattr("clients.views.records.PAGE", 2)
    for name in ("E", "C", "A", "D", "B"):
        acme_rows(make_client, name)

    first = browser.get(LIST).context
    second = browser.get(LIST + first["page"].older_url).context
    third = browser.get(LIST + second["page"].older_url).context
    back = browser.get(LIST + third["page"].newer_url).context

    names = [[row["client"].name for row in page["rows"]] for page in (first, second, third, back)]
    assert names == [["A", "B"], ["C", "D"], ["E"], ["C", "D"]]
    assert (first["page"].newer_url, third["page"].older_url) == ("", "")


@pytest.mark.parametrize("edge", ["nonsense", "1f10ba58-6e26-40d2-96c3-84f7c9d576e6"])
def test_an_unknown_edge_gives_the_first_page(browser, acme_rows, edge):
    acme_rows(make_client, "A")

    assert len(browser.get(LIST, {"after": edge}).context["rows"]) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(
    browser, acme_rows, no_plugs, django_assert_num_queries, count
):
    for number in range(count):
        acme_rows(make_client, f"Client {number}")

    with django_assert_num_queries(8):
        browser.get(LIST)


def test_other_apps_add_columns(browser, acme_rows, no_plugs):
    row = acme_rows(make_client)
    register_list_column(
        ListColumn(key="probe", label="Solde", cells=lambda _ids: {row.pk: "1 234,50 €"})
    )

    page = browser.get(LIST).content.decode()

    assert ("Solde" in page, "1 234,50 €" in page) == (True, True)


WRITING = ["new/", "{}/edit/", "{}/persons/new/", "{}/call/", "{}/stop/", "{}/archive/"]


@pytest.mark.parametrize("tail", WRITING)
def test_an_accountant_reads_and_does_not_write(client, accountant, acme_rows, tail):
    row = acme_rows(make_client)
    client.force_login(accountant)

    assert client.post(LIST + tail.format(row.public_id), form()).status_code == 403
    assert client.get(url(row)).status_code == 200
    assert client.get(LIST).status_code == 200


@pytest.mark.parametrize("tail", ["", "{}/", "{}/edit/"])
def test_a_stranger_finds_nothing(client, stranger, acme_rows, tail):
    row = acme_rows(make_client)
    client.force_login(stranger)

    assert client.get(LIST + tail.format(row.public_id)).status_code == 404
    assert client.get(f"/t/globex/clients/{row.public_id}/").status_code == 404
