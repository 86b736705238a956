"""What payments do when a balance moves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.dispatch import receiver

from invoices.models import Receivable
from invoices.signals import (
    credit_needs_room,
    receivable_changed,
    receivable_reopened,
    receivable_settled,
    receivables_imported,
)
from payments.links import revoke_pointless_links
from payments.models import Attempt, AttemptTarget
from payments.services.reversing import make_room
from tenants.clock import now
from tenants.wake import wake


@receiver(credit_needs_room)
def free_money(receivable_id: int, amount: Decimal, **kwargs: Any) -> None:
    """A credit note takes the place of money, which becomes the client's credit."""
    make_room(receivable_id=receivable_id, amount=amount, now=now())


@receiver([receivable_changed, receivable_settled, receivable_reopened])
def close_outdated_pages(receivable_id: int, **kwargs: Any) -> None:
    """A hosted page that asks for the old balance is closed, after the commit, by a worker."""
    live = AttemptTarget.objects.filter(
        receivable_id=receivable_id, is_live=True, attempt__state=Attempt.State.OPEN
    )
    if live.exists():
        wake("payments.tasks.expire_open", receivable_id=receivable_id)


@receiver(receivable_settled)
def close_pointless_links(receivable_id: int, by: str, **kwargs: Any) -> None:
    if by not in ("MONEY", "PLAN"):
        revoke_pointless_links(receivable_id=receivable_id, now=now())


@receiver(receivables_imported)
def follow_imported(receivable_ids: list[int], **kwargs: Any) -> None:
    """A file has moved balances: pages that ask for an old one close, links to none are shut."""
    targets = AttemptTarget.objects.filter(
        receivable_id__in=receivable_ids, is_live=True, attempt__state=Attempt.State.OPEN
    )
    for receivable_id in targets.values_list("receivable_id", flat=True).distinct():
        wake("payments.tasks.expire_open", receivable_id=receivable_id)
    paid = Receivable.objects.filter(pk__in=receivable_ids, balance=0, pay_link_items__isnull=False)
    for receivable_id in paid.values_list("pk", flat=True).distinct():
        revoke_pointless_links(receivable_id=receivable_id, now=now())
