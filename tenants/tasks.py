"""The default class of every Celery task: it carries the tenant it was queued in."""

from __future__ import annotations

from typing import Any

from celery.contrib.django.task import DjangoTask

from tenants.models import Tenant
from tenants.scope import optional_tenant, use_tenant

HEADER = "tenant_id"


class TenantTask(DjangoTask):  # type: ignore[type-arg]
    """Captures the identity when queued (also by `delay_on_commit`), restores it when run.

    It opens no transaction: a task opens a `tenant_atomic()` per claim or act, and its commits
    are real.
    """

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> Any:
        tenant = optional_tenant()
        headers: dict[str, Any] = {HEADER: tenant.pk} if tenant else {}
        return self.apply_async_on_commit(args=args, kwargs=kwargs, headers=headers)

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:  # type: ignore[override]
        headers = dict(options.pop("headers", None) or {})
        tenant = optional_tenant()
        if tenant is not None:
            headers.setdefault(HEADER, tenant.pk)
        return super().apply_async(args, kwargs, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        tenant_id = (self.request.headers or {}).get(HEADER)
        if tenant_id is None:
            return super().__call__(*args, **kwargs)
        with use_tenant(Tenant.objects.get(pk=tenant_id)):
            return super().__call__(*args, **kwargs)
