"""What a role may do: one decorator, on every view of a tenant."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from tenants.models import Membership, Role, Tenant, User


class TenantRequest(HttpRequest):
    """A request under `/t/<slug>/`, after the middleware let it in."""

    user: User
    tenant: Tenant
    membership: Membership
    memberships: list[Membership]  # all of the user's, by the name of the business
    htmx: HtmxDetails


class PublicRequest(HttpRequest):
    """A request outside the tenants' space."""

    user: User | AnonymousUser
    htmx: HtmxDetails


EVERYONE = frozenset(Role)
READERS = EVERYONE
WRITERS = frozenset({Role.OWNER, Role.MEMBER})
OWNERS = frozenset({Role.OWNER})

View = Callable[..., HttpResponseBase]


def requires(roles: frozenset[Role]) -> Callable[[View], View]:
    """Let only these roles in; others get 403. The allowed set is readable as `view.roles`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: TenantRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.membership.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.roles = roles  # type: ignore[attr-defined]
        return guarded

    return decorate
