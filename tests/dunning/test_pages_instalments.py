"""Proposing and following an instalment plan, as the owner does."""

import datetime as dt
import re
from decimal import Decimal

import pytest

from clients.models import Client, Message, Person
from invoices.models import InstallmentPlan, PlanPart
from invoices.plan_rendering import render_plan
from tenants.scope import use_tenant
from tests.factories.dunning import NOTICE_DAY
from tests.factories.payments import pay_by_hand
from tests.factories.plans import agreed, open_rows, owing, proposed


@pytest.fixture
def shop(inside):
    """A client who owes 1,200.00 and 300.00."""
    client, debts = inside(owing, "1000", "250")
    return client, debts


def new(client, query=""):
    return f"plans/new/{client.public_id}/{query}"


def typed(response, **changes):
    """What a browser would send of the page's form."""
    form = response.context["form"]
    values = {}
    for name in form.fields:
        value = form[name].value()
        if isinstance(value, bool):
            values |= {name: "on"} if value else {}
        elif isinstance(value, dt.date):
            values[name] = value.isoformat()
        else:
            values[name] = "" if value is None else value
    values |= changes
    return {name: value for name, value in values.items() if value is not None}


def amounts(response):
    return [row.amount.value() for row in response.context["form"].part_rows]


def days(response):
    return [row.due_on.value() for row in response.context["form"].part_rows]


def plain(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text.replace("\xa0", " ").replace("\u202f", " "))


def test_page_opens_with_all_that_is_owed_in_three_even_parts_from_today(visit, shop):
    client, _debts = shop

    response = visit(new(client))

    assert response.status_code == 200
    assert amounts(response) == ["500,00", "500,00", "500,00"]
    assert days(response) == [NOTICE_DAY, dt.date(2026, 5, 3), dt.date(2026, 6, 3)]
    assert response.context["form"]["on_acceptance"].value() is True
    assert len(response.context["form"].ticked) == 2


def test_from_an_invoice_only_its_own_debt_is_ticked(visit, shop):
    client, debts = shop

    response = visit(new(client, f"?invoice={debts[1].invoice.public_id}"))

    assert [debt.pk for debt in response.context["form"].ticked] == [debts[1].pk]


def test_another_number_and_rhythm_fill_the_parts_in_anew_to_the_cent(visit, shop):
    client, debts = shop
    page = visit(new(client))

    response = visit(
        new(client),
        typed(page, count="7", rhythm="WEEKLY", debts=[str(debts[0].public_id)], act="recompute"),
    )

    assert response.status_code == 200
    assert amounts(response) == ["171,43"] * 6 + ["171,42"]
    assert days(response)[:2] == [NOTICE_DAY, NOTICE_DAY + dt.timedelta(days=7)]


def test_parts_that_do_not_add_up_are_said_and_nothing_typed_is_lost(visit, shop, inside):
    client, _debts = shop
    page = visit(new(client))

    response = visit(new(client), typed(page, **{"amount-1": "450,00"}, cause="SEASON", act="send"))

    assert response.status_code == 422
    assert "The parts come to 1 450,00 € and 1 500,00 € is owed: 50,00 € is missing." in plain(
        response
    )
    assert amounts(response) == ["500,00", "450,00", "500,00"]
    assert response.context["form"]["cause"].value() == "SEASON"
    assert inside(InstallmentPlan.objects.count) == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount-1": "some"}, "some"),
        ({"amount-0": "0", "amount-1": "1000"}, "More than zero, please."),
        ({"due_on-1": ""}, "Choose a date."),
        ({"due_on-1": "2026-04-01"}, "The dates of a plan are still to come."),
        ({"due_on-2": "2026-05-03"}, "The dates of a plan follow one another, each once."),
        ({"cause": ""}, "Choose the cause of the delay from the list."),
        ({"debts": []}, "Tick what the plan is about."),
        ({"cause": "ILLNESS"}, "Sélectionnez un choix valide"),
        ({"rows": "99"}, "Choose a date."),
    ],
)
def test_bad_input_gets_a_sentence_and_writes_nothing(visit, shop, inside, changes, sentence):
    client, _debts = shop
    page = visit(new(client))

    response = visit(new(client), typed(page, **{"cause": "SEASON", "act": "send", **changes}))

    assert response.status_code == 422
    assert sentence in plain(response)
    assert inside(InstallmentPlan.objects.count) == 0


