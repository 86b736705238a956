"""One debt: its next step, its pauses, promises and disputes, and its red switch."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dunning.forms import DisputeForm, MailedForm, PauseForm, PromiseForm, ResolutionForm
from dunning.models import Case, Dispute, Pause
from dunning.panels import invoice_panel
from dunning.services import (
    mark_mailed,
    open_dispute,
    pause,
    record_promise,
    resolve_dispute,
    resume,
    stop_invoice,
    take_step,
    wake_invoice,
)
from dunning.services.stepping import TooMuch
from dunning.views.asking import ask
from dunning.words import step_name
from tenants.access import READERS, WRITERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.links import tenant_url
from tenants.toasts import say_done


@requires(READERS)
@require_GET
def case(request: TenantRequest, case: uuid.UUID) -> HttpResponse:
    found = _case(case)
    context = {"case": found, "panel": invoice_panel(found.invoice), "invoice": found.invoice}
    return render(request, "dunning/case.html", context)


@requires(WRITERS)
def step(request: TenantRequest, case: uuid.UUID) -> HttpResponse:
    """Take the next step now; a second look when the client has had enough for this week."""
    found = _case(case)
    page: dict[str, Any] = {
        "url": _url(found),
        "title": _("Send the next step now"),
        "done": _("It waits to leave."),
    }
    try:
        return ask(
            request,
            form=None,
            act=lambda _data: _take(request, found),
            question=_("%(step)s leaves now for %(client)s, about %(number)s.") % _names(found),
            label=_("Send now"),
            **page,
        )
    except TooMuch as limit:
        request.failed = True  # type: ignore[attr-defined]
        context = {
            "question": str(limit),
            "label": _("Send it all the same"),
            "name": "confirm",
            "cancel_url": page["url"],
            "title": page["title"],
        }
        return render(request, "dunning/insist.html", context, status=422)


@requires(WRITERS)
def pause_case(request: TenantRequest, case: uuid.UUID) -> HttpResponse:
    found = _case(case)
    return ask(
        request,
        form=PauseForm(request.POST or None),
        act=lambda data: pause(
            client=found.client,
            case=found,
            user=request.user,
            today=today(),
            now=now(),
            **data,
        ),
        url=_url(found),
        title=_("Pause the reminders of %(number)s") % {"number": found.invoice.number},
        question=_("Nothing is sent about this invoice meanwhile."),
        label=_("Pause"),
        done=_("Reminders of %(number)s are paused.") % {"number": found.invoice.number},
        undo=lambda made: tenant_url("dunning:undo_pause", made.public_id),
    )


@requires(WRITERS)
@require_POST
def resume_pause(request: TenantRequest, pause: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Pause.objects.select_related("client", "case"), public_id=pause)
    resume(paused=found, user=request.user, today=today(), now=now())
    say_done(request, _("The pause is over: reminders go on where they stood."))
    if found.case:
        return redirect(tenant_url("dunning:case", found.case.public_id))
    return redirect(tenant_url("clients:detail", found.client.public_id))


@requires(WRITERS)
def promise(request: TenantRequest, case: uuid.UUID) -> HttpResponse:
    found = _case(case)
    receivable = found.receivable
    form = PromiseForm(
        request.POST or None,
        currency=receivable.currency,
        initial={"amount": receivable.balance, "promised_for": today()},
    )
    return ask(
        request,
        form=form,
        act=lambda data: record_promise(
            case=found, user=request.user, today=today(), now=now(), **data
        ),
        url=_url(found),
        title=_("A promise to pay %(number)s") % {"number": found.invoice.number},
        question=_("Reminders stop until its day has passed; without the money they go on."),
        label=_("Note the promise"),
        done=_("The promise to pay %(number)s is noted: no reminder until its day has passed.")
        % {"number": found.invoice.number},
        undo=lambda made: tenant_url("dunning:undo_promise", made.public_id),
    )


@requires(WRITERS)
def dispute(request: TenantRequest, case: uuid.UUID) -> HttpResponse:
    found = _case(case)
    return ask(
        request,
        form=DisputeForm(request.POST or None),
        act=lambda data: open_dispute(
            case=found, user=request.user, today=today(), now=now(), **data
        ),
        url=_url(found),
        title=_("%(number)s is contested") % {"number": found.invoice.number},
        question=_("Reminders stop until you have settled it."),
        label=_("Note the dispute"),
        done=_("The dispute about %(number)s is noted: no reminder until you have settled it.")
        % {"number": found.invoice.number},
        undo=lambda made: tenant_url("dunning:undo_dispute", made.public_id),
    )


@requires(WRITERS)
def resolve(request: TenantRequest, dispute: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(
        Dispute.objects.select_related("case__client", "case__invoice"), public_id=dispute
    )
    return ask(
        request,
        form=ResolutionForm(request.POST or None),
        act=lambda data: resolve_dispute(
            dispute=found, user=request.user, today=today(), now=now(), **data
        ),
        url=_url(found.case),
        title=_("Settle the dispute"),
        question=found.text,
        label=_("Tell the client"),
        done=_("The dispute is settled: the client is told."),
    )


@requires(WRITERS)
def mailed(request: TenantRequest, case: uuid.UUID) -> HttpResponse:
    found = _case(case)
    return ask(
        request,
        form=MailedForm(request.POST or None, initial={"mailed_on": today()}),
        act=lambda data: mark_mailed(
            case=found, user=request.user, today=today(), now=now(), **data
        ),
        url=_url(found),
        title=_("I have sent %(number)s myself") % {"number": found.invoice.number},
        question=_("By post, by hand or from another mailbox: reminders count from there."),
        label=_("Save"),
    )


@requires(WRITERS)
@require_POST
def stop(request: TenantRequest, case: uuid.UUID) -> HttpResponse:
    found = _case(case)
    stop_invoice(invoice=found.invoice, user=request.user, today=today(), now=now())
    say_done(
        request,
        _("Everything about %(number)s is stopped.") % {"number": found.invoice.number},
        undo=tenant_url("dunning:resume_invoice", found.public_id),
    )
    return redirect(_url(found))


@requires(WRITERS)
@require_POST
def wake(request: TenantRequest, case: uuid.UUID) -> HttpResponse:
    found = _case(case)
    wake_invoice(invoice=found.invoice, user=request.user, today=today(), now=now())
    return redirect(_url(found))


def _take(request: TenantRequest, case: Case) -> None:
    take_step(
        case=case,
        user=request.user,
        today=today(),
        now=now(),
        confirm="confirm" in request.POST,
    )


def _names(case: Case) -> dict[str, str]:
    return {
        "step": step_name(case.next_step),
        "client": case.client.name,
        "number": case.invoice.number or "",
    }


def _case(public_id: uuid.UUID) -> Case:
    rows = Case.objects.select_related("client", "invoice", "receivable")
    return get_object_or_404(rows, public_id=public_id)


def _url(case: Case) -> str:
    return tenant_url("dunning:case", case.public_id)
