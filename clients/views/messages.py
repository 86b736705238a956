"""One message: what was said, to whom, and what became of it."""

from __future__ import annotations

import io
import uuid

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from clients.models import Attachment, Message
from clients.paging import page_of
from clients.placeholders import conceal
from clients.present import CHIPS, moment, timeline_row
from clients.services import cancel_message, confirm_left, send_again
from tenants import clock
from tenants.access import READERS, WRITERS, TenantRequest, requires
from tenants.files import read_file
from tenants.links import tenant_url

PAGE = 50
State = Message.State
# An email is somebody's HTML: no script, no picture from outside, no form, an origin of its own.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'self'; sandbox"
)


@requires(READERS)
@require_GET
def message_list(request: TenantRequest) -> HttpResponse:
    """Everything said to anybody, newest first; `?state=` narrows."""
    found = Message.objects.select_related("client").defer("body_html")
    state = request.GET.get("state", "")
    if state in State.values:
        found = found.filter(state=state)
    page = page_of(request, found, order=("-id", "-id"), size=PAGE)
    is_held = bool(request.tenant.stopped_at)
    rows = [(timeline_row(message, held=is_held), message.client) for message in page.rows]
    choices = [
        {"url": f"?state={value}", "label": State(value).label, "is_current": value == state}
        for value in (State.QUEUED, State.TODO, State.FAILED, State.AMBIGUOUS)
    ]
    everything = {"url": "?", "label": _("All"), "is_current": not state}
    context = {"rows": rows, "page": page, "choices": [everything, *choices]}
    return render(request, "clients/messages.html", context)


@csp_update({"frame-src": [SELF]})
@requires(READERS)
@require_GET
def message(request: TenantRequest, message: uuid.UUID) -> HttpResponse:
    found = _message(message)
    context = {
        "message": found,
        "row": timeline_row(found),
        "chip": CHIPS[found.state],
        "text": conceal(found.body_text),
        "files": found.attachments.order_by("position") if found.file_count else (),
        "moments": {
            "created": moment(found.created_at),
            "sent": moment(found.sent_at),
            "doubtful": moment(found.doubtful_since),
            "next_try": moment(found.next_try_at),
        },
        "may_cancel": found.state == State.QUEUED,
        "may_decide": found.state in {State.AMBIGUOUS, State.FAILED} and found.channel == "EMAIL",
    }
    return render(request, "clients/message.html", context)


@requires(READERS)
@require_GET
@xframe_options_sameorigin
def message_html(request: TenantRequest, message: uuid.UUID) -> HttpResponse:
    """The HTML as the client reads it, without its links to pay, in a frame that can do nothing."""
    found = _message(message)
    if not found.body_html:
        raise Http404
    response = HttpResponse(conceal(found.body_html))
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


@requires(READERS)
@require_GET
def attachment(request: TenantRequest, message: uuid.UUID, position: int) -> FileResponse:
    found = get_object_or_404(
        Attachment.objects.select_related("file"), message__public_id=message, position=position
    )
    return FileResponse(
        io.BytesIO(read_file(found.file)),
        as_attachment=True,
        filename=found.name,
        content_type=found.file.media_type,
    )


@requires(WRITERS)
@require_POST
def cancel(request: TenantRequest, message: uuid.UUID) -> HttpResponse:
    found = _message(message)
    cancel_message(message=found, reason=_("Cancelled by %(name)s.") % {"name": request.user})
    return redirect(tenant_url("clients:message", found.public_id))


@requires(WRITERS)
@require_POST
def again(request: TenantRequest, message: uuid.UUID) -> HttpResponse:
    found = _message(message)
    send_again(message=found, user=request.user, now=clock.now())
    messages.success(request, _("The message waits to leave again."))
    return redirect(tenant_url("clients:message", found.public_id))


@requires(WRITERS)
@require_POST
def left(request: TenantRequest, message: uuid.UUID) -> HttpResponse:
    found = _message(message)
    confirm_left(message=found, user=request.user, now=clock.now())
    return redirect(tenant_url("clients:message", found.public_id))


def _message(public_id: uuid.UUID) -> Message:
    return get_object_or_404(
        Message.objects.select_related("client", "created_by"), public_id=public_id
    )
