"""What a client sees behind the link, and how they pay."""

import re
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse

from invoices.models import Invoice
from payments.links import link_token, link_url, make_link
from payments.models import Attempt, PayLink, Payment
from tenants.clock import now
from tenants.doors import key_hash
from tenants.files import store_file
from tenants.models import Door
from tenants.scope import tenant_atomic, use_tenant
from tests.factories.clients import make_client
from tests.factories.payments import link_for, make_receivable, pay_by_hand
from tests.portal.pay_page.visiting import link_on, page, text, today, url


def test_the_page_shows_seller_number_due_day_and_balance(client, shop):
    link = link_on()
    with tenant_atomic():
        number = Invoice.objects.get().number

    shown = text(page(client, link))

    assert "Acme" in shown
    assert number in shown
    assert "120,00 €" in shown


def test_only_the_hash_of_the_token_is_stored(shop):
    link = link_on()

    door = Door.objects.get(kind="PAY_LINK")

    assert bytes(door.key_sha256) == key_hash(link_token(link))
    assert link_url(link).endswith(f"/p/{link_token(link)}/")


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_page_changes_nothing(client, shop, method):
    link = link_on()
    with tenant_atomic():
        before = PayLink.objects.values().get()
    shop.requests.clear()

    answer = getattr(client, method)(url(link))

    with tenant_atomic():
        after = PayLink.objects.values().get()
        assert Attempt.objects.count() == 0
    assert (answer.status_code, before, shop.requests) == (200, after, [])


def test_every_answer_is_private_and_unfindable(client, shop):
    answer = page(client, link_on())

    assert answer["Cache-Control"] == "no-store, private"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "same-origin"


def test_the_button_may_lead_to_the_gateway_and_nowhere_else(client, shop):
    answer = page(client, link_on())

    policy = answer["Content-Security-Policy"]
    forms = re.search(r"form-action ([^;]*)", policy)[1]
    assert shop.url in forms.split()
    assert "unsafe-inline" not in policy


def test_the_page_has_no_inline_style_or_script(client, shop):
    shown = text(page(client, link_on()))

    assert re.findall(r"<script(?![^>]*\bsrc=)|\sstyle=|<style", shown) == []


def test_the_button_opens_the_hosted_page(client, shop):
    link = link_on()

    answer = client.post(url(link, "pay"))

    assert answer.status_code == 303
    assert answer["Location"].startswith(shop.url)


def test_without_the_csrf_token_nothing_is_opened(shop):
    link = link_on()

    answer = Browser(enforce_csrf_checks=True).post(url(link, "pay"))

    with tenant_atomic():
        assert (answer.status_code, Attempt.objects.count()) == (403, 0)


def test_without_a_gateway_the_transfer_is_offered_and_no_button(client, as_acme):
    shown = text(page(client, link_on()))

    assert "FR76" in shown
    assert '<button class="btn btn-pay"' not in shown


def test_a_transfer_is_named_by_its_rf_reference_and_drawn_as_a_code(client, as_acme):
    link = link_on()
    with tenant_atomic():
        reference = link.items.get().receivable.reference

    shown = text(page(client, link))

    assert reference in shown
    assert re.search(r'<svg class="qr" viewBox="0 0 (\d+) \1"', shown)


def test_below_fifty_cents_there_is_no_button(client, shop):
    assert "btn-pay" not in text(page(client, link_on("0.49")))


def test_a_late_debt_says_so_neutrally(client, shop):
    shown = text(page(client, link_on(days=-8), headers={"accept-language": "en"}))

    assert "chip overdue" in shown


def test_a_paid_link_thanks_and_shows_no_button(client, shop):
    link = link_on()
    with tenant_atomic():
        pay_by_hand(link.client, "120.00", now=now())

    shown = text(page(client, link))

    assert "chip paid" in shown
    assert "btn-pay" not in shown
    assert "FR76" not in shown


def test_a_payment_being_confirmed_blocks_the_button(client, shop):
    link = link_on()
    client.post(url(link, "pay"))
    with tenant_atomic():
        attempt = Attempt.objects.get()
    shop.do("pay", session_id=attempt.external_id, method="sepa_debit")
    client.get(url(link, "return"), {"session": attempt.external_id})

    shown = text(page(client, link))

    assert "btn-pay" not in shown
    assert client.post(url(link, "pay")).status_code == 409


def test_a_link_shows_its_own_debts_and_no_other(client, shop):
    with tenant_atomic():
        debtor = make_client()
        mine = make_receivable(debtor, "10.00", number="F-1", due_on=today())
        also = make_receivable(debtor, "15.00", number="F-2", due_on=today())
        make_receivable(debtor, "99.00", number="F-3", due_on=today())
        link = link_for(mine, also, now=now())

    shown = text(page(client, link))

    assert "25,00 €" in shown
    assert ("F-1" in shown, "F-2" in shown, "F-3" in shown) == (True, True, False)


