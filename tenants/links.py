"""The only two ways to build a link outside a template.

There are two URL spaces: `config.urls_public`, and `config.urls_tenant` mounted at `/t/<slug>/`.
Names are disjoint (tested), so templates write `{% url name %}` and never mention the tenant.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from tenants.scope import current_tenant, optional_tenant


def tenant_url(name: str, *args: Any, absolute: bool = False, **kwargs: Any) -> str:
    """The link to a page of the current tenant, also from a worker.

    Raises:
        NoTenantError: there is no current tenant.
    """
    path = _path(name, settings.TENANT_URLCONF, args, kwargs)
    return _site(absolute) + f"/t/{current_tenant().slug}{path}"


def public_url(name: str, *args: Any, absolute: bool = False, **kwargs: Any) -> str:
    """The link to a page that belongs to no tenant: sign-in, a pay page, a webhook."""
    return _site(absolute) + _path(name, settings.ROOT_URLCONF, args, kwargs)


def any_url(name: str, *args: Any, **kwargs: Any) -> str:
    """What `{% url %}` means: a page of the tenant when there is one, else a public page."""
    if optional_tenant() is None:
        return public_url(name, *args, **kwargs)
    try:
        return tenant_url(name, *args, **kwargs)
    except NoReverseMatch:
        return public_url(name, *args, **kwargs)


def _path(name: str, urlconf: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    if args or kwargs:
        return reverse(name, urlconf=urlconf, args=args, kwargs=kwargs)
    return _plain_path(name, urlconf)


@lru_cache(maxsize=1024)
def _plain_path(name: str, urlconf: str) -> str:
    """Kept: the menu alone asks for twenty of them on every page."""
    return reverse(name, urlconf=urlconf)


def _site(absolute: bool) -> str:
    return settings.SITE_URL.rstrip("/") if absolute else ""
