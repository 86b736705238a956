"""The ladders, shown as days."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dunning.dated import example
from dunning.ladder_rows import ladder_of
from dunning.models import Policy
from dunning.words import WHO_FOR, ladder_name
from tenants.access import OWNERS, TenantRequest, requires
from tenants.clock import today
from tenants.models import Business

IN_DAYS = 30


@requires(OWNERS)
@require_GET
def ladders(request: TenantRequest) -> HttpResponse:
    """Each ladder for an invoice that falls due in a month; read only."""
    due_on = today() + dt.timedelta(days=IN_DAYS)
    rows = [
        {
            "name": ladder_name(policy.key, policy.name),
            "who_for": WHO_FOR.get(policy.key, ""),
            "is_default": policy.key == "STANDARD",
            "steps": example(ladder_of(policy.pk), due_on=due_on),
        }
        for policy in Policy.objects.order_by("id")
    ]
    minimum = Business.objects.values_list("minimum_reminder", flat=True).get()
    context = {"ladders": rows, "due_on": due_on, "minimum": minimum, "tab": "dunning"}
    return render(request, "dunning/ladders.html", context)
