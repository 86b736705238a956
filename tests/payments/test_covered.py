"""What a link covers once an agreed plan has taken the place of its debts."""

import datetime as dt
from decimal import Decimal

from invoices.services import agree_plan, propose_plan, withdraw_plan
from invoices.splitting import PartInput
from payments.covered import covered_by
from payments.links import balance_of
from payments.models import PayLink
from tests.factories.clients import make_client
from tests.factories.payments import NOW, TODAY, link_for, make_receivable, pay_by_hand

DAY = dt.timedelta(days=1)
LATER = TODAY + 30 * DAY


def agree(*debts, fee="0"):
    half = sum(debt.balance for debt in debts) / 2
    plan = propose_plan(
        client=debts[0].client,
        receivables=debts,
        parts=[PartInput(None, half), PartInput(LATER, half)],
        cause="OTHER",
        fee=Decimal(fee),
        language="fr",
        user=None,
        today=TODAY,
        now=NOW,
    )
    return agree_plan(plan=plan, how="TOLD", name="Anne", user=None, today=TODAY, now=NOW)


def asked(link, day=TODAY):
    return [(row.due_on, row.balance) for row in covered_by(link).asked(day)]


def debts_of_two_invoices():
    client = make_client()
    return [make_receivable(client, amount, due_on=TODAY - 9 * DAY) for amount in ("600", "300")]


def test_link_of_an_invoice_follows_to_the_parts_of_that_invoice_alone(in_acme):
    first, second = debts_of_two_invoices()
    links = [link_for(debt, is_printed=True) for debt in (first, second)]

    agree(first, second)

    assert [balance_of(link) for link in links] == [Decimal(600), Decimal(300)]
    assert asked(links[0]) == [(TODAY, Decimal(450))]
    assert asked(links[1]) == [(LATER, Decimal(300))]


def test_link_of_all_debts_asks_for_the_part_due_then_for_the_next(in_acme):
    debts = debts_of_two_invoices()
    link = link_for(*debts)
    agree(*debts)

    before = asked(link)
    pay_by_hand(debts[0].client, "450")

    assert before == [(TODAY, Decimal(450))]
    assert asked(link) == [(LATER, Decimal(150)), (LATER, Decimal(300))]


def test_missed_part_is_asked_with_the_one_that_is_due(in_acme):
    debts = debts_of_two_invoices()
    link = link_for(*debts)
    agree(*debts)

    assert sum(amount for _day, amount in asked(link, LATER)) == Decimal(900)


def test_fee_of_a_plan_is_on_mailed_links_and_on_no_printed_one(in_acme):
    debts = debts_of_two_invoices()
    mailed, printed = link_for(*debts), link_for(debts[0], is_printed=True)

    agree(*debts, fee="30")

    assert balance_of(mailed) == Decimal(930)
    assert balance_of(printed) == Decimal(600)


def test_debt_outside_the_plan_stays_on_its_link_beside_the_parts(in_acme):
    first, second = debts_of_two_invoices()
    link = link_for(first, second)

    agree(first)

    assert asked(link) == [(TODAY - 9 * DAY, Decimal(300)), (TODAY, Decimal(300))]


def test_agreeing_leaves_the_doors_of_old_links_open(in_acme):
    debts = debts_of_two_invoices()
    link_for(*debts)

    agree(*debts)

    assert PayLink.objects.filter(revoked_at=None).count() == 1


def test_plan_undone_gives_links_their_debts_back(in_acme):
    debts = debts_of_two_invoices()
    link = link_for(*debts)
    plan = agree(*debts)

    withdraw_plan(plan=plan, user=None, today=TODAY, now=NOW)

    assert balance_of(link) == Decimal(900)
    assert [row.plan_id for row in covered_by(link).rows] == [None, None]


def test_parts_split_anew_are_followed_to_the_newer_plan(in_acme):
    debts = debts_of_two_invoices()
    link = link_for(*debts)
    first = agree(*debts)
    later = list(first.receivables.filter(due_on=LATER).select_related("client"))

    second = agree(*later)

    assert balance_of(link) == Decimal(900)
    assert {row.plan_id for row in covered_by(link).parts} == {first.pk, second.pk}
