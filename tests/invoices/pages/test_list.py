"""The list of invoices: filters, ages, search, paging."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.utils import translation

from invoices.ledger import allocate_to
from invoices.models import Receivable
from invoices.present import shown_day
from invoices.services import credit_invoice
from tenants import clock
from tests.factories.invoices import make_buyer, make_draft, make_issued, make_line
from tests.invoices.pages.editing import DAY, issued, text_of, today


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


def test_a_paid_invoice_still_shows_when_it_was_due_and_is_not_late(page, scope):
    day = today(scope)
    invoice = issued(scope, today=day - 40 * DAY, terms="NET_30")
    receivable = scope(Receivable.objects.get, invoice=invoice)
    scope(allocate_to, receivable_id=receivable.pk, amount=Decimal(1200), on=day)

    response = page.get("/t/acme/invoices/?show=paid")

    with translation.override("en"):
        issued_on, due_on = (shown_day(day - late * DAY) for late in (40, 10))
    assert f"Dupont SAS {issued_on} {due_on} Paid €1,200.00" in text_of(response)
    assert 'class="hide-m late"' not in response.content.decode()


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


def add_part(scope, invoice, amount):
    """Another part of an invoice, as instalments make them."""
    part = {"client_id": invoice.client_id, "invoice_id": invoice.pk, "due_on": today(scope)}
    scope(Receivable.objects.create, amount=amount, currency="EUR", **part)


@pytest.mark.parametrize("extra", ["", "&q=dupont"])
def test_paid_is_what_has_nothing_left_open_whatever_its_parts(page, scope, extra):
    client, day = scope(make_buyer), today(scope)
    in_parts, begun = issued(scope, client), issued(scope, client)
    for invoice in (in_parts, begun):
        part = scope(Receivable.objects.get, invoice=invoice)
        scope(allocate_to, receivable_id=part.pk, amount=Decimal(1200), on=day)
    add_part(scope, in_parts, Decimal(0))
    add_part(scope, begun, Decimal(100))
    free = issued(scope, client, lines=[make_line(price="0.00")])
    issued(scope, client)

    assert numbers(page.get(f"/t/acme/invoices/?show=paid{extra}")) == [
        free.number,
        in_parts.number,
    ]


@pytest.mark.parametrize("way", ["after", "before"])
def test_paid_invoices_are_paged_from_either_side(page, scope, way):
    client, day = scope(make_buyer), today(scope)
    free = issued(scope, client, lines=[make_line(price="0.00")])
    paid = [issued(scope, client) for _ in range(3)]
    for invoice in paid:
        part = scope(Receivable.objects.get, invoice=invoice)
        scope(allocate_to, receivable_id=part.pk, amount=Decimal(1200), on=day)

    shown = numbers(page.get(f"/t/acme/invoices/?show=paid&{way}={paid[1].public_id}"))

    assert shown == {"after": [paid[0].number, free.number], "before": [paid[2].number]}[way]


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
