"""Issuing: what is checked, numbered, frozen and announced."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from core.errors import DomainError
from invoices.models import Invoice, Receivable, Series
from invoices.numbering import NumberingError
from invoices.services import LineInput, create_invoice, issue_invoice, update_draft
from invoices.services.drafts import NotADraft
from invoices.services.issue_checks import CannotIssue
from invoices.signals import invoice_issued
from tenants.models import AuditEntry, Business
from tests.factories.invoices import NOW, TODAY, make_buyer, make_draft, make_issued, make_line

ONE_DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def mentions_of(invoice):
    return {row["key"]: row["text"].replace("\u00a0", " ") for row in invoice.mentions}


def test_issuing_gives_a_number_a_day_and_a_receivable(in_acme, owner):
    invoice = issue_invoice(invoice=make_draft(), today=TODAY, now=NOW, user=owner)

    assert (invoice.state, invoice.number) == (Invoice.State.ISSUED, "F-2026-0001")
    assert (invoice.issued_on, invoice.due_on) == (TODAY, dt.date(2026, 12, 23))
    assert (invoice.issued_at, invoice.issued_by) == (NOW, owner)
    receivable = Receivable.objects.get(invoice=invoice)
    assert (receivable.amount, receivable.balance) == (Decimal("1200.00"), Decimal("1200.00"))
    assert (receivable.due_on, receivable.reference) == (invoice.due_on, "RF12F20260001")


def test_issuing_is_in_the_audit_trail(in_acme, owner):
    invoice = issue_invoice(invoice=make_draft(), today=TODAY, now=NOW, user=owner)

    entry = AuditEntry.objects.get(subject_id=invoice.public_id, act="issue")
    assert (entry.user, entry.at) == (owner, NOW)
    assert entry.after == {"number": "F-2026-0001", "gross": "1200.00"}


def test_issuing_is_announced_inside_the_transaction(in_acme):
    heard = []

    def listen(sender, invoice_id, **kwargs):
        heard.append(Invoice.objects.get(pk=invoice_id).number)

    invoice_issued.connect(listen, weak=False)
    try:
        make_issued()
    finally:
        invoice_issued.disconnect(listen)

    assert heard == ["F-2026-0001"]


def test_issuing_twice_is_issuing_once(in_acme):
    invoice = make_issued()

    with pytest.raises(NotADraft) as refusal:
        issue_invoice(invoice=invoice, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == "This invoice is already issued."
    assert Receivable.objects.count() == 1


def test_both_parties_are_frozen_as_they_were(in_acme):
    invoice = make_issued()

    Business.objects.update(legal_name="Autre nom", iban="")
    invoice.client.name = "Durand"
    invoice.client.save()
    invoice.refresh_from_db()

    assert invoice.seller["legal_name"] == "Acme SARL"
    assert invoice.seller["iban"] == "FR7630006000011234567890189"
    assert (invoice.buyer["name"], invoice.buyer["siren"]) == ("Dupont SAS", "552100554")
    assert invoice.buyer["contact_name"] == "Anne Dupont"


def test_totals_and_vat_are_frozen_per_rate(in_acme):
    lines = [make_line(price="33.33", quantity=Decimal(3)), make_line(price="10.05", rate="5.5")]

    invoice = make_issued(lines=lines)
    invoice.refresh_from_db()

    assert (invoice.total_net, invoice.total_vat) == (Decimal("110.04"), Decimal("20.55"))
    assert invoice.vat_breakdown == [
        {"category": "S", "rate": "20.00", "base": "99.99", "vat": "20.00"},
        {"category": "S", "rate": "5.50", "base": "10.05", "vat": "0.55"},
    ]


def test_an_invoice_over_nothing_is_issued_and_owes_nothing(in_acme):
    invoice = make_issued(lines=[make_line(price="0")])

    assert (invoice.number, invoice.total_gross) == ("F-2026-0001", Decimal(0))
    assert Receivable.objects.count() == 0


def test_an_invoice_without_a_line_is_not_issued(in_acme):
    draft = create_invoice(client=make_buyer(), lines=[], user=None)

    with pytest.raises(CannotIssue) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == "Add at least one line before you issue."


def test_an_archived_client_is_not_invoiced(in_acme):
    draft = make_draft(make_buyer(archived_at=NOW))

    with pytest.raises(CannotIssue) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == "Dupont SAS is archived: bring the client back first."


# What the law wants of each kind of client -----------------------------------------------------


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


# Due dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "due_on"),
    [
        ("ON_RECEIPT", dt.date(2026, 11, 23)),
        ("NET_30", dt.date(2026, 12, 23)),
        ("NET_60", dt.date(2027, 1, 22)),
        ("EOM_45_A", dt.date(2027, 1, 31)),
        ("EOM_45_B", dt.date(2027, 1, 14)),
    ],
)
def test_the_due_date_follows_from_the_terms(in_acme, terms, due_on):
    assert make_issued(terms=terms).due_on == due_on


@pytest.mark.parametrize(
    ("kind", "days", "sentence"),
    [
        (
            "BUSINESS",
            61,
            ("The due date 2027-01-23 is too late: the latest that the law allows is 2027-01-22."),
        ),
        (
            "ASSOCIATION",
            61,
            ("The due date 2027-01-23 is too late: the latest that the law allows is 2027-01-22."),
        ),
        (
            "PUBLIC_BODY",
            31,
            (
                "The due date 2026-12-24 is too late: a public body has to pay within"
                " 30 days, that is by 2026-12-23."
            ),
        ),
        (
            "CONSUMER",
            51,
            (
                "The due date 2027-01-13 is too late: to let a consumer pay more than 50"
                " days after the invoice is consumer credit. The latest date is"
                " 2027-01-12."
            ),
        ),
    ],
)
def test_a_date_beyond_the_cap_of_the_client_is_refused(in_acme, kind, days, sentence):
    draft = make_draft(make_buyer(kind=kind), terms="FIXED", due_on=TODAY + days * ONE_DAY)

    with pytest.raises(DomainError) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("kind", "days"),
    [("BUSINESS", 60), ("ASSOCIATION", 60), ("PUBLIC_BODY", 30), ("CONSUMER", 50)],
)
def test_the_last_lawful_date_is_accepted(in_acme, kind, days):
    due_on = TODAY + days * ONE_DAY

    invoice = make_issued(make_buyer(kind=kind), terms="FIXED", due_on=due_on)

    assert invoice.due_on == due_on


def test_a_due_date_before_the_invoice_is_refused(in_acme):
    draft = make_draft(terms="FIXED", due_on=TODAY - ONE_DAY)

    with pytest.raises(DomainError) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == ("The due date 2026-11-22 is before the invoice date 2026-11-23.")


def test_fixed_terms_without_a_date_are_refused(in_acme):
    draft = make_draft(terms="FIXED")

    with pytest.raises(DomainError) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == "Say on which date the invoice falls due."


def test_terms_that_do_not_exist_are_refused(in_acme):
    draft = make_draft(terms="EOM_60_A")

    with pytest.raises(DomainError) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == (
        "“60 days end of month” is not lawful: 45 days end of month at most."
    )


# Amounts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            {"price": "-5"},
            (
                "Line 1: a unit price is zero or more, with at most ten digits and four"
                " decimals; to take something back, make the quantity negative."
            ),
        ),
        (
            {"price": "99999999999"},
            (
                "Line 1: a unit price is zero or more, with at most ten digits"
                " and four decimals; to take something back, make the quantity"
                " negative."
            ),
        ),
        ({"price": "9999999999", "quantity": Decimal(9999)}, "Line 1: the amount is too large."),
        (
            {"price": "NaN"},
            (
                "Line 1: a unit price is zero or more, with at most ten digits and four"
                " decimals; to take something back, make the quantity negative."
            ),
        ),
        ({"rate": "-20"}, "Line 1: this is not a VAT rate."),
        ({"rate": "0"}, "Line 1: at a rate of 0 say why no VAT is due."),
        ({"quantity": Decimal(-1)}, "The total is below zero: make a credit note instead."),
        (
            {"discount_percent": Decimal(101)},
            "Line 1: a discount is 0 to 100 %, with at most two decimals.",
        ),
    ],
)
def test_an_absurd_amount_is_refused_and_nothing_is_written(in_acme, line, sentence):
    with pytest.raises(DomainError) as refusal:
        create_invoice(client=make_buyer(), lines=[make_line(**line)], user=None)

    assert str(refusal.value) == sentence
    assert Invoice.objects.count() == 0


def test_a_currency_nobody_knows_is_refused(in_acme):
    with pytest.raises(DomainError) as refusal:
        make_draft(currency="XAU")

    assert str(refusal.value) == (
        "The currency “XAU” is not supported; use one of EUR, CHF, GBP, USD, XPF."
    )


def test_a_rate_of_another_country_is_refused(in_acme):
    draft = make_draft(lines=[make_line(rate="19")])

    with pytest.raises(CannotIssue) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == ("19% is not a VAT rate of Mainland France on 2026-11-23.")


# Drafts ----------------------------------------------------------------------------------------


def test_a_draft_has_no_number_and_changes_freely(in_acme):
    draft = make_draft()

    changed = update_draft(
        invoice=draft,
        lines=[make_line(price="10"), make_line(price="5")],
        user=None,
        order_reference="BC-12",
    )

    assert (changed.number, changed.total_gross) == (None, Decimal("18.00"))
    assert [line.position for line in changed.lines.order_by("position")] == [1, 2]
    assert changed.search_key == "dupont sas bc-12"


def test_a_line_keeps_what_was_typed(in_acme):
    line = LineInput(
        description="Conseil",
        unit_price=Decimal("85.5000"),
        vat_rate=Decimal(20),
        quantity=Decimal("2.5"),
        unit="h",
        discount_percent=Decimal(10),
    )

    kept = make_draft(lines=[line]).lines.get()

    assert (kept.quantity, kept.unit, kept.net) == (Decimal("2.5000"), "h", Decimal("192.37"))


# Series ----------------------------------------------------------------------------------------


def test_numbers_follow_each_other_and_start_again_each_year(in_acme):
    days = [dt.date(2026, 11, 23), dt.date(2026, 12, 31), dt.date(2027, 1, 2)]
    client = make_buyer()

    numbers = [make_issued(client, today=day).number for day in days]

    assert numbers == ["F-2026-0001", "F-2026-0002", "F-2027-0001"]


def test_no_invoice_is_dated_before_the_last_one(in_acme):
    client = make_buyer()
    make_issued(client, today=TODAY)
    draft = make_draft(client)

    with pytest.raises(NumberingError) as refusal:
        issue_invoice(invoice=draft, today=TODAY - ONE_DAY, now=NOW, user=None)

    assert str(refusal.value) == (
        "The last document of this series is dated 2026-11-23: numbers follow dates."
    )


def test_a_refused_invoice_takes_no_number(in_acme):
    client = make_buyer()
    with pytest.raises(DomainError):
        make_issued(client, terms="NET_90")

    assert make_issued(client).number == "F-2026-0001"
