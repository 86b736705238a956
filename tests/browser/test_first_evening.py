"""The first evening, clicked: an old book in, what was sent said, the plan read, agreed to, live.

What the plan showed is what the timer then sends, word for word; who has paid is told in the
evening and hears nothing.
"""

import datetime as dt
import re
from decimal import Decimal

import pytest

from clients.delivery import deliver_tenant
from clients.models import Message
from dunning.ladder_rows import write_shipped_ladders
from dunning.notices import prepare_notices
from dunning.services import run_dunning
from invoices.models import ImportBatch
from invoices.services.import_work import work_on
from payments.models import Payment
from tenants import clock
from tenants.models import Role, Tenant
from tenants.scope import tenant_atomic, use_tenant
from tests.browser.reading import words
from tests.conftest import empty_tables, make_tenant, make_user

EVENING = dt.date(2026, 3, 2)  # a Monday
MORNING = dt.date(2026, 3, 3)
BOOK = """\
Facture;Client;SIREN;Email;Date de facture;Échéance;Montant TTC;Reste dû
F-101;Garage Morvan;831860911;compta@morvan.example;15/01/2026;14/02/2026;1 200,00;1 200,00
F-102;Garage Morvan;831860911;compta@morvan.example;10/02/2026;12/03/2026;340,00;340,00
F-103;Hôtel des Remparts;990996035;bonjour@remparts.example;01/12/2025;31/12/2025;2 844,00;1 000,00
F-104;Brasserie du Scorff;882462815;malo@scorff.example;20/01/2026;19/02/2026;780,50;780,50
"""


@pytest.fixture
def shop(swept):
    tenant = make_tenant("shop", name="Atelier Morel", mode=Tenant.Mode.TEST)
    with use_tenant(tenant), tenant_atomic():
        write_shipped_ladders()
    yield tenant
    empty_tables()


@pytest.fixture
def owner(shop):
    return make_user("claire@morel.example", shop, Role.OWNER)


def hour_of(shop, day, hour):
    with use_tenant(shop):
        return clock.at_hour(day, hour)


def work(shop):
    """What the import worker does."""
    with use_tenant(shop):
        with tenant_atomic():
            batch = ImportBatch.objects.get()
        work_on(batch_id=batch.pk, today=clock.today(), now=clock.now())


def pass_the_morning(shop, day):
    """What the timer and the mail worker do."""
    with use_tenant(shop):
        run_dunning(today=day)
        prepare_notices(today=day, now=clock.now())
        deliver_tenant(now=clock.now())


def bring_the_book(page, shop):
    page.click(".side nav >> text=Invoices")
    page.click("main >> text=Import")
    book = {"name": "livre.csv", "mimeType": "text/csv", "buffer": BOOK.encode("cp1252")}
    page.set_input_files("input[type=file]", book)
    page.click("text=Read the files")
    page.click("text=Import 4 invoices of 3 clients")
    page.wait_for_selector("text=It is all or nothing")
    work(shop)
    page.click("text=Prepare the reminders", timeout=15_000)


def say_what_was_sent(page):
    page.wait_for_selector("h1:has-text('What have you already sent?')")
    page.locator("tr", has_text="61 to 90 days").locator("select").select_option("REMINDER")
    for age in ("Not due yet", "1 to 15 days", "16 to 30 days"):
        for choice in page.locator("tr", has_text=age).locator("select").all():
            choice.select_option("NOTHING")
    page.click("text=See the plan")
    page.wait_for_selector("h1:has-text('if nobody pays')")


def read_the_mails_to(page, client):
    """Everything this client would get, as the plan has it."""
    page.click(f"main h2 >> text={client}")
    page.wait_for_selector(f"h1:has-text('{client}')")
    found = words(page)
    page.go_back()
    return found


def agree_and_go_live(page):
    page.click("main >> text=Agree to all")
    page.click("button:has-text('Agree')")
    page.wait_for_selector("h1:has-text('Go live')")
    announced = words(page)
    page.click("button:has-text('Go live')")
    page.wait_for_selector("h1:has-text('Go live')", state="detached")
    return announced


def test_from_an_old_book_to_the_mail_that_the_plan_promised(
    app, open_page, shop, owner, smtp_sink, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    with app.at(hour_of(shop, EVENING, 20)):
        page = open_page("/t/shop/", user=owner, language="en")
        bring_the_book(page, shop)
        say_what_was_sent(page)
        whole = words(page)
        promised = read_the_mails_to(page, "Garage Morvan")
        announced = agree_and_go_live(page)
    before_the_morning = list(smtp_sink.received)
    with app.at(hour_of(shop, MORNING, 9)):
        pass_the_morning(shop, MORNING)
        page.goto(page.url.partition("/t/")[0] + "/t/shop/")
        today = words(page)

    assert "Owed to you €3,320.50 4 debts · 3 clients" in whole
    assert "Hôtel des Remparts To agree to €1,000.00 Tue 3 March Firm reminder" in whole
    assert "3 emails leave first, on Tuesday 3 March" in announced
    assert "Tuesday 3 March 3 1 0 0 €2,980.50" in announced
    assert before_the_morning == []
    left = {mail.recipients[0]: mail for mail in smtp_sink.received}
    assert sorted(left) == ["compta@morvan.example", "malo@scorff.example"]
    assert as_in_the_plan(left["compta@morvan.example"].body()) in promised
    assert "Hôtel des Remparts" in today  # the firm mail of the 3rd waits for a yes


def test_who_has_paid_by_the_evening_is_told_in_bulk_and_hears_nothing(
    app, open_page, shop, owner, smtp_sink, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with app.at(hour_of(shop, EVENING, 19)):
        page = open_page("/t/shop/", user=owner, language="en")
        bring_the_book(page, shop)
        say_what_was_sent(page)
        agree_and_go_live(page)

    with app.at(hour_of(shop, EVENING, 20)):
        page.goto(page.url.partition("/t/")[0] + "/t/shop/evening/")
        for name in ("Garage Morvan", "Brasserie du Scorff"):
            page.locator("tr", has_text=name).locator("input[type=checkbox]").check()
        page.click("text=The ticked ones have paid")
        said = words(page)
        page.click("text=Record 2 payments")
        page.wait_for_selector("h1:has-text('Evening round')")
        evening = words(page)
    with app.at(hour_of(shop, MORNING, 9)):
        pass_the_morning(shop, MORNING)

    assert "2 payments by transfer, €1,980.50" in said
    assert "Nothing: no reminder is planned for that day." in evening
    assert "Paid today €1,980.50" in evening
    with use_tenant(shop), tenant_atomic():
        assert set(Payment.objects.values_list("means", "received_on", "amount")) == {
            ("TRANSFER", EVENING, Decimal("1200.00")),
            ("TRANSFER", EVENING, Decimal("780.50")),
        }
        assert set(Message.objects.filter(send_on=MORNING).values_list("kind", "state")) == {
            ("THANK_YOU", "SENT")
        }
    assert len(smtp_sink.received) == 2


def as_in_the_plan(body):
    """A mail as the plan has it: the links stand for themselves there, and spaces are plain."""
    plain = re.sub(r"http://\S+", "https://…", body).replace("\xa0", " ").replace("\u202f", " ")
    return " ".join(plain.split())