def test_sending_proposes_the_plan_and_puts_the_mail_into_the_outbox(visit, shop, inside):
    client, _debts = shop
    page = visit(new(client))
    changes = {
        "amount-0": "300,00",
        "amount-1": "700",
        "cause": "SEASON",
        "fee": "25",
        "act": "send",
    }

    response = visit(new(client), typed(page, **changes))

    plan = inside(InstallmentPlan.objects.get)
    assert response.url == f"/t/acme/plans/{plan.public_id}/"
    assert (plan.total, plan.fee, plan.cause) == (Decimal(1500), Decimal(25), "SEASON")
    parts = inside(
        lambda: list(PlanPart.objects.order_by("position").values_list("due_on", "amount"))
    )
    assert parts == [
        (None, Decimal(300)),
        (dt.date(2026, 5, 3), Decimal(700)),
        (dt.date(2026, 6, 3), Decimal(500)),
    ]
    message = inside(Message.objects.get, kind="PLAN_PROPOSED")
    assert (message.state, message.facts) == ("QUEUED", {"plan_id": plan.pk})


def test_yes_that_was_told_begins_the_plan_at_once(visit, shop, inside):
    client, _debts = shop
    page = visit(new(client))

    visit(new(client), typed(page, cause="OTHER", told_by="Anne Morvan", act="told"))

    plan = inside(InstallmentPlan.objects.get)
    assert (plan.state, plan.agreed_how, plan.accepted_name) == ("AGREED", "TOLD", "Anne Morvan")
    assert inside(open_rows, client)[0] == (NOTICE_DAY, Decimal(500))
    assert inside(Message.objects.filter(kind="PLAN_PROPOSED").count) == 0
    assert inside(Message.objects.filter(kind="PLAN_AGREED").count) == 1


def test_yes_that_was_told_has_a_name(visit, shop, inside):
    client, _debts = shop
    page = visit(new(client))

    response = visit(new(client), typed(page, cause="OTHER", act="told"))

    assert (response.status_code, "Say who said yes." in plain(response)) == (422, True)
    assert inside(InstallmentPlan.objects.count) == 0


def test_without_an_address_nothing_can_be_sent(visit, shop, inside):
    client, _debts = shop
    inside(Person.objects.update, email="")
    page = visit(new(client))

    response = visit(new(client), typed(page, cause="OTHER", act="send"))

    assert (response.status_code, inside(InstallmentPlan.objects.count)) == (422, 0)
    assert "Nobody at this client has a working email address" in plain(response)


def test_consumer_is_asked_no_fee(visit, inside):
    client, _debts = inside(owing, kind=Client.Kind.CONSUMER, siren="")

    response = visit(new(client))

    assert "fee" not in response.context["form"].fields
    visit(new(client), typed(response, cause="OTHER", fee="50", told_by="Yvonne", act="told"))
    assert inside(InstallmentPlan.objects.get).fee == 0


def test_owner_reads_the_mail_of_what_is_typed_before_sending_it(visit, shop):
    client, _debts = shop
    page = visit(new(client))

    response = visit(new(client), typed(page, **{"amount-0": "620", "act": "look"}))

    assert response.status_code == 200
    assert "620,00" in response.context["draft"].text
    assert response.context["form"].errors == {}
    assert "120,00 € is too much" in plain(response)


def test_client_who_owes_nothing_gets_no_plan(visit, inside):
    client, _debts = inside(owing)
    inside(pay_by_hand, client, "1200")

    response = visit(new(client))

    assert response.url == f"/t/acme/clients/{client.public_id}/"


def test_debt_on_offer_is_not_offered_again(visit, inside):
    client, debts = inside(owing, "1000", "250")
    inside(proposed, [debts[0]])

    response = visit(new(client))

    assert [debt.pk for debt in response.context["form"].ticked] == [debts[1].pk]


