"""Accounts: who may sign up, and account mails while no mail server is set."""

from __future__ import annotations

from collections.abc import Sequence

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN)


class KeptMailBackend(BaseEmailBackend):
    """Keeps account mails instead of sending them: printed, and linked on the page in the demo."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return len(email_messages)
