"""The page of an instalment plan: what the client reads, accepts, or says does not suit."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client as Browser

from clients.models import Client, Message
from invoices.models import InstallmentPlan, Receivable
from invoices.plan_rendering import render_plan
from invoices.services import propose_plan, withdraw_plan
from invoices.splitting import PartInput
from payments.models import Attempt
from tenants.clock import now
from tenants.models import Door
from tenants.scope import tenant_atomic, use_tenant
from tests.factories.clients import make_client
from tests.factories.payments import link_for, make_receivable, pay_by_hand
from tests.portal.pay_page.visiting import page, text, today, url

DAY = dt.timedelta(days=1)


def propose(debts, *parts, fee="0"):
    days = [None, today() + 30 * DAY, today() + 60 * DAY]
    return propose_plan(
        client=debts[0].client,
        receivables=debts,
        parts=[PartInput(day, Decimal(part)) for day, part in zip(days, parts, strict=False)],
        cause="CASH_FLOW",
        fee=Decimal(fee),
        language="fr",
        user=None,
        today=today(),
        now=now(),
    )


class Offered:
    """Two debts of 600 and 300, a plan in three parts on them, and links."""

    def __init__(self, *, kind=Client.Kind.BUSINESS, fee="0", prints=True):
        with tenant_atomic():
            client = make_client("Garage Morvan", kind=kind)
            late = today() - 20 * DAY
            self.debts = [make_receivable(client, amount, due_on=late) for amount in ("600", "300")]
            self.plan = propose(self.debts, "300", "300", "300", fee=fee)
            self.link = link_for(*self.debts, now=now())
            self.one = link_for(self.debts[0], now=now(), is_printed=True)
        if prints:
            render_plan(plan_id=self.plan.pk)
            self.refresh()

    def refresh(self):
        with tenant_atomic():
            self.plan.refresh_from_db()
        return self.plan

    def yes(self, **changes):
        said = {
            "name": "Anne Morvan",
            "capacity": "Gérante",
            "agree": "on",
            "plan": str(self.plan.public_id),
            "document_sha256": self.plan.document_sha256,
        }
        return {name: value for name, value in {**said, **changes}.items() if value is not None}


@pytest.fixture
def offered(as_acme):
    return Offered()


def owed():
    with tenant_atomic():
        rows = Receivable.objects.filter(balance__gt=0).order_by("due_on", "id")
        return [(row.due_on, row.balance) for row in rows]


def test_page_shows_parts_document_and_box_and_changes_nothing(client, offered):
    before = owed()

    shown = text(client.get(url(offered.link, "plan")))

    assert "I accept this plan and acknowledge owing 900,00 €" in shown
    assert "The day you accept" in shown
    assert offered.plan.document_sha256 in shown
    assert (owed(), offered.refresh().state) == (before, "PROPOSED")


def test_document_behind_the_link_is_the_one_that_is_accepted(client, offered):
    answer = client.get(url(offered.link, "plan_document"))

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content[:5] == b"%PDF-"


def test_accepting_keeps_who_when_from_where_and_leads_to_the_first_part(client, offered):
    client.defaults["REMOTE_ADDR"] = "192.0.2.7"

    answer = client.post(url(offered.link, "plan"), offered.yes())

    plan = offered.refresh()
    assert answer.url == url(offered.link)
    assert (plan.state, plan.agreed_how, plan.accepted_name) == ("AGREED", "ONLINE", "Anne Morvan")
    assert (plan.accepted_capacity, plan.accepted_ip) == ("Gérante", "192.0.2.7")
    assert owed()[0] == (today(), Decimal(300))
    shown = text(page(client, offered.link))
    assert "300,00 €" in shown
    assert "Your instalment plan" in shown


def test_accepting_sends_the_confirmation_with_the_document(client, offered):
    client.post(url(offered.link, "plan"), offered.yes())

    with tenant_atomic():
        assert Message.objects.filter(kind="PLAN_AGREED").count() == 1
        told = Message.objects.get(kind="PLAN_ACCEPTED")
        assert (told.state, told.body_text) == ("TODO", "Anne Morvan, Gérante")


def test_accepting_twice_is_accepting_once(client, offered):
    answers = [client.post(url(offered.link, "plan"), offered.yes()) for _twice in "ab"]

    assert [answer.url for answer in answers] == [url(offered.link)] * 2
    assert sum(balance for _day, balance in owed()) == Decimal(900)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"agree": None}, "Tick the box to accept the plan."),
        ({"name": ""}, "Ce champ est obligatoire."),
        ({"capacity": ""}, "Ce champ est obligatoire."),
        ({"document_sha256": "0" * 64}, "The plan is another one than the one you read"),
        ({"document_sha256": ""}, "The plan is another one than the one you read"),
        (
            {"plan": "3f2d0f6c-0000-4000-8000-000000000000"},
            "This proposal was replaced by the one you see now",
        ),
        ({"plan": "rubbish"}, "rubbish"),
    ],
)
def test_what_is_not_a_yes_gets_a_sentence_and_changes_nothing(client, offered, changes, sentence):
    before = owed()

    answer = client.post(url(offered.link, "plan"), offered.yes(**changes))

    assert answer.status_code == 422
    assert sentence in text(answer) or sentence == "rubbish"
    assert (owed(), offered.refresh().state) == (before, "PROPOSED")


def test_consumer_is_asked_a_name_alone(client, as_acme):
    offered = Offered(kind=Client.Kind.CONSUMER)

    shown = text(client.get(url(offered.link, "plan")))
    client.post(url(offered.link, "plan"), offered.yes(capacity=None))

    assert "Your capacity" not in shown
    assert offered.refresh().state == "AGREED"


def test_plan_withdrawn_meanwhile_says_so(client, offered):
    with tenant_atomic():
        withdraw_plan(plan=offered.plan, user=None, today=today(), now=now())
    before = owed()

    answer = client.post(url(offered.link, "plan"), offered.yes())

    assert (answer.status_code, owed()) == (422, before)
    assert "This proposal was withdrawn" in text(answer)


def test_plan_whose_debt_was_paid_in_part_meanwhile_says_so(client, offered):
    with tenant_atomic():
        pay_by_hand(offered.plan.client, "50", now=now())

    answer = client.post(url(offered.link, "plan"), offered.yes())

    assert answer.status_code == 422
    assert "What is owed has changed since this plan was proposed" in text(answer)
    assert offered.refresh().state == "PROPOSED"


def test_newer_plan_is_the_one_that_the_link_opens(client, offered):
    with tenant_atomic():
        withdraw_plan(plan=offered.plan, user=None, today=today(), now=now())
        newer = propose(offered.debts, "450", "450")
    render_plan(plan_id=newer.pk)

    answer = client.post(url(offered.link, "plan"), offered.yes())

    assert answer.status_code == 422
    assert "This proposal was replaced by the one you see now" in text(answer)
    assert "450,00 €" in text(answer)


def test_client_says_that_it_does_not_suit(client, offered):
    answer = client.post(url(offered.link, "plan_decline"), {"note": "Plutôt 6 mois."})

    plan = offered.refresh()
    assert (plan.state, plan.decline_note) == ("DECLINED", "Plutôt 6 mois.")
    assert answer.url == url(offered.link, "plan")
    assert "You have told us that it does not suit you" in text(client.get(answer.url))
    with tenant_atomic():
        told = Message.objects.get(kind="PLAN_DECLINED")
        assert (told.state, told.body_text) == ("TODO", "Plutôt 6 mois.")


def test_declining_what_is_agreed_changes_nothing(client, offered):
    client.post(url(offered.link, "plan"), offered.yes())

    answer = client.post(url(offered.link, "plan_decline"), {"note": "Finalement non."})

    assert (answer.status_code, offered.refresh().state) == (422, "AGREED")


def test_without_its_document_a_plan_cannot_be_accepted_yet(client, as_acme):
    offered = Offered(prints=False)

    shown = text(client.get(url(offered.link, "plan")))
    answer = client.post(url(offered.link, "plan"), offered.yes())

    assert "The document is being made" in shown
    assert (answer.status_code, offered.refresh().state) == (422, "PROPOSED")
    assert client.get(url(offered.link, "plan_document")).status_code == 404


def test_pay_page_of_its_link_leads_to_the_plan(client, offered):
    shown = text(page(client, offered.link))

    assert "Pay in parts?" in shown
    assert f'href="{url(offered.link, "plan")}"' in shown


def test_whoever_holds_one_invoice_hears_of_the_plan_and_cannot_open_it(client, offered):
    shown = text(page(client, offered.one))

    assert "the link in that message opens it" in shown
    assert url(offered.one, "plan") not in shown
    assert client.get(url(offered.one, "plan")).status_code == 404
    assert client.post(url(offered.one, "plan"), offered.yes()).status_code == 404
    assert client.post(url(offered.one, "plan_decline"), {}).status_code == 404
    assert client.get(url(offered.one, "plan_document")).status_code == 404


def test_link_without_a_plan_has_no_such_page(client, as_acme):
    with tenant_atomic():
        link = link_for(make_receivable(due_on=today()), now=now())

    assert client.get(url(link, "plan")).status_code == 404
    assert client.post(url(link, "plan_decline"), {}).status_code == 404


def test_expired_link_names_nothing_and_accepts_nothing(client, offered):
    Door.objects.filter(target=offered.link.public_id).update(expires_at=now() - DAY)

    answer = client.post(url(offered.link, "plan"), offered.yes())

    assert answer.status_code == 410
    assert "900,00" not in text(answer)
    assert offered.refresh().state == "PROPOSED"


def test_plan_of_another_tenant_is_not_behind_a_link_of_this_one(client, as_acme, globex):
    mine = Offered()
    with use_tenant(globex):
        theirs = Offered()

    answer = client.post(url(mine.link, "plan"), theirs.yes())

    assert answer.status_code == 422
    with use_tenant(globex):
        assert theirs.refresh().state == "PROPOSED"


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_make_one_agreement(client, acme):
    with use_tenant(acme):
        offered = Offered()
        where, said = url(offered.link, "plan"), offered.yes()
    answers, start = [], threading.Barrier(2)

    def accept(address):
        start.wait()
        try:
            answers.append(Browser(REMOTE_ADDR=address).post(where, said).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(f"192.0.2.{n}",)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with use_tenant(acme):
        assert answers == [302, 302]
        assert sum(balance for _day, balance in owed()) == Decimal(900)
        with tenant_atomic():
            assert Message.objects.filter(kind="PLAN_AGREED").count() == 1
            assert InstallmentPlan.objects.filter(state="AGREED").count() == 1


def test_old_link_pays_the_part_due_and_never_the_debt_it_replaced(client, shop):
    offered = Offered()
    client.post(url(offered.link, "plan"), offered.yes())

    shown = text(page(client, offered.one))
    client.post(url(offered.one, "pay"), {"what": "now"})

    assert "Nothing is asked for any more" not in shown
    with tenant_atomic():
        attempt = Attempt.objects.get()
        assert attempt.amount == Decimal(300)
        assert {t.receivable.plan_id for t in attempt.targets.select_related("receivable")} == {
            offered.plan.pk
        }


def test_all_that_is_left_of_a_plan_can_be_paid_at_once(client, shop):
    offered = Offered()
    client.post(url(offered.link, "plan"), offered.yes())

    shown = text(page(client, offered.link))
    client.post(url(offered.link, "pay"), {"what": "whole"})

    assert "Pay all that is left, 900,00 €" in shown
    with tenant_atomic():
        assert Attempt.objects.get().amount == Decimal(900)


def test_with_the_first_part_paid_the_next_is_asked(client, offered):
    client.post(url(offered.link, "plan"), offered.yes())
    with tenant_atomic():
        pay_by_hand(offered.plan.client, "300", now=now())

    answer = page(client, offered.link)

    assert answer.context["page"].amount == Decimal(300)
    assert answer.context["page"].due_on == today() + 30 * DAY
    assert [part.chip for part in answer.context["page"].parts] == ["PAID", "DUE", "DUE"]
