"""How one client is reminded: the dated ladder, the preferences, the pause."""

from __future__ import annotations

import uuid

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from clients.models import Client
from dunning.cases import profile_of
from dunning.dated import dated_ladders
from dunning.forms import LadderForm, PauseForm, PreferencesForm
from dunning.models import Policy, Profile
from dunning.services import approve_ladder, is_kind_guessed, pause, set_preferences
from dunning.views.asking import ask
from dunning.words import ladder_name
from tenants.access import WRITERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.links import tenant_url
from tenants.toasts import say_done


@requires(WRITERS)
def ladder(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    """The computed dates of every open invoice, and the owner's yes to them."""
    found = get_object_or_404(Client, public_id=client)
    profile = profile_of(found.pk)
    form = LadderForm(
        request.POST or None,
        initial={"firm_steps_alone": profile.firm_steps_alone},
        asks_kind=profile.approved_at is None and is_kind_guessed(found),
    )
    if request.method == "POST" and form.is_valid():
        key = uuid.uuid4()
        is_new = profile.approved_at is None
        approve_ladder(
            client=found, user=request.user, today=today(), now=now(), key=key, **form.cleaned_data
        )
        say_done(
            request,
            _("You have agreed to the reminders of %(name)s.") % {"name": found.name},
            undo=tenant_url("dunning:undo_plan", key) if is_new else "",
        )
        return HttpResponseRedirect(tenant_url("clients:detail", found.public_id))
    context = {
        "client": found,
        "form": form,
        "name": ladder_name(profile.policy.key, profile.policy.name),
        "is_approved": profile.approved_at is not None,
        "invoices": dated_ladders(found.pk, today=today()),
    }
    status = 422 if form.errors else 200
    return render(request, "dunning/ladder.html", context, status=status)


@requires(WRITERS)
def preferences(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Client, public_id=client)
    form = PreferencesForm(request.POST or None, initial=_initial(profile_of(found.pk)))
    return ask(
        request,
        form=form,
        act=lambda data: set_preferences(
            client=found, user=request.user, today=today(), now=now(), **data
        ),
        url=tenant_url("clients:detail", found.public_id),
        title=_("How %(name)s is reminded") % {"name": found.name},
        question=_("Open invoices follow from now on."),
        label=_("Save"),
        done=_("Saved: open invoices follow from now on."),
    )


@requires(WRITERS)
def pause_client(request: TenantRequest, client: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Client, public_id=client)
    return ask(
        request,
        form=PauseForm(request.POST or None),
        act=lambda data: pause(client=found, user=request.user, today=today(), now=now(), **data),
        url=tenant_url("clients:detail", found.public_id),
        title=_("Pause the reminders to %(name)s") % {"name": found.name},
        question=_("Nothing is asked of this client meanwhile, about any invoice."),
        label=_("Pause"),
        done=_("Reminders to %(name)s are paused.") % {"name": found.name},
        undo=lambda made: tenant_url("dunning:undo_pause", made.public_id),
    )


def _initial(profile: Profile) -> dict[str, object]:
    policy: Policy = profile.policy
    return {
        "policy": policy.pk,
        "no_pre_due": profile.no_pre_due,
        "first_word_after_days": profile.first_word_after_days,
        "never_remind": profile.never_remind,
    }
