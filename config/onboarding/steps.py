"""The order of the screens, and where each of them leads."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from tenants.access import TenantRequest
from tenants.links import tenant_url

# the first one is also the page of a new business
TITLES: Final = {
    "business": _("Your business"),
    "look": _("Your logo and colour"),
    "bank": _("Your bank details"),
    "numbers": _("The number of your next invoice"),
    "sending": _("Mails in your name"),
}
KEYS: Final = tuple(TITLES)
END: Final = "ready"


def show_step(
    request: TenantRequest, key: str, context: dict[str, Any], *, is_refused: bool = False
) -> HttpResponse:
    """The page of a screen, within its frame: which of five, and the ways out of it."""
    place = KEYS.index(key)
    frame = {
        "number": place + 1,
        "title": TITLES[key],
        "next_url": next_url(request, key),
        "previous_url": tenant_url(f"onboarding:{KEYS[place - 1]}") if place else "",
        "is_alone": is_alone(request),
    }
    status = 422 if is_refused else 200
    return render(request, f"onboarding/{key}.html", frame | context, status=status)


def after_step(request: TenantRequest, key: str) -> HttpResponse:
    return HttpResponseRedirect(next_url(request, key))


def next_url(request: TenantRequest, key: str) -> str:
    """The next screen; Today for somebody who came from one of its lines."""
    if is_alone(request):
        return tenant_url("today")
    following = (*KEYS, END)[KEYS.index(key) + 1]
    return tenant_url(f"onboarding:{following}")


def same_step(request: TenantRequest, key: str) -> HttpResponse:
    """The screen again, after something on it was done."""
    back = "?back=today" if is_alone(request) else ""
    return HttpResponseRedirect(tenant_url(f"onboarding:{key}") + back)


def is_alone(request: TenantRequest) -> bool:
    """Whether the screen was opened from its line on Today."""
    return request.GET.get("back") == "today"
