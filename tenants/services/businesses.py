"""Businesses: founded by a person who signs up, described by their owner."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from tenants.announce import announce
from tenants.audit import record
from tenants.models import Business, Membership, Role, Tenant, User
from tenants.scope import tenant_atomic, use_tenant
from tenants.signals import business_created

SENT_TWICE: Final = dt.timedelta(minutes=10)
_NO_FACTS: Final[Mapping[str, Any]] = MappingProxyType({})


def create_business(
    *,
    user: User,
    name: str,
    now: dt.datetime,
    language: str = "fr",
    facts: Mapping[str, Any] = _NO_FACTS,
) -> Tenant:
    """Found a business in TEST mode with `user` as its owner; opens its first scope.

    `facts` are columns of `Business`. The address (slug) is made from the name; a taken one gets
    a random ending.
    """
    with transaction.atomic():
        tenant = _with_free_slug(name, language)
        Membership.objects.create(user=user, tenant=tenant, role=Role.OWNER)
        with use_tenant(tenant), tenant_atomic():
            business = Business.objects.create(**{"legal_name": name, "email": user.email, **facts})
            record(act="create_business", subject=business, user=user, at=now)
            announce(business_created, sender=Tenant, tenant_id=tenant.pk)
    return tenant


def create_business_once(
    *,
    user: User,
    name: str,
    now: dt.datetime,
    language: str = "fr",
    facts: Mapping[str, Any] = _NO_FACTS,
) -> Tenant:
    """As `create_business`; a form sent twice, even at once, founds one business."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        twin = Tenant.objects.filter(
            memberships__user=user,
            memberships__role=Role.OWNER,
            name=name,
            created_at__gte=now - SENT_TWICE,
        ).first()
        return twin or create_business(
            user=user, name=name, now=now, language=language, facts=facts
        )


@tenant_atomic()
def update_business(
    *, business: Business, changes: Mapping[str, Any], user: User, now: dt.datetime
) -> Business:
    """Change what future documents say of the seller; issued ones keep what they said."""
    before = {name: getattr(business, name) for name in changes}
    changed = {name: value for name, value in changes.items() if before[name] != value}
    for name, value in changed.items():
        setattr(business, name, value)
    business.save()
    if changed:
        record(
            act="update_business",
            subject=business,
            user=user,
            at=now,
            before={name: str(before[name]) for name in changed},
            after={name: str(value) for name, value in changed.items()},
        )
    return business


def _with_free_slug(name: str, language: str) -> Tenant:
    """Make the tenant under an address of its own, also when two people ask at once."""
    wanted = slugify(name)[:50] or "business"
    for slug in (wanted, f"{wanted}-{secrets.token_hex(3)}"):
        try:
            with transaction.atomic():
                return Tenant.objects.create(name=name, slug=slug, language=language)
        except IntegrityError:
            continue
    raise DomainError(_("This name could not be turned into an address: please try another one."))
