"""The pages of invoices: who gets in, what they show, how much they cost."""

import datetime as dt
import re
from decimal import Decimal

import pytest

from clients.models import Message
from invoices import panels
from invoices.ledger import allocate_to
from invoices.models import Invoice, Receivable
from invoices.rendering import render_document
from invoices.services import credit_invoice
from tenants import clock, navigation
from tenants.models import Business
from tenants.scope import tenant_atomic, use_tenant
from tests.factories.invoices import make_buyer, make_draft, make_issued, make_line

DAY = dt.timedelta(days=1)
DRAFT = {
    "client_name": "Dupont SAS",
    "terms": "NET_30",
    "operation": "SERVICES",
    "currency": "EUR",
    "order_reference": "BC-7",
    "lines-TOTAL_FORMS": "1",
    "lines-INITIAL_FORMS": "0",
    "lines-0-description": "Pose de parquet",
    "lines-0-quantity": "2,5",
    "lines-0-unit": "h",
    "lines-0-unit_price": "1 000,00",
    "lines-0-vat": "S:20",
}


@pytest.fixture
def page(client, owner):
    """Reads and posts as the owner, in English, under /t/acme/."""
    owner.language = "en"
    owner.save()
    client.force_login(owner)
    client.cookies["language"] = "en"
    client.get("/t/acme/invoices/")  # warms what is made once
    return client


@pytest.fixture
def no_plugs(monkeypatch):
    """Without what other apps put on these pages."""
    for registry in ("_panels", "_acts"):
        monkeypatch.setattr(panels, registry, {})
    ours = {name: count for name, count in navigation._counts.items() if name == "invoices"}
    monkeypatch.setattr(navigation, "_counts", ours)


@pytest.fixture
def scope(acme):
    """A scope for preparing and for looking: closed while the page is asked for."""

    def run(act, *args, **kwargs):
        with use_tenant(acme), tenant_atomic():
            return act(*args, **kwargs)

    return run


def today(scope):
    return scope(clock.today)


def text_of(response):
    bare = re.sub(r"<[^>]+>", " ", response.content.decode().split("<main")[1])
    return " ".join(bare.replace("\u00a0", " ").split())


def issued(scope, client=None, **fields):
    fields.setdefault("today", today(scope))
    return scope(make_issued, client, **fields)


# The list --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_plugs")
@pytest.mark.parametrize("narrow", ["all", "draft", "open", "late", "paid", "cancelled"])
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_as_many_queries_for_three_as_for_one(
    page, scope, django_assert_num_queries, count, narrow
):
    client = scope(make_buyer)
    for _ in range(count):
        issued(scope, client)
        scope(make_draft, client)

    # session, person, businesses, rows, figures in the menu; the test's own transaction adds a
    # savepoint and tells the scope twice
    with django_assert_num_queries(9):
        response = page.get(f"/t/acme/invoices/?show={narrow}")

    assert response.status_code == 200


def test_an_empty_list_says_what_to_do(page):
    assert "Your invoices appear here. Write the first one" in text_of(
        page.get("/t/acme/invoices/")
    )


def test_a_row_says_what_is_owed_and_since_when_it_is_late(page, scope):
    day = today(scope)
    invoice = issued(scope, today=day - 40 * DAY, terms="NET_30")
    receivable = scope(Receivable.objects.get, invoice=invoice)
    scope(allocate_to, receivable_id=receivable.pk, amount=Decimal(200), on=day)

    shown = text_of(page.get("/t/acme/invoices/"))

    assert f"{invoice.number} Dupont SAS" in shown
    assert "10 days late €1,200.00 €1,000.00" in shown


def numbers(response):
    return re.findall(r'<td class="doc o4"><a href="[^"]*">([^<]*)', response.content.decode())


def test_each_filter_shows_its_own(page, scope):
    client, day = scope(make_buyer), today(scope)
    late = issued(scope, client, today=day - 50 * DAY)
    fresh = issued(scope, client)
    paid = issued(scope, client)
    receivable = scope(Receivable.objects.get, invoice=paid)
    scope(allocate_to, receivable_id=receivable.pk, amount=Decimal(1200), on=day)
    cancelled = issued(scope, client)
    note = scope(
        credit_invoice, invoice=cancelled, reason="x", today=day, now=clock.now(), user=None
    )
    scope(make_draft, client)

    shown = {
        narrow: numbers(page.get(f"/t/acme/invoices/?show={narrow}"))
        for narrow in ("all", "draft", "open", "late", "paid", "cancelled")
    }

    everything = ["Draft", note.number, cancelled.number, paid.number, fresh.number, late.number]
    assert shown == {
        "all": everything,
        "draft": ["Draft"],
        "open": [late.number, fresh.number],
        "late": [late.number],
        "paid": [paid.number],
        "cancelled": [cancelled.number],
    }


