"""Old debts: what was sent before, so that each one enters its ladder where it stands."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from dunning import entering
from dunning.first_wave import CLIENTS_A_DAY
from dunning.forms import AgesForm, EntryForm
from dunning.models import Case
from dunning.services import accept_good_payers, enter_debt, enter_debts
from dunning.views.asking import ask
from tenants.access import WRITERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.links import tenant_url
from tenants.toasts import say_done


@requires(WRITERS)
def start(request: TenantRequest) -> HttpResponse:
    """The old debts by age, and the question; the answers may be changed until something leaves."""
    buckets = entering.buckets(entering.old_debts(), today=today())
    form = AgesForm(request.POST if request.method == "POST" else None, buckets=buckets)
    if request.method == "POST" and form.is_valid():
        count = enter_debts(answers=form.cleaned_data, user=request.user, today=today(), now=now())
        said = ngettext(
            "%(count)s old debt has its place in the plan.",
            "%(count)s old debts have their place in the plan.",
            count,
        )
        say_done(
            request,
            said % {"count": count},
            to=tenant_url("dunning:start"),
            label=_("Change the answers"),
        )
        return HttpResponseRedirect(tenant_url("dunning:plan"))
    context = {
        "rows": [(bucket, form[bucket.age.key]) for bucket in buckets],
        "form": form,
        "good_payers": entering.good_payers(),
        "clients_a_day": CLIENTS_A_DAY,
    }
    status = 422 if form.errors else 200
    return render(request, "dunning/start.html", context, status=status)


@requires(WRITERS)
@require_POST
def good_payers(request: TenantRequest) -> HttpResponse:
    count = accept_good_payers(user=request.user, today=today(), now=now())
    said = ngettext(
        "%(count)s good payer is left in peace a little longer.",
        "%(count)s good payers are left in peace a little longer.",
        count,
    )
    messages.success(request, said % {"count": count})
    return HttpResponseRedirect(tenant_url("dunning:start"))


@requires(WRITERS)
def enter(request: TenantRequest, case: uuid.UUID) -> HttpResponse:
    """The exception for one debt, on a page of its own."""
    rows = Case.objects.select_related("client", "invoice", "receivable")
    found = get_object_or_404(rows, public_id=case)
    url = tenant_url("dunning:case", found.public_id)
    debts = entering.old_debts(entering.old_cases().filter(pk=found.pk))
    if not debts:
        messages.info(request, _("This debt is on its ladder already."))
        return HttpResponseRedirect(url)
    age = entering.age_of(found.receivable.due_on, today())
    form = EntryForm(request.POST or None, answers=age.answers, initial={"answer": debts[0].answer})
    return ask(
        request,
        form=form,
        act=lambda data: enter_debt(
            case=found, user=request.user, today=today(), now=now(), **data
        ),
        url=url,
        title=_("%(number)s: what have you already sent?") % {"number": found.invoice.number},
        question=_("The next word follows from your answer; nothing leaves before your yes."),
        label=_("Save"),
    )
