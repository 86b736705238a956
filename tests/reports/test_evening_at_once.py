"""Many hands say "they have paid" at the same moment."""

import datetime as dt
import threading
import uuid
from decimal import Decimal

import pytest
from django.db import connection

from dunning.next_run import leaving_on
from dunning.services import record_transfers
from dunning.services.transfers import Transfer
from invoices.models import Receivable
from payments.models import Payment
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant
from tests.factories.dunning import FIRST_DAY, debtor, late_case

EVENING = dt.date(2026, 3, 5)
NOW = dt.datetime(2026, 3, 5, 17, 30, tzinfo=dt.UTC)
KEY = uuid.UUID("5f2c6c0e-6a0f-4b8e-9f51-0c4b8a7d2f10")
MORVAN = ("Garage Morvan", Decimal("1200.00"), EVENING, "TRANSFER", None)
AUDRAIN = ("Cabinet Audrain", Decimal("600.00"), EVENING, "TRANSFER", None)


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_at_once_record_each_payment_once():
    tenant = make_tenant("atelier", last_run_on=EVENING)
    with use_tenant(tenant), tenant_atomic():
        late_case()
        late_case(debtor("Cabinet Audrain", email="compta@audrain.example"), net="500")
    gate, raised, answers = threading.Barrier(8), [], []

    def click(turn):
        try:
            with use_tenant(tenant), tenant_atomic():
                lines = leaving_on(FIRST_DAY)[:: 1 if turn % 2 else -1]
                transfers = [Transfer(line, line.amount) for line in lines]
            gate.wait()
            with use_tenant(tenant):
                done = record_transfers(
                    transfers=transfers,
                    received_on=EVENING,
                    key=KEY,
                    user=None,
                    today=EVENING,
                    now=NOW,
                )
            answers.append({payment.public_id for payment in done})
        except Exception as error:  # noqa: BLE001 -- the test looks at it
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with use_tenant(tenant), tenant_atomic():
        assert raised == []
        recorded = Payment.objects.order_by("client__name").values_list(
            "client__name", "amount", "received_on", "means", "undone_at"
        )
        assert list(recorded) == [AUDRAIN, MORVAN]
        assert [len(ids) for ids in answers] == [2] * 8
        assert len(set.union(*answers)) == 2
        assert Receivable.objects.filter(balance__gt=0).count() == 0