@pytest.mark.parametrize("asked", ["f-2026", "éléphant", "ELEPHANT", "bc-77"])
def test_search_finds_number_client_and_order_whatever_the_accents(page, scope, asked):
    client = scope(make_buyer, "L’Éléphant bleu")
    day = dt.date(2026, 11, 20)
    wanted = scope(make_issued, client, today=day, order_reference="BC-77")
    scope(make_draft, scope(make_buyer, "Autre"))

    assert numbers(page.get("/t/acme/invoices/", {"q": asked})) == [wanted.number]


def test_a_search_without_a_find_says_so(page):
    shown = text_of(page.get("/t/acme/invoices/?q=zzz"))

    assert "No invoice has this number, client or order." in shown


def test_pages_follow_each_other_and_come_back(page, scope, monkeypatch):
    monkeypatch.setattr("invoices.views.lists.PAGE", 2)
    client = scope(make_buyer)
    all_of_them = [issued(scope, client).number for _ in range(5)][::-1]

    first = page.get("/t/acme/invoices/")
    second = page.get("/t/acme/invoices/" + first.context["page"].older_url)
    third = page.get("/t/acme/invoices/" + second.context["page"].older_url)
    back = page.get("/t/acme/invoices/" + third.context["page"].newer_url)

    assert numbers(first) + numbers(second) + numbers(third) == all_of_them
    assert (numbers(back), third.context["page"].older_url) == (numbers(second), "")


def test_open_amounts_are_paged_by_due_date(page, scope, monkeypatch):
    monkeypatch.setattr("invoices.views.lists.PAGE", 1)
    client = scope(make_buyer)
    later = issued(scope, client, terms="NET_45").number
    sooner = issued(scope, client, terms="NET_15").number

    first = page.get("/t/acme/invoices/?show=open")
    second = page.get("/t/acme/invoices/" + first.context["page"].older_url)

    assert (numbers(first), numbers(second)) == ([sooner], [later])


def shown_by_age(page, show, *ages):
    return [numbers(page.get(f"/t/acme/invoices/?show={show}&age={age}")) for age in ages]


def test_what_is_owed_is_narrowed_by_how_late_it_is(page, scope):
    client, day = scope(make_buyer), today(scope)
    due = {
        late: issued(scope, client, today=day - (late + 30) * DAY).number
        for late in (91, 90, 61, 60, 31, 30, 1)
    }
    fresh = issued(scope, client).number

    ages = ("not_due", "1_30", "31_60", "61_90", "90_more")
    by_age = [[fresh], [due[30], due[1]], [due[60], due[31]], [due[90], due[61]], [due[91]]]
    everything = [*due.values(), fresh]
    assert shown_by_age(page, "open", *ages) == by_age
    assert shown_by_age(page, "late", *ages) == [everything[:-1], *by_age[1:]]
    assert shown_by_age(page, "open", "nonsense") == [everything]
    assert shown_by_age(page, "", "1_30") == [by_age[1]]


def links(response, label):
    nav = response.content.decode().split(f'aria-label="{label}"')[1].split("</nav>")[0]
    return re.findall(r'href="([^"]*)"', nav.replace("&amp;", "&"))


def test_the_age_is_kept_by_pages_and_by_the_filters_that_have_one(page, scope, monkeypatch):
    monkeypatch.setattr("invoices.views.lists.PAGE", 1)
    client, day = scope(make_buyer), today(scope)
    for late in (20, 10):
        issued(scope, client, today=day - (late + 30) * DAY)

    first = page.get("/t/acme/invoices/?show=late&age=1_30&q=dupont")

    edge = first.context["page"].rows[0].public_id
    assert links(first, "Pages")[:1] == [f"?show=late&age=1_30&q=dupont&after={edge}"]
    assert links(first, "Which invoices") == [
        "?show=all&q=dupont",
        "?show=draft&q=dupont",
        "?show=open&age=1_30&q=dupont",
        "?show=late&age=1_30&q=dupont",
        "?show=paid&q=dupont",
        "?show=cancelled&q=dupont",
    ]
    assert links(first, "How late")[:2] == ["?show=late&q=dupont", "?show=late&age=1_30&q=dupont"]


def test_a_name_is_never_markup(page, scope):
    scope(make_draft, scope(make_buyer, "<b>Dupont & fils</b>"))

    shown = page.get("/t/acme/invoices/").content.decode()

    assert '<td class="cli o1">&lt;b&gt;Dupont &amp; fils&lt;/b&gt;</td>' in shown


@pytest.mark.parametrize("asked", ["50%", "a_b", "\\"])
def test_what_is_looked_for_is_no_pattern(page, scope, asked):
    client = scope(make_buyer)
    scope(make_draft, client, order_reference="500 acb")
    wanted = scope(make_draft, client, order_reference=asked)

    rows = page.get("/t/acme/invoices/", {"q": asked}).context["page"].rows

    assert [row.public_id for row in rows] == [wanted.public_id]


# Writing a draft -------------------------------------------------------------------------------


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


# Issuing and after -----------------------------------------------------------------------------


