"""Links: printed once, one per message, revealed to the mail server alone."""

import datetime as dt
from decimal import Decimal

import pytest
from django.http import Http404

from clients.placeholders import conceal, links_in, reveal
from invoices.ledger import write_off_from
from invoices.plugs import pay_placeholder, pay_url_printed
from payments.links import (
    CannotLink,
    balance_of,
    link_for_token,
    link_token,
    link_url,
    make_link,
    placeholder,
)
from payments.models import PayLink
from tests.factories.clients import make_client, queue_probe
from tests.factories.payments import NOW, TODAY, link_for, make_receivable, pay_by_hand

pytestmark = pytest.mark.usefixtures("in_acme")


def test_the_printed_link_of_an_invoice_is_made_once():
    invoice = make_receivable().invoice

    first, second = pay_url_printed(invoice), pay_url_printed(invoice)

    assert first == second
    assert PayLink.objects.filter(is_printed=True).count() == 1


def test_a_message_holds_a_placeholder_and_the_mail_server_gets_the_link():
    debt = make_receivable()
    message = queue_probe(debt.client)

    stored = f"Payer : {pay_placeholder(message, [debt])}"

    link = PayLink.objects.get(message=message)
    assert stored == f"Payer : {placeholder(link)}"
    assert reveal(stored, links_in([stored])) == f"Payer : {link_url(link)}"
    assert link_token(link) not in conceal(stored)


def test_a_message_that_asks_for_nothing_has_no_link():
    assert pay_placeholder(queue_probe(make_client()), []) is None


def test_the_token_is_the_same_every_time_and_differs_between_links():
    debt = make_receivable()
    one, other = link_for(debt), link_for(debt)

    assert link_token(one) == link_token(PayLink.objects.get(pk=one.pk))
    assert link_token(one) != link_token(other)
    assert len(link_token(one)) == 43


def test_another_version_of_the_key_gives_another_token(settings):
    link = link_for(make_receivable())
    before = link_token(link)
    settings.LINK_KEYS = {1: "other", 2: "new"}

    assert link_token(link) != before


@pytest.mark.parametrize(("due_in", "expected"), [(-40, 90), (30, 120)])
def test_a_link_lives_ninety_days_from_now_or_from_the_latest_due_day(due_in, expected):
    link = link_for(make_receivable(due_on=TODAY + dt.timedelta(days=due_in)))

    assert (link.expires_at.date() - TODAY).days == expected


def test_a_link_is_about_one_client_in_one_currency():
    mine, theirs = make_receivable(), make_receivable(make_client("Martin"))
    francs = make_receivable(mine.client, currency="CHF")

    for receivables in ([], [mine, theirs], [mine, francs]):
        with pytest.raises(CannotLink):
            make_link(client=mine.client, receivables=receivables, language="fr", now=NOW)

    assert PayLink.objects.count() == 0


def test_the_balance_is_what_its_own_debts_still_ask():
    debt = make_receivable(amount="100.00")
    make_receivable(debt.client, "50.00", due_on=TODAY + dt.timedelta(days=3))
    link = link_for(debt)
    pay_by_hand(debt.client, "30.00")

    assert balance_of(link) == Decimal("70.00")


def test_a_debt_given_up_closes_its_link():
    debt = make_receivable(amount="100.00")
    token = link_token(link_for(debt))

    write_off_from(receivable_id=debt.pk, amount=Decimal("100.00"), reason="lost", on=TODAY)

    with pytest.raises(Http404):
        link_for_token(token)


def test_a_debt_paid_in_part_and_given_up_keeps_its_link():
    debt = make_receivable(amount="100.00")
    token = link_token(link_for(debt))
    pay_by_hand(debt.client, "60.00")

    write_off_from(receivable_id=debt.pk, amount=Decimal("40.00"), reason="lost", on=TODAY)

    assert link_for_token(token)[1].revoked_at is None
