"""What the owner decides about a missed part of a plan: more time, or like any late invoice."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dunning.instalment_forms import MoreTimeForm
from dunning.services.plans import chase_as_usual, give_more_time
from dunning.views.asking import ask
from invoices.models import InstallmentPlan
from tenants.access import WRITERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.links import tenant_url


@requires(WRITERS)
def more_time(request: TenantRequest, plan: uuid.UUID) -> HttpResponse:
    """A missed part is left in peace until a day."""
    found = get_object_or_404(InstallmentPlan, public_id=plan)
    return ask(
        request,
        form=MoreTimeForm(request.POST or None),
        act=lambda data: give_more_time(
            plan=found, user=request.user, today=today(), now=now(), **data
        ),
        url=tenant_url("plans:detail", found.public_id),
        done=_("Nothing is said about it until then."),
        title=_("Give more time"),
        question=_("The client hears nothing about what was missed until that day has passed."),
        label=_("Give more time"),
    )


@requires(WRITERS)
def chase(request: TenantRequest, plan: uuid.UUID) -> HttpResponse:
    """A missed part is reminded of like any late invoice."""
    found = get_object_or_404(InstallmentPlan, public_id=plan)
    return ask(
        request,
        form=None,
        act=lambda _data: chase_as_usual(plan=found, user=request.user, today=today(), now=now()),
        url=tenant_url("plans:detail", found.public_id),
        done=_("It is chased like any other late invoice."),
        title=_("Chase as usual"),
        question=_(
            "What was missed joins the client’s usual reminders; the other parts keep their dates."
        ),
        label=_("Chase as usual"),
    )
