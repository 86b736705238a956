"""What the answer to a plan sets off: a mail to the client, a line on the owner's Today.

Connected after `dunning.receivers`, which open the cases of the parts that a line is about.
"""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from clients.models import Message
from dunning.instalment_mails import send_agreed
from dunning.models import Case
from dunning.todo import PLAN_ACCEPTED, PLAN_DECLINED
from invoices.models import InstallmentPlan, Receivable
from invoices.signals import plan_agreed, plan_ended


@receiver(plan_agreed)
def confirm_to_the_client(plan_id: int, **_: Any) -> None:
    plan = _plan(plan_id)
    send_agreed(plan=plan)
    if plan.agreed_how == InstallmentPlan.AgreedHow.ONLINE:
        who = ", ".join(part for part in (plan.accepted_name, plan.accepted_capacity) if part)
        parts = Receivable.objects.filter(plan=plan)
        _tell_the_owner(plan, PLAN_ACCEPTED, list(parts.values_list("pk", flat=True)), who)


@receiver(plan_ended)
def tell_that_it_does_not_suit(plan_id: int, **_: Any) -> None:
    plan = _plan(plan_id)
    if plan.state == InstallmentPlan.State.DECLINED:
        debts = plan.debts.values_list("receivable_id", flat=True)
        _tell_the_owner(plan, PLAN_DECLINED, list(debts), plan.decline_note)


def _tell_the_owner(plan: InstallmentPlan, kind: str, receivable_ids: list[int], text: str) -> None:
    """An answer like those of the three doors: it waits on Today to be looked at, once."""
    cases = Case.objects.filter(receivable__in=receivable_ids).order_by("pk")
    Message.objects.get_or_create(
        unique_key=f"{kind.lower()}:{plan.public_id}",
        defaults={
            "client": plan.client,
            "kind": kind,
            "channel": Message.Channel.PORTAL,
            "direction": Message.Direction.IN,
            "state": Message.State.TODO,
            "language": plan.language,
            "facts": {"late": list(cases.values_list("pk", flat=True)), "plan_id": plan.pk},
            "body_text": text,
            "reason": " ".join(text.split())[:160],
        },
    )


def _plan(plan_id: int) -> InstallmentPlan:
    return InstallmentPlan.objects.select_related("client").get(pk=plan_id)
