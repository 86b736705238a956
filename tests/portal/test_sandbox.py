"""The demonstration's payment page."""

import uuid

import pytest
from django.urls import reverse

from payments.gateways import registry
from payments.gateways.sandbox import SandboxGateway
from payments.links import link_token
from payments.models import Attempt
from payments.sandbox_store import RowStore
from tenants.clock import now
from tenants.scope import tenant_atomic
from tests.factories.payments import link_for, make_receivable, make_sandbox_account


@pytest.fixture
def demo(client, as_acme, settings, monkeypatch):
    client.defaults["REMOTE_ADDR"] = f"visitor-{uuid.uuid4()}"
    settings.DEMO = True
    monkeypatch.setattr(registry, "_gateways", dict(registry._gateways))
    registry.register_gateway(SandboxGateway(store=RowStore(), now=now))
    with tenant_atomic():
        account = make_sandbox_account()
        link = link_for(make_receivable(amount="30.00", due_on=now().date()), now=now())
    return account, link


def path_of(answer):
    return answer["Location"].partition("/sandbox")[1] + answer["Location"].partition("/sandbox")[2]


def opened(client, link):
    return path_of(client.post(reverse("portal:pay", args=[link_token(link)])))


def balance(link):
    with tenant_atomic():
        return link.items.get().receivable.balance


def follow(client, answer):
    return client.get("/p/" + answer["Location"].partition("/p/")[2])


def test_the_demo_page_says_it_is_one(client, demo):
    shown = client.get(opened(client, demo[1])).content.decode()

    assert "DEMO" in shown


def test_paying_on_the_demo_page_settles_the_debt(client, demo):
    link = demo[1]
    page = opened(client, link)

    back = follow(client, client.post(page, {"choice": "PAY"}))

    assert (back.context["outcome"], balance(link)) == ("PAID", 0)


def test_a_demo_debit_is_confirmed_later(client, demo):
    link = demo[1]
    page = opened(client, link)
    back = follow(client, client.post(page, {"choice": "PAY_LATER"}))
    assert back.context["outcome"] == "CONFIRMING"

    again = follow(client, client.post(page, {"choice": "CONFIRM"}))

    assert (again.context["outcome"], balance(link)) == ("PAID", 0)


def test_a_refused_demo_payment_leaves_the_debt(client, demo):
    link = demo[1]
    page = opened(client, link)

    answer = client.post(page, {"choice": "FAIL"})

    assert (answer.status_code, balance(link)) == (303, 30)
    with tenant_atomic():
        assert Attempt.objects.count() == 1


def test_an_unknown_demo_payment_is_not_found(client, demo):
    account = demo[0]

    answer = client.get(reverse("portal:sandbox", args=[account.public_id, "demo_x"]))

    assert answer.status_code == 404


def test_outside_a_demo_the_page_does_not_exist(client, demo, settings):
    page = opened(client, demo[1])
    settings.DEMO = False

    assert client.get(page).status_code == 404
