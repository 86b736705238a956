"""The middleware that belongs to no app: health, and the language of a page."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation

from tenants.language import COOKIE, LANGUAGES

GetResponse = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """Answers `/healthz` before host checks, sessions and redirects: 200 if the database does."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != "/healthz":
            return self.get_response(request)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            return JsonResponse({"database": "unreachable"}, status=503)
        return JsonResponse({"database": "ok"})


class LanguageMiddleware:
    """`?lang=`, then the cookie, then the browser, then French.

    A signed-in user's own language is written to the cookie at sign-in, so a page costs no query
    for it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = _language(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _language(request: HttpRequest) -> str:
    for wanted in (request.GET.get("lang"), request.COOKIES.get(COOKIE)):
        if wanted in LANGUAGES:
            return wanted
    accepted = request.headers.get("Accept-Language", "")
    first = accepted.split(",")[0].strip()[:2].lower()
    return first if first in LANGUAGES else "fr"
