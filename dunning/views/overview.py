"""What leaves today and next, what is silent and why, and what stands in the way."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dunning.leaving import HORIZON, look_ahead
from dunning.queries import failed_cases, held, last_run, silences, waiting_approvals
from dunning.todo import to_do
from tenants.access import READERS, TenantRequest, requires
from tenants.clock import today

TASKS = 50


@requires(READERS)
@require_GET
def overview(request: TenantRequest) -> HttpResponse:
    """A dry run of today, the outlook of two weeks, and the silent debts by reason."""
    day, tenant = today(), request.tenant
    ahead = look_ahead(day)
    context = {
        "today": day,
        "leaving": ahead.today,
        "later": ahead.later,
        "silences": silences(),
        "failed": failed_cases(),
        "last_run": last_run(tenant.last_run_on) if tenant.last_run_on else [],
        "to_approve": waiting_approvals().count(),
        "tasks": list(to_do().select_related("client")[:TASKS]),
        "held": held() if tenant.stopped_at else 0,
        "horizon": HORIZON,
    }
    return render(request, "dunning/overview.html", context)
