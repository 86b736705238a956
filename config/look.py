"""The reader's own settings of a page (language, theme) and a tenant's style sheet."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from tenants.language import COOKIE, LANGUAGES
from tenants.models import User
from tenants.theme import VERSION, theme_css

THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in a cookie, and with the person when one is signed in."""
    response = _back(request)
    language = request.POST.get("language")
    if language not in LANGUAGES:
        return response
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=language)
    _keep(response, COOKIE, language)
    return response


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep light or dark in a cookie; anything else means: as the system."""
    response = _back(request)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        _keep(response, "theme", theme)
    else:
        response.delete_cookie("theme")
    return response


@login_not_required
@require_GET
@cache_control(public=True, max_age=YEAR, immutable=True)
def tenant_theme(request: HttpRequest, version: int, color: str) -> HttpResponse:
    """The style sheet of a colour: it names no tenant and reads no table."""
    if version != VERSION:
        raise Http404
    return HttpResponse(theme_css(f"#{color}"), content_type="text/css; charset=utf-8")


def _back(request: HttpRequest) -> HttpResponseRedirect:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(wanted if wanted and is_ours else "/")


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
    )
