"""What the law wants printed for each kind of client, and what is asked for."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import DomainError
from invoices.models import Series
from invoices.services import issue_invoice
from invoices.services.issue_checks import CannotIssue
from tenants.models import Business
from tests.factories.invoices import NOW, TODAY, make_buyer, make_draft, make_issued, make_line
from tests.invoices.issuing.reading import mentions_of


def test_a_business_reads_the_penalties_and_the_indemnity(in_acme):
    assert mentions_of(make_issued(language="fr")) == {
        "PMD": (
            "En cas de retard, pénalités au taux de refinancement de la Banque centrale "
            "européenne majoré de 10 points, exigibles le lendemain de l’échéance, sans rappel."
        ),
        "PMT": ("Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40,00 €."),
        "AAB_NONE": "Pas d’escompte pour paiement anticipé.",
    }


def test_a_contractual_rate_is_the_one_printed(in_acme):
    Business.objects.update(late_fee_rate=Decimal("12.50"))

    text = mentions_of(make_issued(language="en"))["PMD"]

    assert text == (
        "Late payment bears penalties at 12.5% a year, payable from the day after the due date "
        "without any reminder."
    )


def test_a_consumer_reads_neither_penalties_nor_indemnity(in_acme):
    Business.objects.update(consumer_mediator="CM2C, 49 rue de Ponthieu, 75008 Paris")
    consumer = make_buyer("Mme Łukasik", kind="CONSUMER", siren="", vat_number="")

    assert mentions_of(make_issued(consumer)) == {
        "MEDIATOR": "CM2C, 49 rue de Ponthieu, 75008 Paris"
    }


def test_a_public_body_reads_its_own_rate(in_acme):
    mentions = mentions_of(make_issued(make_buyer("Mairie", kind="PUBLIC_BODY"), language="en"))

    assert mentions == {
        "PMD_PUBLIC": (
            "Late payment bears penalties at the European Central Bank’s refinancing rate plus 8 "
            "percentage points, payable from the day after the due date without any reminder."
        ),
        "PMT": "Fixed compensation for recovery costs in the event of late payment: €40.00.",
    }


@pytest.mark.parametrize(
    ("day", "wording"),
    [
        (dt.date(2026, 8, 31), "TVA non applicable, art. 293 B du CGI"),
        (dt.date(2026, 9, 1), "TVA non applicable, article L. 223-3 du CIBS"),
    ],
)
def test_a_business_without_vat_names_the_article_of_the_day(in_acme, day, wording):
    Business.objects.update(vat_regime="FRANCHISE", vat_number="")
    line = make_line(rate="0", vat_category="E")

    invoice = make_issued(lines=[line], language="fr", today=day)

    assert invoice.total_vat == Decimal(0)
    assert mentions_of(invoice)["FRANCHISE"] == wording


def test_a_business_without_vat_charges_none(in_acme):
    draft = make_draft()
    Business.objects.update(vat_regime="FRANCHISE", vat_number="")

    with pytest.raises(CannotIssue) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == ("You are under the franchise en base: no line may charge VAT.")


def test_a_sole_trader_is_named_as_one(in_acme):
    Business.objects.update(is_sole_trader=True)

    invoice = make_issued()

    assert mentions_of(invoice)["EI"] == "EI"
    assert invoice.seller["is_sole_trader"] is True


@pytest.mark.parametrize(
    ("category", "country", "key"),
    [
        ("AE", "FR", "RC_BTP"),
        ("AE", "DE", "EU_SERVICES_RC"),
        ("K", "DE", "INTRA_EU_GOODS"),
        ("G", "CH", "EXPORT"),
        ("O", "CH", "SERVICES_NON_EU"),
    ],
)
def test_a_line_without_vat_says_why(in_acme, category, country, key):
    client = make_buyer(country=country, vat_number="DE136695976")

    invoice = make_issued(client, lines=[make_line(rate="0", vat_category=category)])

    assert key in mentions_of(invoice)


def test_an_exempt_line_is_explained_in_the_words_of_the_business(in_acme):
    words = "Exonération de TVA, art. 261-4-4° a du CGI"
    Business.objects.update(vat_exemption=words)

    invoice = make_issued(lines=[make_line(rate="0", vat_category="E"), make_line()])

    assert invoice.total_vat == Decimal(200)
    assert mentions_of(invoice)["EXEMPT"] == words


def test_an_exemption_without_a_reason_is_refused(in_acme):
    draft = make_draft(lines=[make_line(rate="0", vat_category="E")])

    with pytest.raises(DomainError) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == "Say why no VAT is charged on these lines."


def test_a_reverse_charge_abroad_needs_the_clients_vat_number(in_acme):
    client = make_buyer(country="DE", vat_number="", siren="")
    draft = make_draft(client, lines=[make_line(rate="0", vat_category="AE")])

    with pytest.raises(CannotIssue) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == (
        "Without VAT inside the European Union an invoice names the client’s VAT number:"
        " fill it in first."
    )


# What is missing is asked for ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        (
            {"siren": ""},
            "Before you issue, fill in your SIREN and address under Settings, Business.",
        ),
        (
            {"address": ""},
            "Before you issue, fill in your SIREN and address under Settings, Business.",
        ),
        ({"vat_number": ""}, "Before you issue, fill in your VAT number under Settings, Business."),
    ],
)
def test_what_the_seller_lacks_is_said(in_acme, missing, sentence):
    Business.objects.update(**missing)

    with pytest.raises(CannotIssue) as refusal:
        make_issued()

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"address": ""}, "An invoice needs the client’s address: fill it in first."),
        ({"city": ""}, "An invoice needs the client’s address: fill it in first."),
        ({"siren": ""}, "An invoice to a French business needs its SIREN: fill it in first."),
    ],
)
def test_what_the_client_lacks_is_said(in_acme, fields, sentence):
    with pytest.raises(CannotIssue) as refusal:
        make_issued(make_buyer(**fields))

    assert str(refusal.value) == sentence
    assert Series.objects.count() == 0
