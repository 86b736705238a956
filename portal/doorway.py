"""The way in to a client's pages: token, tenant, language, and what every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from payments.limits import is_too_often, visitor
from payments.links import link_for_token
from payments.models import PayLink
from tenants.clock import now
from tenants.language import COOKIE, LANGUAGES
from tenants.scope import current_tenant, use_tenant

GETS_PER_MINUTE = 60

View = Callable[..., HttpResponse]


def behind_link(view: View) -> View:
    """Open the door of `token` and call `view(request, link, …)` under its tenant, no scope open.

    A genuine link that has expired gets a neutral page; the view may take over with
    `view.when_expired`. Unknown, revoked and foreign tokens get the same 404.
    """

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        if is_too_often(f"pay:{visitor(request)}", most=GETS_PER_MINUTE):
            return private(render(request, "portal/too_often.html", status=429))
        door, link = link_for_token(token)
        language = _language(request, link)
        with use_tenant(door.tenant), translation.override(language):
            if door.is_expired(now()):
                response = getattr(view, "when_expired", expired)(request, link)
            else:
                response = view(request, link, token=token, **kwargs)
        response.headers["Content-Language"] = language
        return private(response)

    return guarded


def expired(request: HttpRequest, link: PayLink, *, is_sent: bool = False) -> HttpResponse:
    """Names no amount and no client."""
    context = {"tenant": current_tenant(), "is_sent": is_sent}
    return render(request, "errors/link_expired.html", context, status=200 if is_sent else 410)


def private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, found by no search engine."""
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _language(request: HttpRequest, link: PayLink) -> str:
    """What the reader chose, else the link's; the browser's is asked only when it has none."""
    for wanted in (request.GET.get("lang"), request.COOKIES.get(COOKIE), link.language):
        if wanted in LANGUAGES:
            return str(wanted)
    return translation.get_language() or "fr"
