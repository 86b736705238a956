"""Taking back what was just said: at one click from the toast, or from the page of the thing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clients.models import Client
from dunning.models import Approval, Dispute, Pause, Profile, Promise
from dunning.services import (
    undo_answer,
    undo_dispute,
    undo_pause,
    undo_plan,
    undo_promise,
    undo_transfers,
)
from dunning.services.undoing import Standing, why_payment_stands
from invoices.present import money
from payments.models import Payment
from tenants.access import WRITERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.links import tenant_url
from tenants.toasts import say_done

NAMED = 8  # clients that a toast names


@requires(WRITERS)
def transfers(request: TenantRequest, gesture: uuid.UUID) -> HttpResponse:
    """Payments recorded together: which go, which stand and why; POST takes them back."""
    rows = Payment.objects.filter(recorded_with=gesture).select_related("client")
    listed = list(rows.order_by("client__search_key", "id"))
    if not listed:
        raise Http404
    url = tenant_url("payments:list")
    if request.method == "POST":
        found = undo_transfers(key=gesture, user=request.user, now=now())
        said = ngettext(
            "%(count)s payment is undone, and is asked for as before: %(names)s.",
            "%(count)s payments are undone, and are asked for as before: %(names)s.",
            len(found.clients),
        )
        _say(request, said, found.clients, found.standing)
        return redirect(url)
    left = [(row, why_payment_stands(row)) for row in listed if row.undone_at is None]
    going = [row for row, why in left if not why]
    if not going:
        messages.info(request, _("Nothing of this can be taken back any more."))
        return redirect(url)
    context = {
        "title": ngettext("Undo %(count)s payment", "Undo %(count)s payments", len(going))
        % {"count": len(going)},
        "question": _("They were recorded together: were they recorded by mistake?"),
        "consequences": [
            *(f"{row.client.name} · {money(row.amount, row.currency)}" for row in going),
            *(
                _("%(client)s · %(amount)s stands: %(why)s.")
                % {"client": row.client.name, "amount": money(row.amount, row.currency), "why": why}
                for row, why in left
                if why
            ),
        ],
        "label": ngettext("Undo %(count)s payment", "Undo %(count)s payments", len(going))
        % {"count": len(going)},
        "is_danger": True,
        "cancel_url": url,
    }
    return render(request, "components/confirm.html", context)


@requires(WRITERS)
def plan(request: TenantRequest, gesture: uuid.UUID) -> HttpResponse:
    """The yes to one ladder or to many: who it was about; POST takes it back."""
    url = tenant_url("dunning:plan")
    agreed = Profile.objects.filter(agreed_with=gesture).select_related("client")
    if not agreed:
        raise Http404
    if request.method == "POST":
        found = undo_plan(key=gesture, user=request.user, today=today(), now=now())
        said = ngettext(
            "Your yes to %(count)s client is taken back: %(names)s.",
            "Your yes to %(count)s clients is taken back: %(names)s.",
            len(found.clients),
        )
        _say(request, said, found.clients, found.standing)
        return redirect(url)
    still = agreed.exclude(approved_at=None).order_by("client__search_key")
    clients = [each.client for each in still]
    if not clients:
        messages.info(request, _("Nothing of this can be taken back any more."))
        return redirect(url)
    label = ngettext(
        "Take back my yes to %(count)s client",
        "Take back my yes to %(count)s clients",
        len(clients),
    ) % {"count": len(clients)}
    context = {
        "title": label,
        "question": _names(clients),
        "consequences": [
            _("Nothing more leaves to them before you agree again."),
            _("A client to whom a reminder has left since keeps his ladder, and is named."),
        ],
        "label": label,
        "cancel_url": url,
    }
    return render(request, "components/confirm.html", context)


@requires(WRITERS)
@require_POST
def answer(request: TenantRequest, approval: uuid.UUID) -> HttpResponse:
    """A yes or a no to a step: the question is open again."""
    rows = Approval.objects.select_related("case__client")
    found = get_object_or_404(rows, public_id=approval)
    undo_answer(approval=found, user=request.user, today=today(), now=now())
    say_done(request, _("Taken back: the question is open again."))
    return redirect(tenant_url("dunning:approval", found.public_id))


@requires(WRITERS)
@require_POST
def pause(request: TenantRequest, pause: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Pause.objects.select_related("client", "case"), public_id=pause)
    undo_pause(paused=found, user=request.user, today=today(), now=now())
    say_done(request, _("The pause is undone: all is as before."))
    if found.case:
        return redirect(tenant_url("dunning:case", found.case.public_id))
    return redirect(tenant_url("clients:detail", found.client.public_id))


@requires(WRITERS)
@require_POST
def promise(request: TenantRequest, promise: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Promise.objects.select_related("case"), public_id=promise)
    undo_promise(promise=found, user=request.user, today=today(), now=now())
    say_done(request, _("The promise is undone: all is as before."))
    return redirect(tenant_url("dunning:case", found.case.public_id))


@requires(WRITERS)
@require_POST
def dispute(request: TenantRequest, dispute: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Dispute.objects.select_related("case"), public_id=dispute)
    undo_dispute(dispute=found, user=request.user, today=today(), now=now())
    say_done(request, _("The dispute is undone: all is as before."))
    return redirect(tenant_url("dunning:case", found.case.public_id))


def _say(
    request: TenantRequest, said: str, gone: Sequence[Client], standing: Iterable[Standing]
) -> None:
    """What was taken back, and a sentence for each thing that stands."""
    if gone:
        text = said % {"count": len(gone), "names": _names(gone)}
        say_done(request, text.replace("….", "…"))
    for each in standing:
        messages.warning(
            request,
            _("%(client)s: this stands, because %(why)s.")
            % {"client": each.client.name, "why": each.why},
        )
    if not gone and not standing:
        messages.info(request, _("This was taken back already."))


def _names(clients: Sequence[Client]) -> str:
    names = ", ".join(dict.fromkeys(client.name for client in clients[:NAMED]))
    return f"{names}…" if len(clients) > NAMED else names
