"""The owner's word: firm steps one by one, formal notices with what they claim."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunning.drafts import draft_notice_mail, draft_reminder, letter_of_approval
from dunning.forms import PauseForm
from dunning.models import Approval
from dunning.notice_letters import letter_data
from dunning.notices import Ticks
from dunning.proposals import Proposal, propose
from dunning.queries import answered_today, asked
from dunning.services import grant, grant_notice, pause, refuse
from dunning.views.asking import ask
from dunning.words import step_name
from invoices.documents.data import LetterData
from tenants.access import READERS, WRITERS, TenantRequest, requires
from tenants.clock import now, today
from tenants.links import tenant_url
from tenants.toasts import say_done

NOTICE = "FORMAL_NOTICE"


@requires(READERS)
@require_GET
def approvals(request: TenantRequest) -> HttpResponse:
    """The questions that wait, and today's answers that can be taken back; two queries."""
    context = {"rows": _rows(asked()), "answered": _rows(answered_today(today()))}
    return render(request, "dunning/approvals.html", context)


@requires(READERS)
@require_GET
def approval(request: TenantRequest, approval: uuid.UUID) -> HttpResponse:
    """What would leave, word for word, and the buttons to answer with."""
    found = _approval(approval)
    if found.state != Approval.State.ASKED:
        messages.info(request, _("This question has been answered, or is asked afresh."))
        return HttpResponseRedirect(tenant_url("dunning:approvals"))
    context = {"approval": found, "step": step_name(found.step), "client": found.case.client}
    if found.step != NOTICE:
        context["draft"] = draft_reminder(found)
        if request.membership.role in WRITERS:
            words = letter_of_approval(found).value.lower()
            context["words_url"] = tenant_url(
                "dunning:client_words", found.case.client.public_id, words
            )
        return render(request, "dunning/approval.html", context)
    proposal = _propose(found)
    context |= {"proposal": proposal, "draft": draft_notice_mail(proposal)}
    return render(request, "dunning/notice.html", context)


@requires(WRITERS)
@require_POST
def approve(request: TenantRequest, approval: uuid.UUID) -> HttpResponse:
    found = _approval(approval)
    if found.step == NOTICE:
        grant_notice(
            client=found.case.client,
            ticks=_ticks(request),
            user=request.user,
            today=today(),
            now=now(),
        )
    else:
        grant(approval=found, user=request.user, today=today(), now=now())
    say_done(
        request,
        _("Approved for %(client)s. It leaves at the next run if nothing changes before.")
        % {"client": found.case.client.name},
        to=tenant_url("dunning:case", found.case.public_id),
        label=_("See the debt"),
        undo=tenant_url("dunning:undo_answer", found.public_id),
    )
    return HttpResponseRedirect(tenant_url("dunning:approvals"))


@requires(WRITERS)
@require_POST
def totals(request: TenantRequest, approval: uuid.UUID) -> HttpResponse:
    """The sums for the ticks at hand; stores nothing."""
    return render(
        request, "dunning/_notice_totals.html", {"proposal": _proposal(request, approval)}
    )


@requires(READERS)
@require_http_methods(["GET", "POST"])
def letter(request: TenantRequest, approval: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """The letter as it would be printed; stores nothing. A POST carries other ticks."""
    notice = _proposal(request, approval).notice
    if notice is None:
        messages.info(request, _("Tick at least one thing to claim."))
        return HttpResponseRedirect(tenant_url("dunning:approval", approval))
    response = StreamingHttpResponse(_printed(letter_data(notice)), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="preview.pdf"'
    return response


@requires(WRITERS)
def refuse_step(request: TenantRequest, approval: uuid.UUID) -> HttpResponse:
    found = _approval(approval)
    return ask(
        request,
        form=None,
        act=lambda _data: refuse(approval=found, user=request.user, today=today(), now=now()),
        url=tenant_url("dunning:approvals"),
        title=_("Do not send it"),
        question=_("The debt stays, and nothing more is said about it until you resume."),
        label=_("Do not send it"),
        done=_("Nothing more is said about %(number)s until you resume.")
        % {"number": found.case.invoice.number},
        undo=lambda made: tenant_url("dunning:undo_answer", made.public_id),
    )


@requires(WRITERS)
def postpone(request: TenantRequest, approval: uuid.UUID) -> HttpResponse:
    """Pause the case: the question comes back after that day."""
    found = _approval(approval)
    form = PauseForm(request.POST or None)
    form.fields["until"].required = True
    form.fields["until"].help_text = ""
    return ask(
        request,
        form=form,
        act=lambda data: pause(
            client=found.case.client,
            case=found.case,
            user=request.user,
            today=today(),
            now=now(),
            **data,
        ),
        url=tenant_url("dunning:approvals"),
        title=_("Ask me later"),
        question=_("Nothing is said until then; the question comes back on the next business day."),
        label=_("Postpone"),
        done=_("The question about %(number)s comes back after that day.")
        % {"number": found.case.invoice.number},
        undo=lambda made: tenant_url("dunning:undo_pause", made.public_id),
    )


def _rows(found: Iterable[Approval]) -> list[dict[str, object]]:
    """One line per firm step, and one per formal notice: its debts are answered together."""
    rows, noticed = [], set()
    for approval in found:
        notice = (approval.case.client_id, approval.case.receivable.currency)
        if approval.step == NOTICE and notice in noticed:
            continue
        if approval.step == NOTICE:
            noticed.add(notice)
        rows.append({"approval": approval, "step": step_name(approval.step)})
    return rows


def _printed(data: LetterData) -> Iterator[bytes]:
    """Printed while the answer is written, when the transaction of the page is over."""
    from invoices.documents.render import render_letter  # noqa: PLC0415 -- WeasyPrint is heavy

    yield render_letter(data)


def _proposal(request: TenantRequest, approval: uuid.UUID) -> Proposal:
    ticks = _ticks(request) if request.method == "POST" else None
    return _propose(_approval(approval), ticks)


def _propose(found: Approval, ticks: dict[str, Ticks] | None = None) -> Proposal:
    """The notice that a question is about: all that is asked of its client, in its currency."""
    case = found.case
    currency = case.receivable.currency
    return propose(case.client, currency=currency, today=today(), ticks=ticks)


def _ticks(request: TenantRequest) -> dict[str, Ticks]:
    """The boxes of each line, named `<what>-<approval>`."""
    ids = {name.partition("-")[2] for name in request.POST if "-" in name}
    return {
        public_id: Ticks(
            principal=f"principal-{public_id}" in request.POST,
            late_fees=f"late_fees-{public_id}" in request.POST,
            indemnity=f"indemnity-{public_id}" in request.POST,
        )
        for public_id in ids
    }


def _approval(public_id: uuid.UUID) -> Approval:
    rows = Approval.objects.select_related("case__client", "case__invoice", "case__receivable")
    return get_object_or_404(rows, public_id=public_id)
