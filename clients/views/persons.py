"""People at a client's, and calls to them."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.forms import CallForm, PersonForm, add_domain_error
from clients.models import Client, Message, Person
from clients.services import add_person, finish_task, log_call, remove_person, update_person
from clients.services.calls import NextCallInThePast
from clients.services.persons import FIELDS
from tenants import clock
from tenants.access import WRITERS, TenantRequest, requires
from tenants.links import tenant_url


@requires(WRITERS)
def add(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Client, public_id=client)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_person(client=found, facts=form.cleaned_data, user=request.user, now=clock.now())
        return redirect(_page_of(found))
    status = 422 if form.errors else 200
    return render(request, "clients/person.html", {"form": form, "client": found}, status=status)


@requires(WRITERS)
def edit(request: TenantRequest, person: uuid.UUID) -> HttpResponse:
    found = _person(person)
    initial = {name: getattr(found, name) for name in FIELDS}
    form = PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        update_person(person=found, facts=form.cleaned_data, user=request.user, now=clock.now())
        return redirect(_page_of(found.client))
    context = {"form": form, "client": found.client, "person": found}
    return render(request, "clients/person.html", context, status=422 if form.errors else 200)


@requires(WRITERS)
@require_POST
def remove(request: TenantRequest, person: uuid.UUID) -> HttpResponse:
    found = _person(person)
    remove_person(person=found, user=request.user, now=clock.now())
    messages.success(request, _("%(name)s is removed.") % {"name": found})
    return redirect(_page_of(found.client))


@requires(WRITERS)
def call(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    """Note a call; `?task=` names the "ring them" that it settles."""
    found = get_object_or_404(Client, public_id=client)
    task = _task(request, found)
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _logged(request, form, found, task):
        messages.success(request, _("The call is noted."))
        return redirect(_page_of(found))
    persons = Person.objects.filter(client=found, removed_at=None).exclude(phone="").order_by("id")
    context = {"form": form, "client": found, "task": task, "persons": persons}
    return render(request, "clients/call.html", context, status=422 if form.errors else 200)


@requires(WRITERS)
@require_POST
def task_done(request: TenantRequest, message: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Message.objects.select_related("client"), public_id=message)
    finish_task(message=found, user=request.user, now=clock.now())
    return redirect(_page_of(found.client))


def _logged(request: TenantRequest, form: CallForm, client: Client, task: Message | None) -> bool:
    try:
        log_call(
            client=client, user=request.user, now=clock.now(), message=task, **form.cleaned_data
        )
    except NextCallInThePast as error:
        add_domain_error(form, "next_on", error)
        return False
    return True


def _task(request: TenantRequest, client: Client) -> Message | None:
    try:
        public_id = uuid.UUID(request.GET.get("task", ""))
    except ValueError:
        return None
    tasks = Message.objects.filter(client=client, state=Message.State.TODO)
    return tasks.filter(public_id=public_id).first()


def _person(public_id: uuid.UUID) -> Person:
    persons = Person.objects.select_related("client").filter(removed_at=None)
    return get_object_or_404(persons, public_id=public_id)


def _page_of(client: Client) -> str:
    return tenant_url("clients:detail", client.public_id)
