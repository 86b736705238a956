"""Writing a draft: live totals, lines, bad input."""

import re
from decimal import Decimal

import pytest

from invoices.models import Invoice
from tenants.models import Business
from tests.factories.invoices import make_buyer, make_draft
from tests.invoices.pages.editing import DRAFT, issued, text_of


def test_a_draft_is_written_with_what_was_typed(page, scope):
    scope(make_buyer)

    response = page.post("/t/acme/invoices/new/", {**DRAFT, "act": "save"})

    draft = scope(Invoice.objects.get)
    assert response.headers["Location"] == f"/t/acme/invoices/{draft.public_id}/"
    assert (draft.total_net, draft.total_gross) == (Decimal("2500.00"), Decimal("3000.00"))
    assert (draft.order_reference, draft.terms, draft.language) == ("BC-7", "NET_30", "fr")


def test_check_and_issue_leads_to_the_question(page, scope):
    scope(make_buyer)

    response = page.post("/t/acme/invoices/new/", {**DRAFT, "act": "issue"})

    draft = scope(Invoice.objects.get)
    assert response.headers["Location"] == f"/t/acme/invoices/{draft.public_id}/issue/"


def test_a_new_draft_begins_with_the_habits_and_the_client_of_the_link(page, scope):
    scope(Business.objects.update, default_terms="EOM_45_B", default_operation="GOODS")
    client = scope(make_buyer, number="C0042")

    form = page.get(f"/t/acme/invoices/new/?client={client.public_id}").context["form"]

    assert form["client_name"].value() == "Dupont SAS C0042"
    assert (form["terms"].value(), form["operation"].value()) == ("EOM_45_B", "GOODS")


def test_a_new_draft_begins_with_the_terms_agreed_with_its_client(page, scope):
    client = scope(make_buyer, number="C0042", terms="NET_60")

    form = page.get(f"/t/acme/invoices/new/?client={client.public_id}").context["form"]

    assert form["terms"].value() == "NET_60"


def test_a_line_is_added_without_script_and_nothing_is_written(page, scope):
    response = page.post("/t/acme/invoices/new/", {**DRAFT, "act": "add"})

    assert response.status_code == 200
    lines = response.context["lines"]
    assert [line["description"].value() for line in lines] == ["Pose de parquet", None]
    assert [line["vat"].value() for line in lines] == ["S:20", "S:20"]
    assert response.context["form"]["order_reference"].value() == "BC-7"
    assert scope(Invoice.objects.count) == 0


def test_a_line_is_taken_away_and_the_next_moves_up(page):
    two = {
        **DRAFT,
        "lines-TOTAL_FORMS": "2",
        "lines-1-description": "Vernis",
        "lines-1-unit_price": "80",
        "lines-1-vat": "S:10",
        "act": "remove-0",
    }

    lines = page.post("/t/acme/invoices/new/", two).context["lines"]

    assert [line["description"].value() for line in lines] == ["Vernis"]
    assert [line["unit_price"].value() for line in lines] == ["80"]


def test_totals_follow_what_is_typed(page):
    response = page.post("/t/acme/invoices/totals/", DRAFT)

    shown = " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
    assert "Total before VAT €2,500.00 VAT 20% on €2,500.00 €500.00" in shown
    assert "Total to pay €3,000.00" in shown
    assert "Issued today, it would fall due on" in shown


def test_totals_of_half_a_line_count_the_other_one(page):
    half = {
        **DRAFT,
        "lines-TOTAL_FORMS": "2",
        "lines-1-description": "Vernis",
        "lines-1-unit_price": "abc",
        "lines-1-vat": "S:20",
    }

    shown = page.post("/t/acme/invoices/totals/", half).content.decode()

    assert "€3,000.00" in shown
    assert "Lines not yet complete count for nothing." in shown


