"""Who we work for (identity) and the transaction in which we may see their rows (scope).

*Identity* says which tenant the current request, task or door belongs to. It opens no transaction.
*Scope* is a transaction whose connection is told the tenant, for that transaction only. Rows of
tenants are visible inside a scope alone: Python refuses first (`TenantManager`), PostgreSQL second
(`app_tenant()` raises). There is no default and no way to see two tenants at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from tenants.models import Tenant

_identity: ContextVar[Tenant | None] = ContextVar("tenant_identity", default=None)
_scope: ContextVar[int | None] = ContextVar("tenant_scope", default=None)


class NoTenantError(RuntimeError):
    """Tenant data was touched outside a tenant scope, or a scope was asked for by nobody."""


class TenantSwitchError(RuntimeError):
    """The identity was changed while a scope of another tenant was open."""


class OpenScopeError(RuntimeError):
    """Something slow (network, mail) was attempted while a transaction of a tenant is open."""


@contextmanager
def use_tenant(tenant: Tenant) -> Iterator[Tenant]:
    """Work in the name of `tenant`; opens no transaction."""
    if _scope.get() not in (None, tenant.pk):
        raise TenantSwitchError
    token = _identity.set(tenant)
    try:
        yield tenant
    finally:
        _identity.reset(token)


@contextmanager
def tenant_atomic() -> Iterator[None]:
    """Open a transaction (or a savepoint) in which the rows of the current tenant are visible.

    Raises:
        NoTenantError: nobody said `use_tenant` first.
    """
    tenant_id = current_tenant().pk
    outer = _scope.get()
    with transaction.atomic():
        if outer is None:
            _tell_database(str(tenant_id))
        token = _scope.set(tenant_id)
        try:
            yield
        finally:
            _scope.reset(token)
    if outer is None and connection.in_atomic_block and not connection.needs_rollback:
        _tell_database("")  # a released savepoint keeps the setting


def current_tenant() -> Tenant:
    tenant = _identity.get()
    if tenant is None:
        raise NoTenantError
    return tenant


def optional_tenant() -> Tenant | None:
    return _identity.get()


def scoped_tenant_id() -> int:
    """The tenant whose rows may be touched now."""
    tenant_id = _scope.get()
    if tenant_id is None:
        raise NoTenantError
    return tenant_id


def assert_no_open_scope() -> None:
    """Called by the mail and HTTP clients: no network while a transaction holds locks."""
    if _scope.get() is not None:
        raise OpenScopeError


def _tell_database(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [value])
