"""Plans under fire: real commits, real threads, and a death in the middle."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from core.errors import DomainError
from invoices.models import InstallmentPlan, Receivable
from invoices.services import agree_plan, propose_plan
from invoices.signals import plan_agreed
from invoices.splitting import PartInput
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant
from tests.factories.invoices import NOW, TODAY, make_buyer, make_issued
from tests.factories.payments import pay_by_hand

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(transactional_db):
    tenant = make_tenant("acme")
    with use_tenant(tenant), tenant_atomic():
        client = make_buyer()
        debt = Receivable.objects.get(invoice=make_issued(client))
        plan = propose_plan(
            client=client,
            receivables=[debt],
            parts=[PartInput(None, Decimal(1200))],
            cause="BANK",
            fee=Decimal(0),
            language="fr",
            user=None,
            today=TODAY,
            now=NOW,
        )
    return tenant, plan


def agree(plan):
    return agree_plan(plan=plan, how="TOLD", user=None, today=TODAY, now=NOW)


def at_once(tenant, *acts):
    """Run each in a thread of its own, started together; what each was refused with."""
    gate = threading.Barrier(len(acts))
    refused = []

    def run(act):
        with use_tenant(tenant):
            gate.wait()
            try:
                with tenant_atomic():
                    act()
            except DomainError as error:
                refused.append(type(error).__name__)
            finally:
                connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def owed():
    return sum(Receivable.objects.values_list("balance", flat=True))


def test_two_who_agree_at_once_agree_once(shop):
    tenant, plan = shop

    refused = at_once(tenant, *[lambda: agree(plan)] * 6)

    with use_tenant(tenant), tenant_atomic():
        assert refused == []
        assert (Receivable.objects.filter(plan=plan).count(), owed()) == (1, Decimal(1200))


def test_money_and_agreement_at_once_leave_what_is_owed(shop):
    tenant, plan = shop

    refused = at_once(tenant, lambda: agree(plan), lambda: pay_by_hand(plan.client, "200"))

    with use_tenant(tenant), tenant_atomic():
        state = InstallmentPlan.objects.get().state
        assert (refused, state) in [([], "AGREED"), (["PlanOutdated"], "PROPOSED")]
        assert owed() == Decimal(1000)


def test_a_process_that_dies_while_agreeing_has_agreed_to_nothing(shop):
    tenant, plan = shop

    def die(**_ids):
        raise SystemExit

    plan_agreed.connect(die)
    try:
        with use_tenant(tenant), pytest.raises(SystemExit), tenant_atomic():
            agree(plan)
    finally:
        plan_agreed.disconnect(die)

    with use_tenant(tenant), tenant_atomic():
        assert InstallmentPlan.objects.get().state == "PROPOSED"
        assert Receivable.objects.get().balance == Decimal(1200)
        assert agree(plan).state == "AGREED"


def test_a_foreign_business_sees_nothing_of_a_plan(shop):
    _tenant, plan = shop
    other = make_tenant("other")

    with use_tenant(other), tenant_atomic():
        assert InstallmentPlan.objects.filter(public_id=plan.public_id).exists() is False
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM invoices_planpart")
            assert cursor.fetchone() == (0,)