@pytest.mark.parametrize("data", [{}, {"lines-TOTAL_FORMS": "x"}, {"lines-TOTAL_FORMS": "99999"}])
def test_totals_of_nonsense_are_zero(page, data):
    response = page.post("/t/acme/invoices/totals/", data)

    assert (response.status_code, "€0.00" in response.content.decode()) == (200, True)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"client_name": "Personne"}, "No client is called that: pick one from the list"),
        ({"client_name": ""}, "This field is required."),
        ({"lines-0-unit_price": "-5"}, "Line 1: a unit price is zero or more"),
        ({"lines-0-unit_price": "douze"}, "“douze” is not an amount."),
        ({"lines-0-unit_price": "1,23456"}, "“1,23456” has more than 4 decimals."),
        ({"lines-0-unit_price": ""}, "Fill this in, or empty the line."),
        ({"lines-0-quantity": "99999999999999"}, "is too large an amount"),
        ({"lines-0-quantity": "-1"}, "The total is below zero: make a credit note instead."),
        ({"lines-0-discount_percent": "120"}, "a discount is 0 to 100"),
        ({"lines-0-vat": "S:19"}, "Select a valid choice."),
        ({"terms": "NET_90"}, "Select a valid choice."),
        ({"terms": "FIXED"}, "Say on which date the invoice falls due."),
        ({"due_on": "2026-13-45"}, "Enter a valid date."),
        ({"currency": "XAU"}, "Select a valid choice."),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_is_lost(page, scope, change, sentence):
    scope(make_buyer)

    response = page.post("/t/acme/invoices/new/", {**DRAFT, **change, "act": "save"})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "Pose de parquet" in response.content.decode()
    assert scope(Invoice.objects.count) == 0


def test_two_clients_of_one_name_are_told_apart_by_number(page, scope):
    scope(_named, "Dupont SAS", "C1")
    second = scope(_named, "Dupont SAS", "C2")

    both = page.post("/t/acme/invoices/new/", {**DRAFT, "act": "save"})
    one = page.post(
        "/t/acme/invoices/new/", {**DRAFT, "client_name": "dupont sas C2", "act": "save"}
    )

    assert "Several clients are called that" in both.content.decode()
    assert (one.status_code, scope(Invoice.objects.get).client_id) == (302, second.pk)


def _named(name, number):
    from clients.services import client_search_key

    client = make_buyer(name, number=number)
    client.search_key = client_search_key(name, number)
    client.save()
    return client


def test_the_list_of_clients_follows_what_is_typed(page, scope):
    for name in ("Éléphant", "Girafe", "Bébé éléphant"):
        scope(make_buyer, name)

    shown = page.get("/t/acme/invoices/clients/?client_name=elé").content.decode()

    assert re.findall(r'value="([^"]*)"', shown) == ["Bébé éléphant", "Éléphant"]


def test_a_business_without_vat_is_offered_none(page, scope):
    scope(Business.objects.update, vat_regime="FRANCHISE")

    lines = page.get("/t/acme/invoices/new/").context["lines"]

    assert [value for value, _label in lines[0].fields["vat"].choices] == ["E:0"]


def test_a_business_that_says_why_may_exempt_a_line(page, scope):
    scope(Business.objects.update, vat_exemption="Art. 261-4-4° du CGI")

    lines = page.get("/t/acme/invoices/new/").context["lines"]

    values = [value for value, _label in lines[0].fields["vat"].choices]
    assert [value for value in values if value.startswith("E")] == ["E:0"]


def test_the_rates_are_those_of_the_territory(page, scope):
    scope(Business.objects.update, vat_territory="REUNION")

    lines = page.get("/t/acme/invoices/new/").context["lines"]

    values = [value for value, _label in lines[0].fields["vat"].choices]
    assert values[:4] == ["S:8.5", "S:2.1", "S:1.75", "S:1.05"]


def test_a_draft_is_edited(page, scope):
    draft = scope(make_draft)

    page.post(f"/t/acme/invoices/{draft.public_id}/edit/", {**DRAFT, "act": "save"})

    assert scope(Invoice.objects.get).total_gross == Decimal("3000.00")


def test_an_issued_invoice_has_no_editor(page, scope):
    invoice = issued(scope)

    assert page.get(f"/t/acme/invoices/{invoice.public_id}/edit/").status_code == 404


def test_a_draft_is_thrown_away_after_a_question(page, scope):
    draft = scope(make_draft)
    url = f"/t/acme/invoices/{draft.public_id}/delete/"

    assert "It has no number yet, so none is lost." in text_of(page.get(url))
    assert page.post(url).status_code == 302
    assert scope(Invoice.objects.count) == 0
