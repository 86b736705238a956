"""Waking a worker from a service: after the commit, by the name of the task.

Only a door-bell: what has to be done is in a table, and a sweep finds it if the bell is not heard.
So a broker that is away is logged and never fails the act.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from tenants.scope import current_tenant
from tenants.tasks import HEADER

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Ring:
    """One call of a task for one tenant; equal rings of a transaction are rung once."""

    task: str
    kwargs: dict[str, Any]
    tenant_id: int

    def __call__(self) -> None:
        headers = {HEADER: self.tenant_id}
        try:
            current_app.send_task(
                self.task,
                kwargs=self.kwargs,
                headers=headers,
                retry=False,
                argsrepr="",  # described for monitors, a call costs a tenth of the bell
                kwargsrepr="",
            )
        except OperationalError:
            logger.warning("The broker did not answer; %s waits for its sweep", self.task)


def wake(task: str, **kwargs: Any) -> None:
    """Queue `task` for the current tenant once the open transaction has committed."""
    ring = _Ring(task, kwargs, current_tenant().pk)
    if not any(entry[1] == ring for entry in connection.run_on_commit):
        transaction.on_commit(ring, robust=True)
