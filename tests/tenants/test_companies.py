"""The public register of companies: found, filled in, and never in the way."""

import json
import socket
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from stdnum.luhn import calc_check_digit

from tenants.models import Business, Tenant
from tenants.registries import companies
from tenants.registries.companies import RegisterError, Trouble, find_companies, number_in
from tenants.scope import OpenScopeError, tenant_atomic, use_tenant
from tests.fakes.companies import MOREL, company

FIND = "/businesses/find/"


@pytest.fixture
def page(sign_in, owner):
    return sign_in(owner)


def facts_of(response):
    """What the address that a search leads to says of the business."""
    return {name: values[0] for name, values in parse_qs(urlsplit(response.url).query).items()}


def trouble_of(text="morel"):
    with pytest.raises(RegisterError) as raised:
        find_companies(text)
    return raised.value.trouble


def test_a_siren_fills_the_form_at_once(register, page):
    response = page.get(FIND, {"q": "732 829 320"})

    assert urlsplit(response.url).path == "/businesses/new/"
    assert facts_of(response) == {
        "legal_name": "ATELIER MOREL",
        "legal_form": "SARL",
        "siren": "732829320",
        "siret": "73282932000074",
        "vat_number": "FR44732829320",
        "address": "4 RUE DU PORT",
        "postcode": "56100",
        "city": "LORIENT",
    }
    assert page.get(response.url).context["form"]["city"].value() == "LORIENT"


def test_the_register_is_asked_for_digits_alone_and_by_a_name_of_ours(register, page):
    page.get(FIND, {"q": " 732.829.320 "})

    ((path, query, agent),) = register.asked
    assert (path, query["q"], query["per_page"]) == ("/search", "732829320", "10")
    assert agent.startswith("Echeance")


def test_a_name_gives_choices_with_city_and_siren_and_says_who_is_closed(register, page):
    register.companies = [
        MOREL,
        company(
            "552100554", "MOREL ET FILS", etat_administratif="C", siege_libelle_commune="BREST"
        ),
    ]

    shown = page.get(FIND, {"q": "morel"})

    text = " ".join(shown.content.decode().split())
    assert [each.name for each, _url in shown.context["choices"]] == [
        "ATELIER MOREL",
        "MOREL ET FILS",
    ]
    assert [each in text for each in ("56100 LORIENT", "BREST", "SIREN 732829320")] == [True] * 3
    assert text.count("Closed, says the register") == 1


def test_a_closed_company_found_by_its_siren_is_shown_before_it_is_taken(register, page):
    register.companies = [company("732829320", "ATELIER MOREL", etat_administratif="C")]

    shown = page.get(FIND, {"q": "732829320"})

    assert shown.status_code == 200
    assert "Closed, says the register" in shown.content.decode()


def test_a_choice_of_many_fills_the_form(register, page):
    stems = [f"{number:08}" for number in range(40)]
    sirens = [stem + calc_check_digit(stem) for stem in stems]
    register.companies = [company(siren, f"MOREL {siren}") for siren in sirens]
    shown = page.get(FIND, {"q": "morel"})

    _company, url = shown.context["choices"][0]
    form = page.get(url).context["form"]

    assert len(shown.context["choices"]) == companies.RESULTS
    assert form["legal_name"].value() == f"MOREL {sirens[0]}"


def test_nobody_found_is_said_and_the_name_is_in_the_form(register, page):
    shown = page.get(FIND, {"q": "Zorglub"}, follow=True)

    assert "knows no company by this name" in shown.content.decode()
    assert shown.context["form"]["legal_name"].value() == "Zorglub"


@pytest.mark.parametrize("name", ["L’ÉTÉ À L'ŒUVRE", "<script>alert(1)</script>", "A & B \" ' C"])
def test_a_name_goes_there_and_back_whole_and_harmless(register, page, name):
    register.companies = [company("732829320", name)]

    shown = page.get(FIND, {"q": name})
    _company, url = shown.context["choices"][0]
    filled = page.get(url)

    assert register.asked[0][1]["q"] == name
    assert filled.context["form"]["legal_name"].value() == name
    for answer in (shown, filled):
        assert "<script>alert" not in answer.content.decode()


def test_offline_is_one_sentence_and_what_was_typed_is_kept(settings, page):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.COMPANY_SEARCH_URL = f"http://127.0.0.1:{taken.getsockname()[1]}"
        shown = page.get(FIND, {"q": "732829320"}, follow=True)

    assert "does not answer just now" in shown.content.decode()
    assert shown.context["form"]["siren"].value() == "732829320"


@pytest.mark.parametrize("slow", [{"pause": 2}, {"drip": 0.2}])
def test_a_slow_answer_is_not_waited_for(register, monkeypatch, slow):
    monkeypatch.setattr(companies, "SECONDS", 0.4)
    for name, value in slow.items():
        setattr(register, name, value)
    began = time.monotonic()

    assert trouble_of() == Trouble.SILENT
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    ("status", "trouble"),
    [(429, Trouble.BUSY), (500, Trouble.SILENT), (302, Trouble.SILENT), (400, Trouble.NONE)],
)
def test_a_refusal_is_told_apart(register, status, trouble):
    register.status = status

    assert trouble_of() == trouble


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>maintenance</html>",
        b"[]",
        b'{"results": {}}',
        b'{"results": null}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b" " * 1_100_000,
    ],
)
def test_nonsense_is_not_understood_and_breaks_nothing(register, body):
    register.body = body

    assert trouble_of() == Trouble.UNREADABLE