def test_a_part_payment_leaves_the_rest(client, shop):
    link = link_on()
    with tenant_atomic():
        pay_by_hand(link.client, "20.00", now=now())

    assert "100,00 €" in text(page(client, link))


def test_the_pdf_of_the_links_invoice_is_given_and_no_other(client, shop):
    link, other = link_on(), link_on()
    with tenant_atomic():
        stored = store_file(content=b"%PDF-1.7 x", name="F 1.pdf", media_type="application/pdf")
        Invoice.objects.update(document=stored)
        mine = link.items.get().receivable.invoice.public_id
        theirs = other.items.get().receivable.invoice.public_id

    given = client.get(reverse("portal:document", args=[link_token(link), mine]))
    refused = client.get(reverse("portal:document", args=[link_token(link), theirs]))

    assert (given.status_code, given.content) == (200, b"%PDF-1.7 x")
    assert given["Content-Disposition"] == 'attachment; filename="F_1.pdf"'
    assert refused.status_code == 404


@pytest.mark.parametrize(("method", "outcome"), [("card", "PAID"), ("sepa_debit", "CONFIRMING")])
def test_the_return_page_asks_the_gateway(client, shop, method, outcome):
    link = link_on()
    client.post(url(link, "pay"))
    with tenant_atomic():
        attempt = Attempt.objects.get()
    shop.do("pay", session_id=attempt.external_id, method=method)

    answer = client.get(url(link, "return"), {"session": attempt.external_id})

    with tenant_atomic():
        payments = Payment.objects.count()
    assert answer.context["outcome"] == outcome
    assert payments == (1 if outcome == "PAID" else 0)


def test_the_return_page_never_says_failed_of_what_may_succeed(client, shop):
    link = link_on()
    client.post(url(link, "pay"))
    shop.do("fault", fault="500", times=20)

    answer = client.get(url(link, "return"))

    assert answer.context["outcome"] == "CONFIRMING"
    assert 'hx-trigger="load delay:5s"' in text(answer)


def test_another_links_session_is_not_looked_up(client, shop):
    link, other = link_on(), link_on()
    client.post(url(other, "pay"))
    with tenant_atomic():
        session = Attempt.objects.get().external_id

    answer = client.get(url(link, "return"), {"session": session})

    assert answer.context["attempt"] is None


def test_the_language_is_the_links_until_the_reader_chooses(client, shop):
    link = link_on(language="en")

    assert '<html lang="en"' in text(page(client, link))
    assert '<html lang="fr"' in text(client.get(url(link) + "?lang=fr"))


def test_too_many_openings_are_slowed_down(client, shop):
    link = link_on()

    answers = [page(client, link).status_code for _ in range(61)]

    assert (answers[59], answers[60]) == (200, 429)


def test_too_many_clicks_are_slowed_down_and_the_page_stays(client, shop):
    link = link_on()

    answers = [client.post(url(link, "pay")).status_code for _ in range(11)]

    assert (answers[9], answers[10]) == (303, 409)


def test_a_page_costs_the_same_queries_for_one_debt_and_for_three(
    client, shop, django_assert_num_queries
):
    with tenant_atomic():
        debtor = make_client()
        one = [make_receivable(debtor, due_on=today()) for _ in range(2)]
        three = [make_receivable(debtor, due_on=today()) for _ in range(4)]
        links = [link_for(*one, now=now()), link_for(*three, now=now())]
    page(client, links[0])

    for link in links:
        with django_assert_num_queries(16):
            page(client, link)


def test_a_message_has_one_link_whatever_is_asked(as_acme):
    from clients.services import send_message
    from tests.factories.clients import register_probe

    with tenant_atomic():
        debtor = make_client()
        first, second = (make_receivable(debtor) for _ in range(2))
        message = send_message(client=debtor, kind=register_probe(), facts={})
        ask = {"client": debtor, "language": "fr", "now": now(), "message": message}
        link = make_link(receivables=[first, second], **ask)

        again = make_link(receivables=[second], **ask)

        assert again.pk == link.pk
        assert [item.receivable_id for item in link.items.all()] == [second.pk]


def test_another_tenants_rows_are_never_behind_a_token(client, shop, globex):
    with use_tenant(globex), tenant_atomic():
        theirs = link_for(make_receivable(amount="77.00"), now=now())

    shown = text(page(client, theirs))

    assert "Globex" in shown
    assert "Acme" not in shown


def test_credited_debts_close_their_link(client, shop):
    from invoices.ledger import credit_to

    link = link_on("50.00")
    with tenant_atomic():
        receivable = link.items.get().receivable
        credit_to(
            receivable_id=receivable.pk,
            amount=Decimal("50.00"),
            credit_note=receivable.invoice,
            on=today(),
        )

    assert page(client, link).status_code == 404
