"""Where gateways call: verify, store, answer. Understanding comes later, in a worker."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments.gateways.errors import BadSignature
from payments.inbox import receive
from payments.limits import is_too_often
from tenants.clock import now
from tenants.doors import find_door
from tenants.models import Door
from tenants.scope import use_tenant

MOST_BYTES = 1_000_000
MOST_PER_MINUTE = 300


@csrf_exempt
@login_not_required
@require_POST
def stripe_webhook(request: HttpRequest, account: UUID) -> HttpResponse:
    """200 once stored, whatever it says; 400 when it proves nothing, and nothing is stored."""
    if is_too_often(f"hook:{account}", most=MOST_PER_MINUTE):
        return HttpResponse(status=429)
    try:
        body = _body(request)
    except RequestDataTooBig:
        return HttpResponse(status=413)
    door = find_door(kind=Door.Kind.WEBHOOK, key=str(account))
    with use_tenant(door.tenant):
        try:
            receive(account_id=door.target, headers=request.headers, body=body, now=now())
        except BadSignature:
            return HttpResponse(status=400)
    return HttpResponse(status=200)


def _body(request: HttpRequest) -> bytes:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise RequestDataTooBig
    return request.body