def test_fields_of_the_wrong_sort_are_left_out(register):
    odd = company("732829320", "MOREL", nature_juridique=5499, siege="RUE DU PORT")
    register.companies = []
    register.answer = lambda _query: json.dumps(
        {"results": [None, 3, {"siren": "123456789"}, odd]}
    ).encode()

    (found,) = find_companies("morel")

    assert (found.name, found.legal_form, found.address, found.siret) == ("MOREL", "", "", "")


def test_what_an_owner_kept_out_of_the_register_is_left_to_type(register):
    register.companies = [
        company(
            "732829320",
            "MOREL",
            siege_libelle_voie="[NON-DIFFUSIBLE]",
            siege_numero_voie=None,
            siege_type_voie=None,
            siege_adresse="[NON-DIFFUSIBLE]",
        )
    ]

    (found,) = find_companies("morel")

    assert (found.address, found.city) == ("", "LORIENT")


def test_an_address_in_one_line_gives_its_street(register):
    parts = dict.fromkeys(["siege_numero_voie", "siege_type_voie", "siege_libelle_voie"])
    register.companies = [company("732829320", "MOREL", **parts)]

    assert find_companies("morel")[0].address == "4 RUE DU PORT"


@pytest.mark.parametrize(
    ("code", "form", "is_sole_trader"),
    [("5710", "SAS", False), ("1000", "", True), ("9999", "", False)],
)
def test_the_legal_form_is_told_by_its_code_or_left_to_the_owner(
    register, code, form, is_sole_trader
):
    register.companies = [company("732829320", "MOREL", nature_juridique=code)]

    (found,) = find_companies("morel")

    assert (found.legal_form, found.is_sole_trader) == (form, is_sole_trader)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("732 829 320", "732829320"),
        ("732829320 00074", "73282932000074"),
        ("1234", ""),
        ("A 732829320", ""),
    ],
)
def test_a_number_is_told_from_a_name(typed, number):
    assert number_in(typed) == number


def test_two_letters_are_not_asked_for(register):
    assert trouble_of("ab") == Trouble.NONE
    assert register.asked == []


def test_the_register_is_never_asked_inside_a_transaction(register, in_acme):
    with pytest.raises(OpenScopeError):
        find_companies("morel")


def test_without_an_address_there_is_no_search_and_the_form_is_there(page):
    shown = page.get("/businesses/new/").content.decode()

    assert ("Look it up" in shown, 'name="legal_name"' in shown) == (False, True)


def test_with_an_address_the_search_comes_first(register, page):
    shown = page.get("/businesses/new/").content.decode()

    assert ("Look it up" in shown, 'name="legal_name"' in shown) == (True, False)


def test_a_search_for_ones_own_business_leads_back_to_it(register, page):
    response = page.get(FIND, {"q": "732829320", "at": "acme", "back": "today"})

    assert urlsplit(response.url).path == "/t/acme/welcome/business/"
    assert facts_of(response)["back"] == "today"


def test_a_search_for_the_business_of_another_is_not_found(register, page, globex):
    assert page.get(FIND, {"q": "732829320", "at": "globex"}).status_code == 404


def test_a_member_does_not_fill_in_the_business(register, sign_in, member):
    assert sign_in(member).get(FIND, {"q": "732829320", "at": "acme"}).status_code == 404


def test_an_empty_search_leads_back(register, page):
    assert page.get(FIND, {"q": " "}).url == "/businesses/new/"


FOUND = {
    "legal_name": "Atelier Morel",
    "legal_form": "SARL",
    "siren": "732 829 320",
    "siret": "73282932000074",
    "vat_number": "FR44732829320",
    "vat_regime": "NORMAL",
    "address": "4 rue du Port",
    "postcode": "56100",
    "city": "Lorient",
}


def test_a_business_is_founded_with_what_was_found_and_goes_on_to_its_look(page):
    response = page.post("/businesses/new/", FOUND)

    assert response.url == "/t/atelier-morel/welcome/look/"


def test_a_form_sent_twice_founds_one_business(page, owner):
    first, second = (page.post("/businesses/new/", FOUND) for _each in range(2))

    assert first.url == second.url
    assert Tenant.objects.filter(name="Atelier Morel").count() == 1


def test_a_wrong_siren_is_refused_beside_its_field_and_nothing_is_founded(page):
    response = page.post("/businesses/new/", FOUND | {"siren": "123"})

    assert (response.status_code, sorted(response.context["form"].errors)) == (422, ["siren"])
    assert response.context["form"]["city"].value() == "Lorient"
    assert Tenant.objects.filter(name="Atelier Morel").count() == 0


def test_the_name_alone_is_enough(page):
    response = page.post("/businesses/new/", {"legal_name": "Ô Bœuf", "vat_regime": "NORMAL"})

    assert response.status_code == 302
    with use_tenant(Tenant.objects.get(name="Ô Bœuf")), tenant_atomic():
        row = Business.objects.get()
    assert (row.legal_name, row.siren, row.vat_number) == ("Ô Bœuf", "", "")
