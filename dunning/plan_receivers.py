"""What the agreement on a plan sets off: the client gets it by mail, with the document."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from dunning.plan_mails import send_agreed
from invoices.models import InstallmentPlan
from invoices.signals import plan_agreed


@receiver(plan_agreed)
def confirm_to_the_client(plan_id: int, **_: Any) -> None:
    send_agreed(plan=InstallmentPlan.objects.select_related("client").get(pk=plan_id))
