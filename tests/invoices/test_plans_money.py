"""Money, credit notes, losses, claims and imports on invoices that a plan has split."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from invoices.models import Credit, Invoice, Receivable
from invoices.services import (
    agree_plan,
    claim_late_fees,
    credit_invoice,
    propose_plan,
    withdraw_plan,
    write_off,
)
from invoices.services.fees import CannotClaim
from invoices.services.plans import CannotPlan, PlanOutdated
from invoices.splitting import PartInput
from payments.models import Allocation, Attempt, AttemptTarget
from payments.services import bounce_payment, client_credit
from payments.services.recording import book_charge
from tests.factories.invoices import NOW, TODAY, make_buyer, make_issued, make_line
from tests.factories.payments import link_for, make_sandbox_account, pay_by_hand
from tests.invoices.importing import imports

DAY = dt.timedelta(days=1)
SECOND, THIRD = TODAY + 30 * DAY, TODAY + 60 * DAY


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def debt_of(client, price="1000.00"):
    return Receivable.objects.get(invoice=make_issued(client, lines=[make_line(price=price)]))


def offer(*debts, amounts=("400", "400", "400"), fee="0"):
    dates = [None, SECOND, THIRD]
    return propose_plan(
        client=debts[0].client,
        receivables=debts,
        parts=[PartInput(due, Decimal(each)) for due, each in zip(dates, amounts, strict=False)],
        cause="CASH_FLOW",
        fee=Decimal(fee),
        language="fr",
        user=None,
        today=TODAY,
        now=NOW,
    )


def split(*debts, **terms):
    plan = offer(*debts, **terms)
    return agree_plan(plan=plan, how="TOLD", user=None, today=TODAY, now=NOW)


def open_parts(plan):
    rows = Receivable.objects.filter(plan=plan).order_by("due_on", "id")
    return [(row.kind, row.due_on, row.balance) for row in rows if row.balance]


def test_money_falls_on_the_first_part_first(in_acme):
    plan = split(debt_of(make_buyer()))

    pay_by_hand(plan.client, "500")

    assert open_parts(plan) == [
        ("INSTALLMENT", SECOND, Decimal("300.00")),
        ("INSTALLMENT", THIRD, Decimal("400.00")),
    ]


def test_more_than_the_whole_plan_is_the_clients_credit(in_acme):
    plan = split(debt_of(make_buyer()))

    pay_by_hand(plan.client, "1300")

    assert (open_parts(plan), client_credit(plan.client_id)) == ([], Decimal("100.00"))


def test_payment_on_its_way_when_the_plan_was_agreed_falls_on_its_parts(in_acme):
    debt, other = debt_of(make_buyer()), debt_of(make_buyer("Martin SARL"))
    attempt = Attempt.objects.create(
        link=link_for(debt),
        account=make_sandbox_account(),
        amount=debt.balance,
        currency="EUR",
        expires_at=NOW + DAY,
    )
    AttemptTarget.objects.create(attempt=attempt, receivable=debt)
    plan = split(debt)

    book_charge(
        attempt=attempt,
        source="test",
        external_id="ch_1",
        amount=Decimal("1200.00"),
        currency="EUR",
        occurred_at=NOW,
        means="CARD",
        now=NOW,
    )

    other.refresh_from_db()
    assert (open_parts(plan), client_credit(plan.client_id)) == ([], 0)
    assert other.balance == Decimal("1200.00")


def test_cheque_paid_before_the_plan_that_bounces_is_owed_beside_it(in_acme):
    debt = debt_of(make_buyer())
    cheque = pay_by_hand(debt.client, "200", means="CHEQUE")
    plan = split(debt, amounts=("500", "500"))

    bounce_payment(payment=cheque, now=NOW, user=None)

    debt.refresh_from_db()
    assert (debt.balance, debt.replaced) == (Decimal("200.00"), Decimal("1000.00"))
    assert sum(left for _kind, _day, left in open_parts(plan)) == Decimal("1000.00")


def test_credit_note_falls_on_what_was_paid_and_on_every_part(in_acme):
    debt = debt_of(make_buyer())
    pay_by_hand(debt.client, "200")
    plan = split(debt, amounts=("500", "500"), fee="15")
    pay_by_hand(debt.client, "300")

    note = credit_invoice(invoice=debt.invoice, reason="Annulée", today=TODAY, now=NOW, user=None)

    assert sum(Credit.objects.filter(credit_note=note).values_list("amount", flat=True)) == 1200
    assert client_credit(debt.client_id) == Decimal("500.00")
    assert open_parts(plan) == []  # the fee falls with the last part


def test_fee_of_a_plan_stays_while_another_invoice_of_it_is_owed(in_acme):
    client = make_buyer()
    first, second = debt_of(client, "500"), debt_of(client, "500")
    plan = split(first, second, fee="15")

    credit_invoice(invoice=first.invoice, reason="Annulée", today=TODAY, now=NOW, user=None)

    assert sorted(left for _kind, _day, left in open_parts(plan)) == [15, 200, 400]
    assert ("PLAN_FEE", TODAY, Decimal("15.00")) in open_parts(plan)


def test_last_part_given_up_writes_the_invoice_off(in_acme):
    plan = split(debt_of(make_buyer()))
    pay_by_hand(plan.client, "800")
    last = Receivable.objects.get(plan=plan, due_on=THIRD)

    write_off(receivable=last, reason="Perdu", today=TODAY, now=NOW, user=None)

    assert Invoice.objects.get().state == "WRITTEN_OFF"


def test_credited_plan_cannot_be_undone(in_acme):
    client = make_buyer()
    first, second = debt_of(client, "500"), debt_of(client, "500")
    plan = split(first, second)
    credit_invoice(invoice=first.invoice, reason="Annulée", today=TODAY, now=NOW, user=None)

    with pytest.raises(PlanOutdated, match="already paid or credited"):
        withdraw_plan(plan=plan, user=None, today=TODAY, now=NOW)


def test_interest_of_a_debt_in_a_plan_is_not_claimed(in_acme):
    debt = debt_of(make_buyer())
    split(debt)

    with pytest.raises(CannotClaim, match="A payment plan asks for this"):
        claim_late_fees(
            receivable=Receivable.objects.get(pk=debt.pk),
            interest=Decimal(10),
            indemnity=Decimal(40),
            today=debt.due_on + DAY,
            user=None,
        )


def test_claimed_interest_is_split_as_interest_and_counts_once(in_acme):
    debt = debt_of(make_buyer())
    late = debt.due_on + 10 * DAY
    (fee,) = claim_late_fees(
        receivable=debt, interest=Decimal(30), indemnity=Decimal(0), today=late, user=None
    )

    plan = split(debt, fee, amounts=("600", "600", "30"))

    parts = Receivable.objects.filter(plan=plan, kind="LATE_FEE")
    assert [(part.about, part.amount) for part in parts] == [(debt, Decimal("30.00"))]
    assert sum(left for _kind, _day, left in open_parts(plan)) == Decimal("1230.00")


def test_paid_and_foreign_debts_make_no_plan_even_together_with_a_good_one(in_acme):
    client = make_buyer()
    paid = debt_of(client, "100")
    pay_by_hand(client, "120")
    good = debt_of(client)

    with pytest.raises(CannotPlan, match="still owed"):
        offer(paid, good)


def imported_plan():
    imports.bring_in(imports.row("F1"))
    return split(Receivable.objects.get(), amounts=("600", "600"))


def test_the_same_book_brought_in_again_leaves_the_plan_alone(in_acme):
    plan = imported_plan()
    before = open_parts(plan)

    report = imports.bring_in(imports.row("F1", due="01/12/2026"))

    assert open_parts(plan) == before
    assert (report.created, len(open_parts(plan))) == (0, 2)


def test_what_the_book_says_was_paid_elsewhere_falls_on_the_first_part(in_acme):
    plan = imported_plan()

    imports.bring_in(imports.row("F1", remaining="400,00"))

    assert open_parts(plan) == [("INSTALLMENT", SECOND, Decimal("400.00"))]


def test_a_book_that_says_paid_settles_the_plan(in_acme):
    plan = imported_plan()

    imports.bring_in(imports.row("F1", remaining="0,00"))

    assert open_parts(plan) == []


def test_a_book_that_does_not_know_of_our_payment_changes_nothing(in_acme):
    plan = imported_plan()
    pay_by_hand(plan.client, "600")

    imports.bring_in(imports.row("F1"))

    assert open_parts(plan) == [("INSTALLMENT", SECOND, Decimal("600.00"))]
    assert Allocation.objects.filter(undone_at=None).count() == 1


def test_after_a_plan_was_undone_the_book_is_followed_again(in_acme):
    plan = imported_plan()
    withdraw_plan(plan=plan, user=None, today=TODAY, now=NOW)

    imports.bring_in(imports.row("F1", remaining="700,00"))

    assert open_parts(plan) == []
    assert Receivable.objects.get(plan=None).balance == Decimal("700.00")
