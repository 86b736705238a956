"""Imports: which debts money has touched since, and what a new book says was paid elsewhere."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from invoices.import_plugs import Received
from invoices.models import Receivable
from payments.models import Allocation, AttemptTarget, PayLinkItem
from payments.services import record_payment

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def money_since(receivable_ids: Collection[int], since: dt.datetime) -> dict[int, StrOrPromise]:
    """Debts that a payment, an attempt or a link to pay speaks of."""
    rows = {"receivable_id__in": receivable_ids}
    found: dict[int, StrOrPromise] = {}
    links = PayLinkItem.objects.filter(link__created_at__gte=since, **rows)
    attempts = AttemptTarget.objects.filter(attempt__created_at__gte=since, **rows)
    paid = Allocation.objects.filter(created_at__gte=since, **rows)
    for known, reason in (
        (links, _("The client has a link to pay it.")),
        (attempts, _("The client began to pay it.")),
        (paid, _("A payment is recorded.")),
    ):
        found |= dict.fromkeys(known.values_list("receivable_id", flat=True), reason)
    return found


def receive_in_full(receivables: Sequence[Receivable], received: Received) -> int:
    """Note one payment per client and currency over all that they owe of these; count them."""
    owed: dict[tuple[int, str], dict[Receivable, Decimal]] = defaultdict(dict)
    for row in receivables:
        owed[row.client_id, row.currency][row] = row.balance
    clients = Client.objects.in_bulk({client_id for client_id, _currency in owed})
    for (client_id, currency), amounts in sorted(owed.items(), key=lambda each: each[0]):
        record_payment(
            client=clients[client_id],
            amount=sum(amounts.values(), Decimal(0)),
            currency=currency,
            means=received.means,
            received_on=received.received_on,
            allocations=amounts,
            now=received.now,
            user=received.user,
            recorded_with=received.key,
        )
    return len(owed)
