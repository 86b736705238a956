"""The three doors in a client's mail, clicked on a telephone; then the owner, who answers each."""

import re

import pytest

from clients.delivery import deliver_tenant
from config.demo.logo import draw_logo
from dunning.models import Dispute, Promise
from payments.models import Payment
from tenants import clock
from tenants.models import Role, Tenant
from tenants.scope import tenant_atomic, use_tenant
from tests.browser.reading import words
from tests.conftest import empty_tables, make_tenant, make_user
from tests.factories.dunning import FIRM_DAY, FIRST_DAY, at, day, debtor, late_case, run

TELEPHONE = 390
ADDRESSES = {
    "paid": "compta@morvan.example",
    "later": "direction@remparts.example",
    "problem": "malo@scorff.example",
}
NAMES = {"paid": "Garage Morvan", "later": "Hôtel des Remparts", "problem": "Brasserie du Scorff"}


@pytest.fixture
def shop(swept):
    tenant = make_tenant("shop", name="Atelier Morel", mode=Tenant.Mode.LIVE)
    with use_tenant(tenant), tenant_atomic():
        for door, name in NAMES.items():
            late_case(debtor(name, email=ADDRESSES[door]))
    yield tenant
    empty_tables()


@pytest.fixture
def mails(shop, smtp_sink, settings):
    """The first reminder of each client, by the door that he takes; the sink is empty again."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    remind(shop, FIRST_DAY)
    received = {mail.recipients[0]: mail.body() for mail in smtp_sink.received}
    smtp_sink.received.clear()
    return {door: received[address] for door, address in ADDRESSES.items()}


def remind(shop, today):
    """What the timer and the mail worker do in a morning."""
    with use_tenant(shop):
        run(today)
        with clock.as_of(at(today)):
            deliver_tenant(now=clock.now())


def door(mails, name):
    """The address of the client's own door, as the mail has it."""
    return re.search(rf"http://[^/]+(/p/\S+/{name}/)", mails[name]).group(1)


def answer(page):
    page.click("main button[type=submit]")
    page.wait_for_selector("#pay")
    return words(page)


def test_each_door_holds_thanks_and_waits_for_the_owner(app, open_page, shop, mails, smtp_sink):
    owner = make_user("claire@morel.example", shop, Role.OWNER)
    with use_tenant(shop):
        morning = at(FIRST_DAY, 11)

    with app.at(morning):
        page = open_page(door(mails, "paid"), width=TELEPHONE)
        page.set_input_files(
            "input[type=file]",
            {"name": "ordre.png", "mimeType": "image/png", "buffer": draw_logo("#0F5A46")},
        )
        paid = answer(page)
        page = open_page(door(mails, "later"), width=TELEPHONE)
        page.fill("[name=promised_for]", day(3, 16).isoformat())
        later = answer(page)
        page = open_page(door(mails, "problem"), width=TELEPHONE)
        page.fill("[name=text]", "Il manque un tabouret sur douze.")
        problem = answer(page)
        page = open_page("/t/shop/", user=owner, language="en")
        today = words(page)
        page.click("main >> text=Look · Garage Morvan")
        with page.expect_download() as proof:
            page.click("main a:has-text('.png')")
        page.click("button:has-text('It has arrived: record it')")
        page.wait_for_selector("h1:has-text('Payment of €1,200.00')")
        page.goto(page.url.partition("/t/")[0] + "/t/shop/")
        page.click("main >> text=Look · Hôtel des Remparts")
        page.click("button:has-text('Noted')")
        page.goto(page.url.partition("/t/")[0] + "/t/shop/")
        page.click("main >> text=Look · Brasserie du Scorff")
        page.click("text=Answer and resolve")
        page.fill("[name=resolution]", "Le tabouret vous est livré lundi.")
        page.click("main button[type=submit]")
        page.wait_for_selector("[name=resolution]", state="detached")
        page.goto(page.url.partition("/t/")[0] + "/t/shop/")
        afterwards = words(page)
    remind(shop, day(3, 9))
    remind(shop, FIRM_DAY)

    assert "You told us that you have paid. Thank you" in paid
    assert "Thank you for telling us." in later
    assert "You told us of a problem." in problem
    for line in (
        "Says it is paid Garage Morvan Says it was paid on 6 Mar €1,200.00",
        "Names a day to pay Hôtel des Remparts Will pay on 16 Mar €1,200.00",
        "Reports a problem Brasserie du Scorff Il manque un tabouret sur douze. €1,200.00",
    ):
        assert line in today
    assert proof.value.suggested_filename == "2026-03-06-client.png"
    assert "Answers" not in afterwards
    with use_tenant(shop), tenant_atomic():
        assert Payment.objects.get().received_on == FIRST_DAY
        assert Promise.objects.get().state == "OPEN"
        assert Dispute.objects.get().resolution == "Le tabouret vous est livré lundi."
    assert [(mail.recipients[0], str(mail.subject)) for mail in smtp_sink.received] == [
        (ADDRESSES["problem"], "Votre remarque sur la facture F-2026-0003"),
        (ADDRESSES["paid"], "Merci pour votre règlement"),
        (ADDRESSES["problem"], "Impayé depuis le 4 mars 2026 : votre facture F-2026-0003"),
    ]
