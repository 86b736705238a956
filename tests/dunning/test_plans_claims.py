"""What may be claimed on missed parts of a plan: nothing twice, one indemnity an invoice."""

from decimal import Decimal

from dunning.claims import claim_of
from dunning.models import Case
from dunning.notices import Ticks, claim_line
from invoices.models import Receivable
from invoices.services import agree_plan, claim_late_fees, propose_plan
from invoices.splitting import PartInput
from payments.services import undo_payment
from tenants import clock
from tests.factories.dunning import at, day, late_case, pay

AGREED = day(3, 9)
SECOND = day(4, 9)
LATER = day(5, 4)
ALL = Ticks(principal=True, late_fees=True, indemnity=True)


def split(case, *more, amounts=("600", "600")):
    debts = [case.receivable, *more]
    with clock.as_of(at(AGREED)):
        plan = propose_plan(
            client=case.client,
            receivables=debts,
            parts=[PartInput(None, Decimal(amounts[0])), PartInput(SECOND, Decimal(amounts[1]))],
            cause="CASH_FLOW",
            fee=Decimal(0),
            language="fr",
            user=None,
            today=AGREED,
            now=at(AGREED),
        )
        return agree_plan(plan=plan, how="TOLD", user=None, today=AGREED, now=at(AGREED))


def parts_of(plan):
    return list(Receivable.objects.filter(plan=plan, kind="INSTALLMENT").order_by("due_on"))


def test_interest_on_a_part_runs_from_its_own_day(in_acme):
    first, second = parts_of(split(late_case()))

    claims = [claim_of(part, today=LATER) for part in (first, second)]

    # 600 × 12.15 % × 56 / 365 and × 25 / 365
    assert [claim.interest for claim in claims] == [Decimal("11.18"), Decimal("4.99")]


def test_one_invoice_in_two_missed_parts_owes_one_indemnity(in_acme):
    first, second = parts_of(split(late_case()))

    assert [claim_of(part, today=LATER).indemnity for part in (first, second)] == [40, 0]


def test_indemnity_claimed_before_the_plan_is_not_claimed_again(in_acme):
    case = late_case()
    claim_late_fees(
        receivable=case.receivable,
        interest=Decimal(0),
        indemnity=Decimal(40),
        today=day(3, 6),
        user=None,
    )

    first, _second = parts_of(split(case))

    assert claim_of(first, today=LATER).indemnity == 0


def test_interest_claimed_before_the_plan_and_split_by_it_stands_in_its_parts(in_acme):
    case = late_case()
    (fee,) = claim_late_fees(
        receivable=case.receivable,
        interest=Decimal(30),
        indemnity=Decimal(0),
        today=day(3, 6),
        user=None,
    )
    plan = split(case, fee, amounts=("600", "630"))

    again = claim_late_fees(
        receivable=parts_of(plan)[0],
        interest=claim_of(parts_of(plan)[0], today=LATER).interest,
        indemnity=Decimal(0),
        today=LATER,
        user=None,
    )

    claimed = Receivable.objects.filter(kind="LATE_FEE", balance__gt=0)
    assert [row.amount for row in again] == [Decimal("11.18")]
    assert sum(claimed.values_list("balance", flat=True)) == Decimal("41.18")


def test_money_that_left_again_bears_interest_alone_not_what_the_plan_took(in_acme):
    case = late_case()
    payment = pay(case, "200", on=day(3, 6))
    split(case, amounts=("500", "500"))
    with clock.as_of(at(day(3, 10))):
        undo_payment(payment=payment, user=None, now=at(day(3, 10)))
    case = Case.objects.select_related("invoice", "receivable__client").get(pk=case.pk)

    claim = claim_of(case.receivable, today=day(3, 24))
    line = claim_line(case, claim, ALL, made=())

    # 200 × 12.15 % × 20 / 365
    assert claim.interest == Decimal("1.33")
    assert (line["gross"], line["paid"], line["remaining"]) == ("200.00", "0.00", "200.00")
