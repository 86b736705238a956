"""What a client was offered and agreed to stays as it was, whoever asks the database."""

from decimal import Decimal

import pytest
from django.db import IntegrityError

from invoices.models import InstallmentPlan, PlanDebt, PlanPart
from tenants.scope import tenant_atomic
from tests.factories.invoices import TODAY, make_buyer
from tests.invoices.test_plans import agree, debt_of, propose

TERMS = {"total": Decimal(1), "fee": Decimal(1), "cause": "OTHER", "grace_days": 9}
ACCEPTANCE = {
    "accepted_name": "Somebody else",
    "agreed_how": "ONLINE",
    "accepted_ip": "192.0.2.9",
    "state": "PROPOSED",
}


@pytest.mark.parametrize("column", TERMS)
def test_terms_of_an_offer_cannot_be_changed(in_acme, column):
    plan = propose(debt_of(make_buyer()))

    with pytest.raises(IntegrityError), tenant_atomic():
        InstallmentPlan.objects.update(**{column: TERMS[column]})

    plan.refresh_from_db()
    assert plan.total == Decimal("1200.00")


@pytest.mark.parametrize("column", ACCEPTANCE)
def test_acceptance_cannot_be_changed(in_acme, column):
    agree(propose(debt_of(make_buyer())), name="Anne Dupont")

    with pytest.raises(IntegrityError), tenant_atomic():
        InstallmentPlan.objects.update(**{column: ACCEPTANCE[column]})

    assert InstallmentPlan.objects.get().accepted_name == "Anne Dupont"


@pytest.mark.parametrize("model", [PlanPart, PlanDebt])
def test_parts_and_debts_of_a_plan_can_neither_change_nor_go(in_acme, model):
    propose(debt_of(make_buyer()))

    with pytest.raises(IntegrityError), tenant_atomic():
        model.objects.update(amount=Decimal(1))
    with pytest.raises(IntegrityError), tenant_atomic():
        model.objects.all().delete()

    assert sum(model.objects.values_list("amount", flat=True)) == Decimal(1200)


def test_day_to_answer_may_be_put_off(in_acme):
    propose(debt_of(make_buyer()))

    InstallmentPlan.objects.update(answer_by=TODAY)

    assert InstallmentPlan.objects.get().answer_by == TODAY
