"""Whatever is done in whatever order, the books hold."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.verifying import verify_tenant
from core.errors import DomainError
from invoices.ledger import client_balance, credit_to, write_off_from
from invoices.models import Receivable
from payments.models import Allocation, Payment
from payments.services import (
    allocate,
    bounce_payment,
    client_credit,
    refund_payment,
    unallocate,
    undo_payment,
)
from tenants.scope import tenant_atomic
from tests.factories.clients import make_client
from tests.factories.payments import NOW, TODAY, make_receivable, pay_by_hand

AMOUNTS = st.sampled_from(["0.01", "7.50", "40.00", "100.00", "250.00"])
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["owe", "pay", "undo", "bounce", "refund", "allocate", "unallocate", "credit", "lose"]
        ),
        AMOUNTS,
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=14,
)


class Books:
    """One client, and acts that pick among what is there."""

    def __init__(self):
        self.client = make_client()

    def do(self, act, amount, which):
        getattr(self, act)(Decimal(amount), which)

    def owe(self, amount, which):
        make_receivable(self.client, str(amount))

    def pay(self, amount, which):
        pay_by_hand(self.client, str(amount))

    def undo(self, amount, which):
        undo_payment(payment=self._one(Payment, which), now=NOW, user=None)

    def bounce(self, amount, which):
        bounce_payment(payment=self._one(Payment, which), now=NOW, user=None)

    def refund(self, amount, which):
        refund_payment(payment=self._one(Payment, which), amount=amount, now=NOW, user=None)

    def allocate(self, amount, which):
        debt = self._one(Receivable, which)
        allocate(
            payment=self._one(Payment, which), receivable=debt, amount=amount, now=NOW, user=None
        )

    def unallocate(self, amount, which):
        unallocate(allocation=self._one(Allocation, which), now=NOW, user=None)

    def credit(self, amount, which):
        debt = self._one(Receivable, which)
        left = min(amount, debt.amount - debt.credited - debt.written_off)
        credit_to(receivable_id=debt.pk, amount=left, credit_note=debt.invoice, on=TODAY)

    def lose(self, amount, which):
        debt = self._one(Receivable, which)
        write_off_from(receivable_id=debt.pk, amount=amount, reason="lost", on=TODAY)

    def _one(self, model, which):
        rows = list(model.objects.order_by("id"))
        if not rows:
            raise DomainError("Nothing there.")
        return rows[which % len(rows)]


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=ACTS)
def test_random_acts_keep_the_invariants(as_acme, acts):
    with transaction.atomic():
        with tenant_atomic():
            books = Books()
            for act, amount, which in acts:
                try:
                    with tenant_atomic():
                        books.do(act, amount, which)
                except DomainError:
                    continue  # refused acts change nothing, which is what is checked below

        violations = verify_tenant()
        with tenant_atomic():
            account = sum(
                row.amount - row.credited - row.written_off for row in Receivable.objects.all()
            ) - sum(row.amount - row.reversed_amount for row in Payment.objects.all())
            said = client_balance(books.client.pk) - client_credit(books.client.pk)
            lowest = min((row.balance for row in Receivable.objects.all()), default=0)
        transaction.set_rollback(True)

    assert violations == []
    assert said == account
    assert lowest >= 0
