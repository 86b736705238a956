"""Accounts: who may sign up, and account mails while no mail server is set."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import HttpRequest, HttpResponse

from tenants.models import User
from tenants.scope import assert_no_open_scope

KEPT = "kept-account-mails"
KEPT_AT_MOST = 20
KEPT_FOR = 24 * 3600


LANGUAGE_COOKIE = "language"
YEAR = 365 * 24 * 3600


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up can be closed by the operator; a person's language follows them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Somebody who signs up keeps the language they read the page in."""
        user.language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """The cookie speaks the person's language from now on: pages ask no table for it."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        response.set_cookie(
            LANGUAGE_COOKIE,
            user.language,
            max_age=YEAR,
            samesite="Lax",
            secure=settings.HTTPS,
            httponly=True,
        )
        return response


class KeptMailBackend(BaseEmailBackend):
    """Keeps account mails instead of sending them, so that nobody is stuck without a mail server.

    They are printed where `bin/run` shows them and, in the demo, linked on the sign-in pages.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        assert_no_open_scope()
        for message in email_messages:
            text = f"To: {', '.join(message.to)}\nSubject: {message.subject}\n\n{message.body}"
            sys.stdout.write(f"\n--- account mail, kept here ---\n{text}\n---\n")
            sys.stdout.flush()
            if settings.DEMO:
                kept = [_as_row(message), *cache.get(KEPT, [])][:KEPT_AT_MOST]
                cache.set(KEPT, kept, KEPT_FOR)
        return len(email_messages)


def kept_mails() -> list[dict[str, str]]:
    """The account mails of the demo, newest first; always empty outside it."""
    if not settings.DEMO or settings.MAIL_IS_SET:
        return []
    return list(cache.get(KEPT, []))


def _as_row(message: EmailMessage) -> dict[str, str]:
    return {"to": ", ".join(message.to), "subject": str(message.subject), "body": str(message.body)}
