"""Instalment plans in the reports: whatever happens, the sums agree, today and on any past day."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.verifying import TENANT_CHECKS
from core.errors import DomainError
from core.money import split_amount
from dunning.cases import decide_anew
from dunning.models import Case
from invoices.models import (
    Credit,
    InstallmentPlan,
    Invoice,
    PlanDebt,
    PlanPart,
    Receivable,
    WriteOff,
)
from invoices.services import agree_plan, decline_plan, propose_plan, withdraw_plan
from invoices.splitting import PartInput
from payments.models import Allocation
from reports.books.aged import read_totals
from reports.books.dated import AsOf
from reports.books.journals import Period, stream_receipts, stream_sales
from reports.today import read_brief
from tenants import clock
from tenants.models import Role
from tenants.scope import tenant_atomic
from tests.factories.dunning import at, day, late_case, pay, run
from tests.reports.books.test_aged import ACTS, AMOUNTS, Books, days, ledger, told

PLANS = ["offer", "offer", "agree", "agree", "withdraw", "decline"]
ZERO = Decimal(0)


class PlanBooks(Books):
    """The acts on the books, and those on plans."""

    def offer(self, amount, which):
        client = self.clients[which % 2]
        owed = list(Receivable.objects.filter(client=client, balance__gt=0).order_by("id"))
        debts = owed[which % 2 :]
        total = sum((debt.balance for debt in debts), ZERO)
        dates = [None, self.day + days(20), self.day + days(50)][: which + 1]
        amounts = split_amount(total, len(dates))
        propose_plan(
            client=client,
            receivables=debts,
            parts=[PartInput(*part) for part in zip(dates, amounts, strict=True)],
            cause="SEASON",
            fee=amount if which == 3 else ZERO,
            language="fr",
            user=None,
            today=self.day,
            now=clock.now(),
        )

    def agree(self, _amount, which):
        plan = self._one(InstallmentPlan, which)
        agree_plan(plan=plan, how="TOLD", user=None, today=self.day, now=clock.now())

    def withdraw(self, _amount, which):
        plan = self._one(InstallmentPlan, which)
        withdraw_plan(plan=plan, user=None, today=self.day, now=clock.now())

    def decline(self, _amount, which):
        plan = self._one(InstallmentPlan, which)
        decline_plan(plan=plan, note="", today=self.day, now=clock.now())


def total_of(rows, column="amount"):
    return rows.aggregate(sum=Sum(column))["sum"] or ZERO


def owed_by_documents():
    """What is owed, reckoned from documents, claims and fees less what lowered them."""
    invoiced = Invoice.objects.exclude(state="DRAFT").exclude(kind="CREDIT_NOTE")
    claimed = Receivable.objects.filter(kind__in=["LATE_FEE", "RECOVERY_INDEMNITY"], plan=None)
    agreed = InstallmentPlan.objects.filter(state="AGREED")
    lowered = (
        total_of(Allocation.objects.filter(undone_at=None))
        + total_of(Credit.objects)
        + total_of(WriteOff.objects)
    )
    return total_of(invoiced, "total_gross") + total_of(claimed) + total_of(agreed, "fee") - lowered


@pytest.mark.django_db
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from([*ACTS, *PLANS]),
            st.sampled_from(AMOUNTS),
            st.integers(0, 3),
            st.integers(0, 25),
        ),
        min_size=4,
        max_size=14,
    )
)
def test_over_any_acts_balances_are_what_is_owed_and_every_past_day_is_told_as_it_stood(
    as_acme, acts
):
    stood = {}
    with transaction.atomic():
        with tenant_atomic():
            books = PlanBooks()
            books.owe(Decimal(1000), 0)
            books.owe(Decimal(250), 0)
            for act, amount, which, later in [("offer", "0", 1, 3), ("agree", "0", 0, 1), *acts]:
                books.day += days(later)
                try:
                    with tenant_atomic():
                        books.do(act, amount, which)
                except DomainError:
                    pass
                assert total_of(Receivable.objects, "balance") == owed_by_documents()
                stood[books.day] = ledger(books)
            past = {on: told(books, on, today=books.day + days(1)) for on in stood}
            violations = [*TENANT_CHECKS["receivables"](), *TENANT_CHECKS["plans"]()]
        transaction.set_rollback(True)

    assert past == stood
    assert violations == []


OFFERED = day(3, 9)
SECOND_PART = day(4, 9)
MISSED = day(4, 15)


def offer_of(case, *, on=OFFERED):
    with clock.as_of(at(on)):
        return propose_plan(
            client=case.client,
            receivables=[case.receivable],
            parts=[PartInput(None, Decimal(600)), PartInput(SECOND_PART, Decimal(600))],
            cause="CASH_FLOW",
            fee=Decimal(15),
            language="fr",
            user=None,
            today=on,
            now=at(on),
        )


def agreed(case, *, on=OFFERED):
    plan = offer_of(case, on=on)
    with clock.as_of(at(on)):
        return agree_plan(plan=plan, how="TOLD", user=None, today=on, now=at(on))


def test_aged_balance_moves_from_the_debt_to_its_parts_on_the_day_of_the_agreement(in_acme):
    agreed(late_case())

    before = read_totals(AsOf(OFFERED - days(1), day(6, 1)))
    after = read_totals(AsOf(OFFERED, day(6, 1)))

    assert (before.owed, after.owed) == (Decimal(1200), Decimal(1215))
    assert sum(before.ages[1:]) == Decimal(1200)  # late since 4 March
    assert sum(after.ages[1:]) == ZERO


def test_undone_plan_is_told_as_it_stood_on_each_of_its_days(in_acme):
    plan = agreed(late_case())
    with clock.as_of(at(day(3, 12))):
        withdraw_plan(plan=plan, user=None, today=day(3, 12), now=at(day(3, 12)))

    owed = [read_totals(AsOf(on, day(6, 1))).owed for on in (day(3, 8), day(3, 11), day(3, 12))]

    assert owed == [Decimal(1200), Decimal(1215), Decimal(1200)]


def test_a_balance_that_no_plan_explains_is_a_violation(in_acme):
    plan = agreed(late_case())
    debt = PlanDebt.objects.get(plan=plan).receivable
    Receivable.objects.filter(pk=debt.pk).update(replaced=Decimal(1000))
    PlanPart.objects.create(plan=plan, position=3, due_on=MISSED, amount=Decimal(1))

    found = list(TENANT_CHECKS["plans"]())

    assert found == [
        f"receivable {debt.public_id}: replaced 1000.00, plans 1200.00",
        f"plan {plan.public_id}: 1200.00, debts 1200.00, parts 1201.00",
    ]


def test_agreeing_to_a_plan_writes_nothing_into_the_journals(in_acme):
    case = late_case()
    year = Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    sales, receipts = list(stream_sales(year)), list(stream_receipts(year))

    agreed(case)

    assert (list(stream_sales(year)), list(stream_receipts(year))) == (sales, receipts)
    assert len(sales) == 1


def lines_of(tenant, today):
    with translation.override("en"):
        work = read_brief(tenant=tenant, role=Role.OWNER, today=today).work
        return [
            (row.task.group, str(row.task.kind), str(row.task.why), row.amount)
            for row in work.rows
            if row.task.icon == "split"
        ]


def test_missed_part_is_one_decision_on_today(in_acme):
    case = late_case()
    plan = agreed(case)
    pay(case, "615", on=day(3, 10))
    parts = Case.objects.filter(receivable__plan=plan, receivable__balance__gt=0)
    assert lines_of(in_acme, MISSED) == []

    decide_anew(list(parts.values_list("pk", flat=True)), today=dt.date(2026, 4, 9))
    run(day(4, 13))
    run(MISSED)

    assert lines_of(in_acme, MISSED) == [
        (
            "approvals",
            "Decision to take",
            "A payment of the plan is missed, since 9 Apr",
            "€600.00",
        )
    ]


def test_offer_without_an_answer_is_a_line_on_today_once_its_day_has_passed(in_acme):
    offer_of(late_case())

    assert lines_of(in_acme, day(3, 16)) == []
    assert lines_of(in_acme, day(3, 17)) == [
        (
            "answers",
            "Plan without an answer",
            "Offered, no answer by 16 Mar: reminders go on",
            "€1,200.00",
        )
    ]
