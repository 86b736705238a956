"""Instalment plans: proposing, agreeing, declining and taking back."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from clients.models import Client
from core.errors import DomainError
from invoices.models import InstallmentPlan, PlanDebt, Receivable
from invoices.plan_reading import open_plan_of, plan_progress
from invoices.services import agree_plan, decline_plan, propose_plan, withdraw_plan
from invoices.services.plans import CannotPlan, PlanOutdated
from invoices.splitting import CannotSplit, PartInput
from tenants.models import AuditEntry
from tests.factories.invoices import NOW, TODAY, make_buyer, make_issued, make_line
from tests.factories.payments import pay_by_hand

DAY = dt.timedelta(days=1)
WITHIN_A_MONTH = TODAY + 30 * DAY
IN_TWO_MONTHS = TODAY + 60 * DAY


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def debt_of(client, price="1000.00"):
    return Receivable.objects.get(invoice=make_issued(client, lines=[make_line(price=price)]))


def parts(*amounts, first=None):
    days = [first, WITHIN_A_MONTH, IN_TWO_MONTHS]
    return [PartInput(day, Decimal(amount)) for day, amount in zip(days, amounts, strict=False)]


def propose(*debts, amounts=("400", "400", "400"), fee="0", today=TODAY, **fields):
    return propose_plan(
        **{
            "client": debts[0].client,
            "receivables": debts,
            "parts": parts(*amounts),
            "cause": "CASH_FLOW",
            "fee": Decimal(fee),
            "language": "fr",
            "user": None,
            "today": today,
            "now": NOW,
            **fields,
        }
    )


def agree(plan, *, today=TODAY, **fields):
    return agree_plan(plan=plan, today=today, now=NOW, **{"how": "TOLD", "user": None, **fields})


def owed(client):
    rows = Receivable.objects.filter(client=client, balance__gt=0).order_by("due_on", "id")
    return [(row.due_on, row.balance) for row in rows]


def test_proposed_plan_changes_nothing_yet(in_acme):
    debt = debt_of(make_buyer())

    plan = propose(debt)

    assert owed(debt.client) == [(debt.due_on, Decimal("1200.00"))]
    assert plan.answer_by == TODAY + 7 * DAY


def test_agreed_plan_replaces_its_debts_by_one_receivable_per_invoice_and_day(in_acme):
    client = make_buyer()
    first, second = debt_of(client, "500"), debt_of(client, "250")  # 600 and 300 all in

    plan = agree(propose(first, second, amounts=("400", "300", "200")))

    rows = Receivable.objects.filter(plan=plan).order_by("due_on", "id")
    assert [(row.due_on, row.invoice_id, row.amount) for row in rows] == [
        (TODAY, first.invoice_id, Decimal("400.00")),
        (WITHIN_A_MONTH, first.invoice_id, Decimal("200.00")),
        (WITHIN_A_MONTH, second.invoice_id, Decimal("100.00")),
        (IN_TWO_MONTHS, second.invoice_id, Decimal("200.00")),
    ]
    first.refresh_from_db()
    assert (first.balance, first.replaced, first.replaced_by) == (0, Decimal("600.00"), plan)
    assert first.settled_on is None


def test_part_keeps_the_reference_of_its_invoice(in_acme):
    debt = debt_of(make_buyer())

    plan = agree(propose(debt))

    assert set(plan.receivables.values_list("reference", flat=True)) == {debt.reference}


def test_fee_is_due_with_the_first_part_and_bears_its_own_kind(in_acme):
    debt = debt_of(make_buyer())

    plan = agree(propose(debt, fee="15"))

    fee = Receivable.objects.get(plan=plan, kind=Receivable.Kind.PLAN_FEE)
    assert (fee.amount, fee.due_on, fee.invoice) == (Decimal("15.00"), TODAY, debt.invoice)
    assert sum(amount for _day, amount in owed(debt.client)) == Decimal("1215.00")


@pytest.mark.parametrize("kind", ["CONSUMER", "ASSOCIATION", "PUBLIC_BODY"])
def test_fee_is_refused_for_a_client_that_is_no_business(in_acme, kind):
    client = make_buyer()
    debt = debt_of(client)
    Client.objects.filter(pk=client.pk).update(kind=kind)
    client.refresh_from_db()

    with pytest.raises(CannotPlan, match="Only a business can be asked a fee"):
        propose(debt, fee="0.01", client=client)


def test_agreeing_twice_is_agreeing_once(in_acme):
    debt = debt_of(make_buyer())
    plan = agree(propose(debt))

    again = agree(plan, today=TODAY + DAY)

    assert again.agreed_on == TODAY
    assert plan.receivables.count() == 3
    assert AuditEntry.objects.filter(act="agree_plan").count() == 1


def test_client_accepts_online_with_a_name_and_the_document_that_was_read(in_acme):
    plan = propose(debt_of(make_buyer()))
    InstallmentPlan.objects.update(document_sha256="a" * 64)

    done = agree(
        plan,
        how="ONLINE",
        name=" Anne Dupont ",
        capacity="Gérante",
        ip="192.0.2.7",
        document_sha256="a" * 64,
    )

    assert (done.accepted_name, done.accepted_capacity) == ("Anne Dupont", "Gérante")
    assert (done.accepted_ip, done.accepted_at, done.agreed_how) == ("192.0.2.7", NOW, "ONLINE")
    assert AuditEntry.objects.get(act="agree_plan").actor == "CLIENT"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": "", "document_sha256": "a" * 64}, "Say who accepts the plan."),
        ({"name": "Anne", "document_sha256": "0" * 64}, "another one than the one you read"),
        ({"name": "Anne", "document_sha256": ""}, "another one than the one you read"),
    ],
)
def test_online_acceptance_without_name_or_of_another_document_is_refused(in_acme, given, sentence):
    plan = propose(debt_of(make_buyer()))
    InstallmentPlan.objects.update(document_sha256="a" * 64)

    with pytest.raises(DomainError, match=sentence):
        agree(plan, how="ONLINE", **given)

    assert owed(plan.client) == [(plan.debts.get().receivable.due_on, Decimal("1200.00"))]


def test_plan_whose_debt_was_partly_paid_meanwhile_is_refused_and_nothing_changes(in_acme):
    debt = debt_of(make_buyer())
    plan = propose(debt)
    pay_by_hand(debt.client, "100")

    with pytest.raises(PlanOutdated, match="has changed since this plan was proposed"):
        agree(plan)

    assert owed(debt.client) == [(debt.due_on, Decimal("1100.00"))]
    assert InstallmentPlan.objects.get().state == "PROPOSED"


def test_plan_whose_first_date_has_passed_is_refused(in_acme):
    debt = debt_of(make_buyer())
    plan = propose(debt, parts=parts("600", "600", first=TODAY + 2 * DAY))

    with pytest.raises(PlanOutdated, match="A date of this plan has passed"):
        agree(plan, today=TODAY + 3 * DAY)

    assert plan.answer_by == TODAY + 2 * DAY


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ([], "between 1 and 36"),
        ([(None, "1199.99")], "add up to"),
        ([(None, "1200.00"), (WITHIN_A_MONTH, "0")], "more than zero"),
        ([(None, "600.005"), (WITHIN_A_MONTH, "599.995")], "two decimals"),
        ([(TODAY - DAY, "600"), (WITHIN_A_MONTH, "600")], "still to come"),
        ([(None, "600"), (TODAY, "600")], "still to come"),
        ([(WITHIN_A_MONTH, "600"), (WITHIN_A_MONTH, "600")], "follow one another"),
        ([(None, "600"), (None, "600")], "Only the first payment"),
        ([(None, "600"), (TODAY + 3660 * DAY, "600")], "within five years"),
        ([(None, "600"), (dt.date.max, "600")], "within five years"),
    ],
)
def test_parts_that_are_no_plan_are_refused(in_acme, asked, sentence):
    debt = debt_of(make_buyer())
    wanted = [PartInput(day, Decimal(amount)) for day, amount in asked]

    with pytest.raises(CannotSplit, match=sentence):
        propose(debt, parts=wanted)

    assert InstallmentPlan.objects.count() == 0


def test_debts_of_two_clients_are_no_plan(in_acme):
    mine, other = debt_of(make_buyer()), debt_of(make_buyer("Martin SARL"))

    with pytest.raises(CannotPlan, match="about one client"):
        propose(mine, other)


def test_paid_debt_is_no_plan(in_acme):
    debt = debt_of(make_buyer())
    pay_by_hand(debt.client, "1200")

    with pytest.raises(CannotPlan, match="still owed"):
        propose(debt)


def test_cause_outside_the_list_is_refused(in_acme):
    with pytest.raises(CannotPlan, match="from the list"):
        propose(debt_of(make_buyer()), cause="ILLNESS")


def test_debt_on_offer_is_not_offered_twice(in_acme):
    debt = debt_of(make_buyer())
    propose(debt)

    with pytest.raises(CannotPlan, match="already on offer"):
        propose(debt)


def test_withdrawn_offer_cannot_be_agreed(in_acme):
    plan = propose(debt_of(make_buyer()))
    withdraw_plan(plan=plan, user=None, today=TODAY, now=NOW)

    with pytest.raises(PlanOutdated, match="not on offer"):
        agree(plan)


def test_client_declines_once_and_says_why(in_acme):
    plan = propose(debt_of(make_buyer()))

    decline_plan(plan=plan, note=" Trop court ", today=TODAY, now=NOW)
    done = decline_plan(plan=plan, note="again", today=TODAY, now=NOW)

    assert (done.state, done.decline_note, done.ended_on) == ("DECLINED", "Trop court", TODAY)


def test_undone_plan_gives_every_debt_back_as_it_was(in_acme):
    client = make_buyer()
    first, second = debt_of(client, "500"), debt_of(client, "500")
    before = owed(client)
    plan = agree(propose(first, second, fee="15"))

    withdraw_plan(plan=plan, user=None, today=TODAY + DAY, now=NOW)

    assert owed(client) == before
    first.refresh_from_db()
    assert (first.replaced, first.replaced_by) == (0, None)


def test_plan_on_which_money_came_cannot_be_undone(in_acme):
    debt = debt_of(make_buyer())
    plan = agree(propose(debt))
    pay_by_hand(debt.client, "400")

    with pytest.raises(PlanOutdated, match="already paid or credited"):
        withdraw_plan(plan=plan, user=None, today=TODAY, now=NOW)

    assert sum(amount for _day, amount in owed(debt.client)) == Decimal("800.00")


def test_progress_says_what_is_paid_left_next_and_missed(in_acme):
    debt = debt_of(make_buyer())
    plan = agree(propose(debt))
    pay_by_hand(debt.client, "500")

    progress = plan_progress(plan, today=WITHIN_A_MONTH + 6 * DAY)

    assert (progress.amount, progress.paid, progress.left) == (1200, 500, 700)
    assert [part.due_on for part in progress.missed] == [WITHIN_A_MONTH]
    assert (progress.next_part.due_on, progress.next_part.left) == (WITHIN_A_MONTH, 300)
    assert plan_progress(plan, today=WITHIN_A_MONTH + 5 * DAY).missed == []


def test_open_plan_is_found_for_offered_replaced_and_part(in_acme):
    client = make_buyer()
    first, second, alone = debt_of(client), debt_of(client), debt_of(client)
    agreed = agree(propose(first))
    offered = propose(second)
    part = agreed.receivables.first()

    found = open_plan_of([first.pk, second.pk, part.pk, alone.pk])

    assert found == {first.pk: agreed, part.pk: agreed, second.pk: offered}


def test_parts_can_be_split_again(in_acme):
    debt = debt_of(make_buyer())
    first = agree(propose(debt))

    second = agree(propose(*first.receivables.all(), amounts=("1000", "200")))

    assert PlanDebt.objects.filter(plan=second).count() == 3
    assert owed(debt.client) == [(TODAY, Decimal("1000.00")), (WITHIN_A_MONTH, Decimal("200.00"))]


def test_acceptance_online_waits_for_the_document(in_acme):
    plan = propose(debt_of(make_buyer()))

    with pytest.raises(PlanOutdated, match="another one than the one you read"):
        agree(plan, how="ONLINE", name="Anne", document_sha256="")
