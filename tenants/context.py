"""What every template of a tenant may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tenants.navigation import nav_counts


def tenant(request: HttpRequest) -> dict[str, Any]:
    site = {
        "DEMO": settings.DEMO,
        "SIGNUP_OPEN": settings.SIGNUP_OPEN,
        "ACCOUNT_MAILS_ARE_SHOWN": settings.DEMO and not settings.MAIL_IS_SET,
    }
    if not hasattr(request, "tenant"):
        return site
    return {
        **site,
        "tenant": request.tenant,
        "membership": request.membership,  # type: ignore[attr-defined]
        "memberships": request.memberships,  # type: ignore[attr-defined]
        "nav_counts": SimpleLazyObject(nav_counts),
    }
