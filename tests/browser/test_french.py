"""The interface in French and in English, with the catalogues that are shipped."""

import pytest

from dunning.ladder_rows import write_shipped_ladders
from tenants.models import Role
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant, make_user


@pytest.fixture
def owner(swept, in_french):
    tenant = make_tenant("acme", name="Atelier Morel")
    with use_tenant(tenant), tenant_atomic():
        write_shipped_ladders()
    return make_user("owner@acme.example", tenant, Role.OWNER)


def language_of(page):
    return page.evaluate("document.documentElement.lang")


def menu_of(page):
    links = page.locator(".side nav a").all_inner_texts()
    return [link.split("\n")[0] for link in links]


def test_a_business_is_run_in_french_and_the_switch_leads_to_english_and_back(owner, open_page):
    page = open_page("/t/acme/", user=owner)
    french = (language_of(page), menu_of(page))

    page.click(".side .me summary")
    page.click(".side .me button[lang=en]")
    page.wait_for_selector("html[lang=en]")
    page.click(".side nav a >> nth=1")
    page.wait_for_url("**/invoices/")
    english = (language_of(page), menu_of(page))
    page.click(".side .me summary")
    page.click(".side .me button[lang=fr]")
    page.wait_for_selector("html[lang=fr]")

    assert french == (
        "fr",
        ["Aujourd’hui", "Factures", "Clients", "Encaissements", "Relances", "Rapports", "Réglages"],
    )
    assert english == (
        "en",
        ["Today", "Invoices", "Clients", "Payments", "Dunning", "Reports", "Settings"],
    )
    assert (language_of(page), page.url.endswith("/t/acme/invoices/")) == ("fr", True)
    owner.refresh_from_db()
    assert owner.language == "fr"


@pytest.mark.parametrize(("language", "word"), [("fr", "Mot de passe"), ("en", "Password")])
def test_a_stranger_is_greeted_in_the_language_of_the_browser(in_french, open_page, language, word):
    page = open_page("/accounts/login/", language=language)

    assert language_of(page) == language
    assert word in page.locator("main").inner_text()