def test_page_of_a_plan_on_offer_says_what_it_waits_for(visit, inside):
    plan = inside(proposed)

    response = visit(f"plans/{plan.public_id}/")

    assert "Waits for an answer" in plain(response)
    assert "The day it is accepted" in plain(response)


def test_page_of_an_agreed_plan_shows_its_proof_and_what_is_paid(visit, inside, acme):
    plan = inside(agreed)
    with use_tenant(acme):
        render_plan(plan_id=plan.pk)
    inside(pay_by_hand, plan.client, "400")

    response = visit(f"plans/{plan.public_id}/")

    said = plain(response)
    plan = inside(InstallmentPlan.objects.get)
    assert [part.chip for part in response.context["parts"]] == [
        ("PAID", ""),
        ("DUE", "Coming"),
        ("DUE", "Coming"),
    ]
    assert "Anne Morvan" in said
    assert plan.document_sha256 in said
    assert "Withdraw" not in said
    paper = visit(f"plans/{plan.public_id}/pdf/")
    assert b"".join(paper.streaming_content)[:5] == b"%PDF-"


def test_plan_on_offer_is_withdrawn_and_its_mail_does_not_leave(visit, inside):
    plan = inside(proposed)

    response = visit(f"plans/{plan.public_id}/withdraw/", {})

    assert response.url == f"/t/acme/plans/{plan.public_id}/"
    assert inside(InstallmentPlan.objects.get).state == "WITHDRAWN"
    assert "Withdrawn" in plain(visit(f"plans/{plan.public_id}/"))


def test_yes_is_noted_on_the_page_of_a_plan_that_was_sent(visit, inside):
    plan = inside(proposed)

    visit(f"plans/{plan.public_id}/agreed/", {"name": "Anne Morvan"})

    assert inside(InstallmentPlan.objects.get).accepted_name == "Anne Morvan"


def test_missed_part_asks_for_a_decision_until_time_is_given(visit, inside):
    plan = inside(agreed)
    late = NOTICE_DAY + dt.timedelta(days=7)

    before = visit(f"plans/{plan.public_id}/", on=late)
    visit(f"plans/{plan.public_id}/more-time/", {"until": "2026-04-20"}, on=late)
    after = visit(f"plans/{plan.public_id}/", on=late)

    assert "A part was missed" in plain(before)
    assert "A part was missed" not in plain(after)


def test_missed_part_is_chased_as_usual(visit, inside):
    plan = inside(agreed)
    late = NOTICE_DAY + dt.timedelta(days=7)

    before = visit(f"plans/{plan.public_id}/", on=late)
    visit(f"plans/{plan.public_id}/chase/", {}, on=late)

    assert "A part was missed" in plain(before)
    assert "A part was missed" not in plain(visit(f"plans/{plan.public_id}/", on=late))


def test_plan_is_on_the_pages_of_its_client_and_its_invoices(visit, inside):
    plan = inside(agreed)
    invoice = inside(lambda: plan.debts.get().receivable.invoice)

    client_page = visit(f"clients/{plan.client.public_id}/")
    invoice_page = visit(f"invoices/{invoice.public_id}/")

    link = f'href="/t/acme/plans/{plan.public_id}/"'
    assert link in client_page.content.decode()
    assert link in invoice_page.content.decode()


def test_what_is_owed_leads_to_a_plan_from_the_client_and_the_invoice(visit, shop):
    client, debts = shop

    client_page = visit(f"clients/{client.public_id}/").content.decode()
    invoice_page = visit(f"invoices/{debts[0].invoice.public_id}/").content.decode()

    assert f'href="/t/acme/plans/new/{client.public_id}/"' in client_page
    assert (
        f"/t/acme/plans/new/{client.public_id}/?invoice={debts[0].invoice.public_id}"
        in invoice_page
    )


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_plans_costs_the_same_however_many(visit, inside, count, django_assert_num_queries):
    for place in range(count):
        _client, debts = inside(owing, name=f"Client {place}")
        inside(agreed, debts)
    visit("plans/")

    with django_assert_num_queries(12):
        response = visit("plans/")

    assert plain(response).count("Running") == count
