"""A question of the evening mail, answered behind its link by the person it was written to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from dunning.approval_links import approval_for_token
from dunning.drafts import draft_reminder
from dunning.models import Approval, ApprovalLink
from dunning.services import grant, refuse
from dunning.words import step_name
from payments.limits import is_too_often, visitor
from portal.doorway import GETS_PER_MINUTE, private
from tenants.clock import now, today
from tenants.language import LANGUAGES
from tenants.scope import current_tenant, tenant_atomic, use_tenant

CONFLICT, GONE, FORBIDDEN = 409, 410, 403
ANSWERS = (YES, NO) = ("yes", "no")
View = Callable[[HttpRequest, ApprovalLink], HttpResponse]


def behind_mail(view: View) -> Callable[..., HttpResponse]:
    """Open the door of `question` (a token) to its own reader, under its tenant, no scope open.

    Who is signed in as somebody else sees that, and no more; an expired link says so. Unknown
    tokens, and those of who may not write there any more, get the same 404.
    """

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, question: str) -> HttpResponse:
        if is_too_often(f"decide:{visitor(request)}", most=GETS_PER_MINUTE):
            return private(render(request, "portal/too_often.html", status=429))
        door, link = approval_for_token(question)
        user = link.user
        language = user.language if user.language in LANGUAGES else door.tenant.language
        with use_tenant(door.tenant), translation.override(language):
            if request.user.is_authenticated and request.user.pk != user.pk:
                response = _say(request, _("This link was written to somebody else."), FORBIDDEN)
            elif door.is_expired(now()):
                response = _say(request, _("This link has expired: sign in to answer."), GONE)
            else:
                response = view(request, link)
        response.headers["Content-Language"] = language
        return private(response)

    return guarded


@behind_mail
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, link: ApprovalLink) -> HttpResponse:
    """What would leave, word for word, and two buttons. Opening it changes nothing."""
    approval = link.approval
    if approval.state != Approval.State.ASKED:
        return _say(request, _("This question has been answered, or is asked afresh."), CONFLICT)
    if request.POST.get("answer") in ANSWERS:
        return _answer(request, link)
    with tenant_atomic():
        context = {
            "tenant": current_tenant(),
            "approval": approval,
            "client": approval.case.client,
            "step": step_name(approval.step),
            "who": link.user.get_short_name(),
            "draft": draft_reminder(approval),
        }
        return render(request, "portal/decide.html", context)


def _answer(request: HttpRequest, link: ApprovalLink) -> HttpResponse:
    said_yes = request.POST["answer"] == YES
    act = grant if said_yes else refuse
    try:
        with tenant_atomic():
            act(approval=link.approval, user=link.user, today=today(), now=now())
    except DomainError as error:
        return _say(request, str(error), CONFLICT)
    if said_yes:
        return _say(request, _("Approved. It leaves today if nothing changes before."))
    return _say(
        request, _("It is not sent. Nothing more is said about this debt until you resume.")
    )


def _say(request: HttpRequest, sentence: str, status: int = 200) -> HttpResponse:
    context = {"tenant": current_tenant(), "sentence": sentence}
    return render(request, "portal/decided.html", context, status=status)
