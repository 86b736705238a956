"""Waking a worker from a service: after the commit, by the name of the task.

Only a door-bell: what has to be done is in a table, and a sweep finds it if the bell is not heard.
So a broker that is away is logged and never fails the act.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from tenants.models import Tenant
from tenants.scope import current_tenant, use_tenant

logger = logging.getLogger(__name__)


def wake(task: str, **kwargs: Any) -> None:
    """Queue `task` for the current tenant once the open transaction has committed."""
    transaction.on_commit(partial(_ring, task, kwargs, current_tenant()), robust=True)


def _ring(task: str, kwargs: dict[str, Any], tenant: Tenant) -> None:
    with use_tenant(tenant):
        try:
            current_app.tasks[task].apply_async(kwargs=kwargs, retry=False)
        except OperationalError:
            logger.warning("The broker did not answer; %s waits for its sweep", task)
