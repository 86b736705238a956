"""Opens `/t/<slug>/` to members, and turns domain errors into sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import is_valid_path
from django.utils.formats import localize
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from core.errors import DomainError
from tenants.access import TenantRequest
from tenants.links import public_url
from tenants.models import User
from tenants.scope import tenant_atomic, use_tenant
from tenants.signed_in import memberships_of

PREFIX = "/t/"
GetResponse = Callable[[HttpRequest], HttpResponse]


class TenantMiddleware:
    """Finds the membership, then opens one identity and one scope around view and response.

    A stranger and an unknown slug get the same 404. The body is read before the transaction
    begins, so that a slow upload holds no lock; one that announces too much is not read at all.
    Any status ≥ 400 rolls back.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_too_large(request):
            return render(request, "errors/413.html", status=413)
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        slug, _slash, rest = request.path_info.removeprefix(PREFIX).partition("/")
        request.urlconf = settings.TENANT_URLCONF  # type: ignore[attr-defined]
        request.path_info = f"/{rest}"
        if not request.user.is_authenticated:
            # here, because the name of the sign-in page means nothing in the tenant's URL space
            return redirect_to_login(request.get_full_path(), public_url("account_login"))
        return self._as_member(request, slug)

    def _as_member(self, request: HttpRequest, slug: str) -> HttpResponse:
        memberships = memberships_of(cast("User", request.user))  # all: the menu shows them
        membership = next((each for each in memberships if each.tenant.slug == slug), None)
        if membership is None:
            raise Http404
        inside = cast("TenantRequest", request)
        inside.memberships = memberships
        inside.membership, inside.tenant = membership, membership.tenant
        request.POST  # noqa: B018 -- reads the body now, so that a slow upload holds no lock
        with use_tenant(membership.tenant), tenant_atomic():
            response = self.get_response(request)
            if response.status_code >= 400 or getattr(request, "failed", False):  # noqa: PLR2004
                transaction.set_rollback(True)
        return response


class DomainErrorMiddleware:
    """A `DomainError` that no view caught: nothing is changed, and the user reads why."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        request.failed = True  # type: ignore[attr-defined]
        sentence = error.text(gettext, localize)
        if getattr(request, "htmx", False):
            return render(request, "components/error.html", {"message": sentence}, status=422)
        messages.error(request, sentence)
        return HttpResponseRedirect(_back(request))


def _is_too_large(request: HttpRequest) -> bool:
    """Told by its announced length, before a byte is read: pages for anybody are covered too."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    return announced.isdecimal() and int(announced) > settings.UPLOAD_MAX_BYTES


def _back(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        return referer
    return "/" if request.method == "GET" else page_above(request)


def page_above(request: HttpRequest) -> str:
    """The nearest page above an address that may take POST alone: the object's page, or Today."""
    urlconf = getattr(request, "urlconf", settings.ROOT_URLCONF)
    space = request.path.removesuffix(request.path_info)
    above = request.path_info.rstrip("/")
    while above := above.rpartition("/")[0]:
        if is_valid_path(f"{above}/", urlconf):
            return f"{space}{above}/"
    return f"{space}/"
