"""The plan of the next 30 days: what leaves, to whom, in which words; and the owner's yes to it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from clients.models import Client
from clients.paging import Page, asked_edge, page_from
from dunning.entering import unanswered
from dunning.first_wave import CLIENTS_A_DAY
from dunning.forms import ApprovePlanForm, LadderForm
from dunning.own_words import Letter
from dunning.plan import DAYS, first_day
from dunning.plan_reading import (
    by_day,
    by_week,
    indebted,
    read_forecasts,
    read_totals,
    unapproved,
)
from dunning.plan_words import client_lines, with_words
from dunning.queries import latest_agreement
from dunning.services import approve_plan, is_kind_guessed
from tenants.access import READERS, WRITERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.links import tenant_url
from tenants.models import Role, Tenant
from tenants.toasts import say_done

SIZE = 20  # clients on a page: no page weighs more than a hundred kilobytes, three for each
FIRST_DAYS = 10
NAMED = 20  # clients named before a yes to all
UNPROCESSABLE = 422


@requires(READERS)
@require_GET
def plan(request: TenantRequest) -> HttpResponse:
    """The clients, the largest debts first, with their days; those to agree to as if agreed."""
    page = _page(request)
    forecasts = read_forecasts(
        page.rows, today=today(), first=first_day(request.tenant, now()), suppose_yes=True
    )
    weeks = by_week(forecasts)
    context = {
        "totals": read_totals(),
        "clients": [client_lines(each) for each in forecasts],
        "weeks": weeks,
        "emails": sum(week.emails for week in weeks),
        "by_hand": sum(week.calls + week.letters + week.decisions for week in weeks),
        "asking": sum(week.asking for week in weeks),
        "page": page,
        "is_whole": not (page.newer_url or page.older_url),
        "unanswered": unanswered().count(),
        "days": DAYS,
    }
    return render(request, "dunning/plan.html", context)


@requires(READERS)
@require_GET
def client_plan(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    """Everything one client would get, word for word."""
    found = get_object_or_404(Client, public_id=client)
    return _client_page(request, found, LadderForm(asks_kind=is_kind_guessed(found)))


@requires(WRITERS)
@require_POST
def agree(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    """Say yes to one client's dates, from his page or from the list."""
    found = get_object_or_404(Client, public_id=client)
    form = LadderForm(request.POST, asks_kind=is_kind_guessed(found))
    if form.is_valid():
        kind = form.cleaned_data.get("kind", "")
        _agree(
            request,
            [found.pk],
            kinds={found.pk: kind} if kind else {},
            firm_steps_alone=form.cleaned_data["firm_steps_alone"],
        )
        return HttpResponseRedirect(tenant_url("dunning:plan"))
    return _client_page(request, found, form)


@requires(WRITERS)
def approve_all(request: TenantRequest) -> HttpResponse:
    """Agree to every ladder that waits; who a client is, is asked where nothing says it."""
    waiting = list(unapproved().order_by("-owed", "-pk"))
    unknown = [client for client in waiting if is_kind_guessed(client)]
    form = ApprovePlanForm(request.POST if request.method == "POST" else None, unknown=unknown)
    if request.method == "POST" and form.is_valid():
        _agree(
            request,
            [client.pk for client in waiting],
            kinds=form.kinds,
            firm_steps_alone=form.cleaned_data["firm_steps_alone"],
        )
        return HttpResponseRedirect(tenant_url("dunning:live"))
    context = {
        "form": form,
        "waiting": len(waiting),
        "names": _names(waiting),
        "unknown": len(unknown),
        "clients_a_day": CLIENTS_A_DAY,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "dunning/approve_plan.html", context, status=status)


@requires(READERS)
@require_GET
def live(request: TenantRequest) -> HttpResponse:
    """How many messages leave on which days, to the clients agreed to; before going live, after."""
    agreed = list(indebted().filter(dunning_profiles__approved_at__isnull=False))
    forecasts = read_forecasts(
        agreed, today=today(), first=first_day(request.tenant, now()), suppose_yes=False
    )
    days = by_day(forecasts)
    context = {
        "totals": read_totals(),
        "first_days": days[:FIRST_DAYS],
        "first_emails": next((day for day in days if day.emails), None),
        "weeks": by_week(forecasts),
        "agreed": len(agreed),
        "is_test": request.tenant.mode == Tenant.Mode.TEST,
        "may_go_live": request.membership.role == Role.OWNER,
        "days": DAYS,
        "agreement": latest_agreement(now()),
    }
    return render(request, "dunning/live.html", context)


def _client_page(request: TenantRequest, found: Client, form: LadderForm) -> HttpResponse:
    (forecast,) = read_forecasts(
        [found], today=today(), first=first_day(request.tenant, now()), suppose_yes=True
    )
    context = {
        "client": found,
        "forecast": forecast,
        "by_day": with_words(forecast),
        "form": form,
        "letters": [(letter.value.lower(), letter.label) for letter in Letter],
        "may_change": request.membership.role in WRITERS,
        "may_agree": request.membership.role in WRITERS
        and bool(forecast.cases)
        and not forecast.is_approved,
        "days": DAYS,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "dunning/client_plan.html", context, status=status)


def _agree(
    request: TenantRequest, client_ids: list[int], *, kinds: dict[int, str], firm_steps_alone: bool
) -> None:
    key = uuid.uuid4()
    count = approve_plan(
        client_ids=client_ids,
        kinds=kinds,
        user=request.user,
        today=today(),
        now=now(),
        firm_steps_alone=firm_steps_alone,
        key=key,
    )
    said = ngettext(
        "You have agreed to the reminders of %(count)s client.",
        "You have agreed to the reminders of %(count)s clients.",
        count,
    )
    undo = tenant_url("dunning:undo_plan", key) if count else ""
    say_done(request, said % {"count": count}, undo=undo)


def _names(clients: list[Client]) -> str:
    names = ", ".join(client.name for client in clients[:NAMED])
    return f"{names}…" if len(clients) > NAMED else names


def _page(request: HttpRequest) -> Page[Client]:
    """The clients by what they owe, from the edge that the address names on."""
    rows: QuerySet[Any] = indebted()
    public_id, is_back = asked_edge(request)
    edge = rows.filter(public_id=public_id).values_list("owed", "pk").first() if public_id else None
    order = [F("owed").desc(), F("pk").desc()]
    if edge is None:
        is_back = False
    elif is_back:
        rows = rows.filter(Q(owed__gt=edge[0]) | Q(owed=edge[0], pk__gt=edge[1]))
        order = [F("owed").asc(), F("pk").asc()]
    else:
        rows = rows.filter(Q(owed__lt=edge[0]) | Q(owed=edge[0], pk__lt=edge[1]))
    found = list(rows.order_by(*order)[: SIZE + 1])
    return page_from(request, found, size=SIZE, has_edge=edge is not None, is_back=is_back)
