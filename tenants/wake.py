"""Waking a worker from a service: after the commit, by the name of the task.

Only a door-bell: what has to be done is in a table, and a sweep finds it if the bell is not heard.
So a broker that is away is logged and never fails the act.
"""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from tenants.scope import current_tenant
from tenants.tasks import HEADER

logger = logging.getLogger(__name__)


def wake(task: str, **kwargs: Any) -> None:
    """Queue `task` for the current tenant once the open transaction has committed."""
    headers = {HEADER: current_tenant().pk}

    def ring() -> None:
        try:
            current_app.send_task(task, kwargs=kwargs, headers=headers, retry=False)
        except OperationalError:
            logger.warning("The broker did not answer; %s waits for its sweep", task)

    transaction.on_commit(ring)