def test_the_question_shows_client_total_due_date_and_address(page, scope):
    draft = scope(make_draft)

    shown = text_of(page.get(f"/t/acme/invoices/{draft.public_id}/issue/"))

    assert "Dupont SAS" in shown
    assert "€1,200.00" in shown
    assert "compta@dupont.example" in shown
    assert "Issue and send" in shown


def test_what_stands_in_the_way_is_said_before(page, scope):
    draft = scope(make_draft, scope(make_buyer, siren=""))

    shown = text_of(page.get(f"/t/acme/invoices/{draft.public_id}/issue/"))

    assert "An invoice to a French business needs its SIREN: fill it in first." in shown
    assert "Issue and send" not in shown


def test_issue_and_send_numbers_it_and_queues_the_mail(page, scope):
    draft = scope(make_draft)

    response = page.post(f"/t/acme/invoices/{draft.public_id}/issue/", {"act": "send"})

    assert response.headers["Location"] == f"/t/acme/invoices/{draft.public_id}/"
    assert scope(Invoice.objects.get).state == "ISSUED"
    message = scope(Message.objects.get, kind="INVOICE")
    assert (message.state, message.created_by_id is not None) == ("QUEUED", True)


def test_issue_only_sends_nothing(page, scope):
    draft = scope(make_draft)

    page.post(f"/t/acme/invoices/{draft.public_id}/issue/", {"act": "issue"})

    assert scope(Message.objects.filter(kind="INVOICE").count) == 0


def test_the_page_shows_lines_totals_amounts_due_and_the_document(page, scope, acme):
    invoice = issued(scope)
    with use_tenant(acme):
        render_document(invoice_id=invoice.pk)

    shown = text_of(page.get(f"/t/acme/invoices/{invoice.public_id}/"))

    assert "Pose de parquet" in shown
    assert "Total before VAT €1,000.00 VAT €200.00 Total €1,200.00" in shown
    assert "Amount of an invoice" in shown
    assert "Open the PDF Download" in shown


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_three_lines(
    page, scope, django_assert_num_queries, no_plugs, count
):
    invoice = issued(scope, lines=[make_line() for _ in range(count)])

    with django_assert_num_queries(13):
        page.get(f"/t/acme/invoices/{invoice.public_id}/")


def test_the_pdf_comes_only_through_the_check(page, scope, acme, client, stranger):
    invoice = issued(scope)
    with use_tenant(acme):
        stored = render_document(invoice_id=invoice.pk)
    url = f"/t/acme/invoices/{invoice.public_id}/pdf/"

    seen, kept = page.get(url), page.get(f"{url}?download")
    client.force_login(stranger)
    refused = client.get(url)

    assert seen.headers["Content-Disposition"] == f'inline; filename="{invoice.number}.pdf"'
    assert kept.headers["Content-Disposition"] == f'attachment; filename="{invoice.number}.pdf"'
    assert len(seen.content) == stored.size
    assert refused.status_code == 404


def test_an_invoice_not_yet_printed_has_no_pdf(page, scope):
    invoice = issued(scope)

    assert page.get(f"/t/acme/invoices/{invoice.public_id}/pdf/").status_code == 404


def test_cancel_and_do_again_leads_to_the_copy(page, scope):
    invoice = issued(scope)

    response = page.post(f"/t/acme/invoices/{invoice.public_id}/redo/", {"reason": "Prix"})

    copy = scope(Invoice.objects.get, state="DRAFT")
    assert response.headers["Location"] == f"/t/acme/invoices/{copy.public_id}/edit/"
    assert scope(Message.objects.get, kind="CREDIT_NOTE").state == "QUEUED"


def test_a_credit_asks_why(page, scope):
    invoice = issued(scope)

    response = page.post(f"/t/acme/invoices/{invoice.public_id}/credit/", {"reason": " "})

    assert response.status_code == 422
    assert scope(Invoice.objects.get).state == "ISSUED"


def test_writing_off_keeps_the_reason(page, scope):
    invoice = issued(scope)
    receivable = scope(Receivable.objects.get)

    page.post(f"/t/acme/invoices/amounts/{receivable.public_id}/give-up/", {"reason": "Faillite"})

    scope(receivable.refresh_from_db)
    assert (receivable.balance, receivable.written_off_reason) == (0, "Faillite")
    assert scope(Invoice.objects.get, pk=invoice.pk).state == "WRITTEN_OFF"


def test_send_again_from_the_page(page, scope):
    invoice = issued(scope)

    page.post(f"/t/acme/invoices/{invoice.public_id}/send/")

    assert scope(Message.objects.get).facts == {"invoice_id": invoice.pk}


def test_a_copy_is_a_new_draft(page, scope):
    invoice = issued(scope)

    page.post(f"/t/acme/invoices/{invoice.public_id}/copy/")

    draft = scope(Invoice.objects.get, state="DRAFT")
    assert (draft.copied_from_id, draft.total_gross) == (invoice.pk, invoice.total_gross)


# Who may ---------------------------------------------------------------------------------------

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
