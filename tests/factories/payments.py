"""Debts, links and gateway accounts for tests, inside an open scope unless said otherwise."""

import datetime as dt
import itertools
from decimal import Decimal

from core.references import rf_reference
from invoices.models import Invoice, Receivable
from payments.accounts import check_account, connect_stripe, register_webhook
from payments.links import make_link
from payments.models import GatewayAccount
from payments.services import record_payment
from tenants.doors import make_door
from tenants.models import Door
from tenants.scope import tenant_atomic
from tests.factories.clients import make_client

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
KEY = "rk_test_shop"
_numbers = itertools.count(1)


def make_receivable(client=None, amount="100.00", *, due_on=None, number="", **fields):
    """An open debt with its issued invoice."""
    client = client or make_client()
    due_on = due_on or TODAY
    number = number or f"F-2026-{next(_numbers):04d}"
    invoice = Invoice.objects.create(
        client=client,
        origin=Invoice.Origin.IMPORTED,
        state=Invoice.State.ISSUED,
        number=number,
        issued_on=due_on - dt.timedelta(days=30),
        due_on=due_on,
        total_net=Decimal(amount),
        total_gross=Decimal(amount),
    )
    return Receivable.objects.create(
        client=client,
        invoice=invoice,
        amount=Decimal(amount),
        due_on=due_on,
        reference=rf_reference(number),
        **fields,
    )


def link_for(*receivables, now=NOW, **fields):
    return make_link(
        client=receivables[0].client,
        receivables=receivables,
        language=fields.pop("language", "fr"),
        now=now,
        **fields,
    )


def pay_by_hand(client, amount, *, now=NOW, means="TRANSFER", **fields):
    return record_payment(
        client=client,
        amount=Decimal(amount),
        means=means,
        received_on=fields.pop("received_on", now.date()),
        now=now,
        user=fields.pop("user", None),
        **fields,
    )


def make_sandbox_account():
    """The demonstration's account, usable at once."""
    account = GatewayAccount.objects.create(
        gateway=GatewayAccount.Key.SANDBOX, health={"usable": True, "warnings": []}
    )
    make_door(
        kind=Door.Kind.WEBHOOK,
        key=str(account.public_id),
        target=account.public_id,
        expires_at=None,
    )
    return account


def connect_fake_stripe(*, now=NOW, webhook=False):
    """A checked account at the fake Stripe; under an identity, no scope open."""
    with tenant_atomic():
        account = connect_stripe(secret_key=KEY, user=None, now=now)
    if webhook:
        return register_webhook(account_id=account.pk, now=now)
    return check_account(account_id=account.pk, now=now)
