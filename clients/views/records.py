"""The list of clients, a client's page, and their record."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.forms import ClientForm, FirstPersonForm, add_domain_error
from clients.models import Client, Message, Person
from clients.paging import page_of
from clients.panels import acts_for, list_columns, panels_of
from clients.present import address_lines, timeline_row
from clients.services import (
    add_person,
    archive_client,
    create_client,
    resume_client,
    stop_client,
    unarchive_client,
    update_client,
)
from clients.services.records import FIELDS, NumberTaken
from core.search import search_key
from tenants import clock
from tenants.access import READERS, WRITERS, TenantRequest, requires
from tenants.links import tenant_url
from tenants.toasts import say_done

PAGE = 50
EVENTS = 20


@requires(READERS)
@require_GET
def client_list(request: TenantRequest) -> HttpResponse:
    """Clients by name; `?q=` looks into names and numbers."""
    query = request.GET.get("q", "").strip()[:100]
    is_archive = "archived" in request.GET
    page = page_of(
        request, _found(query, is_archive=is_archive), order=("search_key", "id"), size=PAGE
    )
    columns = list_columns()
    cells = [column.cells([client.pk for client in page.rows]) for column in columns]
    rows = [
        {
            "url": tenant_url("clients:detail", client.public_id),
            "client": client,
            "cells": [
                (column.css, cell.get(client.pk, ""))
                for column, cell in zip(columns, cells, strict=True)
            ],
        }
        for client in page.rows
    ]
    context = {"q": query, "page": page, "rows": rows, "columns": columns, "archive": is_archive}
    return render(request, "clients/list.html", context)


@requires(READERS)
@require_GET
def detail(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Client, public_id=client)
    events = page_of(
        request,
        Message.objects.filter(client=found).defer("body_html"),
        order=("-id", "-id"),
        size=EVENTS,
    )
    persons = list(Person.objects.filter(client=found, removed_at=None).order_by("id"))
    is_held = bool(found.stopped_at or request.tenant.stopped_at)
    context = {
        "client": found,
        "persons": persons,
        "has_address": any(person.email and not person.bounced_at for person in persons),
        "address": address_lines(found),
        "events": [timeline_row(message, held=is_held) for message in events.rows],
        "page": events,
        "acts": acts_for(found),
        "panels": panels_of(found, "MAIN"),
        "side_panels": panels_of(found, "SIDE"),
    }
    return render(request, "clients/detail.html", context)


@requires(WRITERS)
def create(request: TenantRequest) -> HttpResponse:
    form = ClientForm(request.POST or None, initial={"kind": "BUSINESS", "country": "FR"})
    person = FirstPersonForm(request.POST or None, prefix="person")
    if request.method == "POST" and form.is_valid() & person.is_valid():
        client = _saved(request, form, None)
        if client is not None:
            if person.is_filled:
                add_person(
                    client=client, facts=person.cleaned_data, user=request.user, now=clock.now()
                )
            return redirect(tenant_url("clients:detail", client.public_id))
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "person": person}
    return render(request, "clients/create.html", context, status=status)


@requires(WRITERS)
def edit(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Client, public_id=client)
    initial: dict[str, Any] = {name: getattr(found, name) for name in FIELDS}
    form = ClientForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _saved(request, form, found):
        messages.success(request, _("Saved."))
        return redirect(tenant_url("clients:detail", found.public_id))
    status = 422 if request.method == "POST" else 200
    return render(request, "clients/edit.html", {"form": form, "client": found}, status=status)


@requires(WRITERS)
@require_POST
def archive(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Client, public_id=client)
    archive_client(client=found, user=request.user, now=clock.now())
    say_done(
        request,
        _("%(name)s is archived.") % {"name": found.name},
        to=tenant_url("clients:detail", found.public_id),
        label=_("See the client"),
        undo=tenant_url("clients:unarchive", found.public_id),
    )
    return redirect(tenant_url("clients:list"))


@requires(WRITERS)
@require_POST
def unarchive(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Client, public_id=client)
    unarchive_client(client=found, user=request.user, now=clock.now())
    return redirect(tenant_url("clients:detail", found.public_id))


@requires(WRITERS)
def stop(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Client, public_id=client)
    url = tenant_url("clients:detail", found.public_id)
    if request.method == "POST":
        stop_client(client=found, user=request.user, now=clock.now())
        say_done(
            request,
            _("Everything to %(name)s is stopped.") % {"name": found.name},
            undo=tenant_url("clients:resume", found.public_id),
        )
        return redirect(url)
    context = {
        "title": _("Stop everything to %(name)s") % {"name": found.name},
        "question": _("Nothing more will leave for this client until you resume."),
        "consequences": [
            _("Messages that wait are held, and shown as such."),
            _("What has left cannot be called back."),
        ],
        "label": _("Stop"),
        "is_danger": True,
        "cancel_url": url,
    }
    return render(request, "components/confirm.html", context)


@requires(WRITERS)
def resume(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Client, public_id=client)
    url = tenant_url("clients:detail", found.public_id)
    if request.method == "POST":
        resume_client(client=found, user=request.user, now=clock.now())
        return redirect(url)
    waiting = Message.objects.filter(
        client=found, state=Message.State.QUEUED, channel=Message.Channel.EMAIL
    )
    held = [str(timeline_row(message).title) for message in waiting.order_by("id")[:PAGE]]
    context = {
        "title": _("Resume sending to %(name)s") % {"name": found.name},
        "question": _("These messages will leave:") if held else _("No message is held."),
        "consequences": held,
        "label": _("Resume"),
        "cancel_url": url,
    }
    return render(request, "components/confirm.html", context)


def _found(query: str, *, is_archive: bool) -> QuerySet[Client]:
    clients = Client.objects.filter(archived_at__isnull=not is_archive)
    for word in search_key(query).split():
        clients = clients.filter(
            Q(search_key__contains=word) | Q(siren__startswith=word) | Q(city__icontains=word)
        )
    return clients


def _saved(request: TenantRequest, form: ClientForm, client: Client | None) -> Client | None:
    """Write the record; a number taken is said beside its field."""
    try:
        if client is None:
            return create_client(facts=form.cleaned_data, user=request.user, now=clock.now())
        return update_client(
            client=client, facts=form.cleaned_data, user=request.user, now=clock.now()
        )
    except NumberTaken as error:
        add_domain_error(form, "number", error)
        return None
