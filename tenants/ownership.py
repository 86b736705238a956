"""What every model whose rows belong to a tenant has in common."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from django.db import models
from django.db.models.expressions import Value

from tenants.constraints import SameTenant, TenantIsolation
from tenants.scope import scoped_tenant_id


class TenantId(int):
    """The tenant among the values of a statement, told apart from every other number."""


class CurrentTenant(Value):
    """The tenant of the open scope, read when the query runs, not when it is written."""

    def __init__(self) -> None:
        super().__init__(None, output_field=models.BigIntegerField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[int, ...]]:
        return "%s", (TenantId(scoped_tenant_id()),)


T_co = TypeVar("T_co", bound=models.Model, covariant=True)


class TenantManager(models.Manager[T_co]):
    """Filters on the tenant of the open scope; raises `NoTenantError` outside one."""

    def get_queryset(self) -> models.QuerySet[T_co]:
        return super().get_queryset().filter(tenant_id=CurrentTenant())


class TenantOwned(models.Model):
    """Base of every model whose rows belong to one tenant.

    A child that adds constraints writes `constraints = [*TenantOwned.Meta.constraints, …]`, and
    `same_tenant("field", …)` for each relation to another owned model.
    """

    tenant = models.ForeignKey(
        "tenants.Tenant",
        on_delete=models.PROTECT,
        related_name="+",
        default=scoped_tenant_id,
        editable=False,
        db_index=False,
    )

    objects = TenantManager()

    class Meta:
        abstract = True
        constraints = [
            TenantIsolation(name="%(app_label)s_%(class)s_isolation"),
            models.UniqueConstraint(fields=["tenant", "id"], name="%(app_label)s_%(class)s_key"),
        ]


class Addressable(TenantOwned):
    """A row that appears in URLs: by a random id, never by its primary key."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True
        constraints = [
            *TenantOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "public_id"], name="%(app_label)s_%(class)s_public_id"
            ),
        ]


_ST = TypeVar("_ST")
_GT = TypeVar("_GT")


class TenantKey(models.ForeignKey[_ST, _GT]):
    """A relation between two owned rows: the composite key of `same_tenant` is its constraint."""

    def __init__(self, to: Any, **kwargs: Any) -> None:
        kwargs.setdefault("on_delete", models.PROTECT)
        kwargs.setdefault("db_constraint", False)
        kwargs.setdefault("db_index", False)
        super().__init__(to, **kwargs)


def same_tenant(*fields: str) -> list[SameTenant]:
    """One composite foreign key per named relation."""
    return [
        SameTenant(field=field, name=f"%(app_label)s_%(class)s_{field}_same_tenant")
        for field in fields
    ]
