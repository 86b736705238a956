"""The guide of the demonstration: opening one of its things, and closing the card."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from reports.guide import CLOSED, place_of, steps_of, tick
from tenants.access import READERS, TenantRequest, requires
from tenants.clock import now
from tenants.links import tenant_url


@requires(READERS)
@require_GET
def step(request: TenantRequest, step: str) -> HttpResponse:
    """Tick the step and go to the real thing; nothing of the business changes."""
    if step not in steps_of(request.tenant, request.membership.role):
        raise Http404
    tick(request.session, request.tenant, step)
    return redirect(place_of(step, now=now()))


@requires(READERS)
@require_POST
def close(request: TenantRequest) -> HttpResponse:
    if not steps_of(request.tenant, request.membership.role):
        raise Http404
    tick(request.session, request.tenant, CLOSED)
    return redirect(tenant_url("today"))
