"""Who is signed in and where they belong, by statements planned once: every page asks."""

from __future__ import annotations

from typing import Any, Final

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.db import models

from tenants.models import Membership, Tenant, User
from tenants.prepared import fetch_prepared


def _columns(model: type[models.Model], table: str) -> str:
    return ", ".join(f'{table}."{field.column}"' for field in model._meta.concrete_fields)


def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


_USER: Final = f"SELECT {_columns(User, 'u')} FROM tenants_user u WHERE u.id = %s"  # noqa: S608
_MEMBERSHIPS: Final = f"""
    SELECT {_columns(Membership, "m")}, {_columns(Tenant, "t")}
    FROM tenants_membership m JOIN tenants_tenant t ON t.id = m.tenant_id
    WHERE m.user_id = %s ORDER BY t.name
"""  # noqa: S608 -- names of our own columns
_USER_NAMES: Final = _names(User)
_MEMBERSHIP_NAMES: Final = _names(Membership)
_TENANT_NAMES: Final = _names(Tenant)


def memberships_of(user: User) -> list[Membership]:
    """All of the user's, with their tenants, by the name of the business."""
    cut = len(_MEMBERSHIP_NAMES)
    found = []
    for row in fetch_prepared(_MEMBERSHIPS, [user.pk]):
        membership = Membership.from_db("default", _MEMBERSHIP_NAMES, row[:cut])
        membership.tenant = Tenant.from_db("default", _TENANT_NAMES, row[cut:])
        found.append(membership)
    return found


class _ReadByStatement(ModelBackend):
    def get_user(self, user_id: Any) -> User | None:
        rows = fetch_prepared(_USER, [user_id])
        user = User.from_db("default", _USER_NAMES, rows[0]) if rows else None
        return user if user and self.user_can_authenticate(user) else None


class PasswordBackend(_ReadByStatement):
    """Django's own: the operator signs in with it."""


class AccountBackend(_ReadByStatement, AuthenticationBackend):  # type: ignore[misc]
    """allauth's: everybody else does."""
