"""What the owner does with their own hands: post a letter, hand a debt over, waive a fee."""

from __future__ import annotations

import uuid

from django import forms
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from clients.models import Message
from dunning.forms import PostedForm, ReasonForm
from dunning.models import Case
from dunning.services import mark_posted, settle_hand_over
from dunning.services.handing import Outlet
from dunning.todo import ANSWERS, HAND_OVER, LETTER, cases_of, notice_of_letter
from dunning.views.asking import ask
from invoices.models import Receivable
from invoices.services import waive
from tenants.access import READERS, WRITERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.files import read_file
from tenants.links import tenant_url


class OutletForm(forms.Form):
    outlet = forms.ChoiceField(
        label=gettext_lazy("What now?"), choices=Outlet.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200, required=False)


@requires(READERS)
def task(request: TenantRequest, message: uuid.UUID) -> HttpResponse:
    """The page of a task, whatever its kind."""
    found = _task(message)
    if found.kind == LETTER:
        return redirect(tenant_url("dunning:letter_to_post", found.public_id))
    if found.kind in ANSWERS:
        return redirect(tenant_url("dunning:answer", found.public_id))
    if found.kind == HAND_OVER:
        return redirect(tenant_url("dunning:hand_over", found.public_id))
    call = tenant_url("clients:call", found.client.public_id)
    return redirect(f"{call}?task={found.public_id}")


@requires(WRITERS)
def letter_to_post(request: TenantRequest, message: uuid.UUID) -> HttpResponse:
    """The letter to print, and the day on which it was posted."""
    found = _task(message, kind=LETTER)
    notice = notice_of_letter(found)
    form = PostedForm(request.POST or None, initial={"posted_on": today()})
    if request.method == "GET":
        context = {"letter": found, "notice": notice, "form": form, "client": found.client}
        return render(request, "dunning/letter_to_post.html", context)
    return ask(
        request,
        form=form,
        act=lambda data: mark_posted(
            letter=found, user=request.user, today=today(), now=now(), **data
        ),
        url=tenant_url("clients:detail", found.client.public_id),
        title=_("Letter to post"),
        question=_("When was it posted?"),
        label=_("It is posted"),
    )


@requires(READERS)
@require_GET
def letter_pdf(request: TenantRequest, message: uuid.UUID) -> FileResponse:
    notice = notice_of_letter(_task(message, kind=LETTER))
    if notice is None or notice.document is None:
        raise Http404
    return FileResponse(
        iter([read_file(notice.document)]),
        filename=notice.file_name,
        content_type="application/pdf",
    )


@requires(WRITERS)
def hand_over(request: TenantRequest, message: uuid.UUID) -> HttpResponse:
    """Keep, hand over or write off: the owner's decision at the top of the ladder."""
    found = _task(message, kind=HAND_OVER)
    case = get_object_or_404(
        Case.objects.select_related("invoice", "client"), pk__in=cases_of(found)
    )
    return ask(
        request,
        form=OutletForm(request.POST or None, initial={"outlet": Outlet.KEEP}),
        act=lambda data: settle_hand_over(
            task=found, user=request.user, today=today(), now=now(), **data
        ),
        url=tenant_url("dunning:case", case.public_id),
        title=_("Hand over, or let go"),
        question=_("Every step has been taken for %(number)s of %(client)s.")
        % {"number": case.invoice.number, "client": case.client.name},
        label=_("Decide"),
    )


@requires(WRITERS)
def waive_fee(request: TenantRequest, receivable: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Receivable.objects.select_related("client"), public_id=receivable)
    case = get_object_or_404(Case, receivable_id=found.about_id)
    return ask(
        request,
        form=ReasonForm(request.POST or None),
        act=lambda data: waive(
            receivable=found, user=request.user, today=today(), now=now(), **data
        ),
        url=tenant_url("dunning:case", case.public_id),
        title=_("Waive this fee"),
        question=_("The client owes it no more. The reason is kept."),
        label=_("Waive"),
    )


def _task(public_id: uuid.UUID, *, kind: str | None = None) -> Message:
    tasks = Message.objects.select_related("client")
    tasks = tasks.filter(kind=kind) if kind else tasks
    return get_object_or_404(tasks, public_id=public_id)
