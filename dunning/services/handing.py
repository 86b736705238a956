"""At the top of a ladder: keep trying, hand over, or let go."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from clients.models import Message
from clients.services import finish_task
from dunning.models import Case
from dunning.services.silencing import pause
from dunning.services.stepping import CannotTakeStep
from dunning.todo import HAND_OVER
from invoices.services import write_off
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic


class Outlet(models.TextChoices):
    """What becomes of a debt once every step has been taken."""

    KEEP = "KEEP", _("I go on with it myself")
    HAND_OVER = "HAND_OVER", _("I hand it over to an agency, a bailiff or a lawyer")
    WRITE_OFF = "WRITE_OFF", _("I give it up: write it off")


@tenant_atomic()
def settle_hand_over(
    *,
    task: Message,
    outlet: str,
    reason: str,
    user: User | None,
    today: dt.date,
    now: dt.datetime,
) -> Case:
    """Answer the question at the top of a ladder. Handed over, nothing more leaves from here.

    Raises:
        CannotTakeStep: this is another task.
        DomainError: written off without a reason.
    """
    if task.kind != HAND_OVER:
        raise CannotTakeStep(_("There is nothing to hand over here."))
    case = Case.objects.select_related("client", "receivable").get(pk=task.facts["case"])
    finish_task(message=task, user=user, now=now)
    if outlet == Outlet.HAND_OVER:
        pause(
            client=case.client,
            case=case,
            until=None,
            reason=reason or translated("Handed over."),
            user=user,
            today=today,
            now=now,
        )
    elif outlet == Outlet.WRITE_OFF:
        write_off(receivable=case.receivable, reason=reason, today=today, now=now, user=user)
    record(act="hand_over", subject=case, user=user, at=now, after={"outlet": outlet})
    return case
