"""What this app does when others announce something."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from clients.models import Sender
from clients.wake import wake_mail
from tenants.signals import business_created, business_resumed


@receiver(business_created)
def give_sender(tenant_id: int, **kwargs: Any) -> None:
    """A new business sends through our domain, answers going to its owner."""
    Sender.objects.get_or_create()


@receiver(business_resumed)
def ring(tenant_id: int, **kwargs: Any) -> None:
    """What was held leaves without waiting for the sweep."""
    wake_mail()
