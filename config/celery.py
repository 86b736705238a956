"""Celery, and the whole timetable on one screen.

Redis only wakes workers: each entry finds its work with a query, so a flushed broker or a missed
beat loses nothing, and running an entry twice changes nothing. Local hours and business days are
decided in the tenant's time zone by the routine, never by a crontab.
"""

from __future__ import annotations

import os

from celery import Celery

from config.embedded import broker_url

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

MINUTE = 60.0

app = Celery("echeance", task_cls="tenants.tasks:TenantTask")
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 1800,
        "unacked_restore_throttle": 1,
        "max_retries": 3,
    },
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_soft_time_limit=300,
    task_time_limit=600,
    task_default_queue="default",
    task_routes={"clients.tasks.*": {"queue": "mail"}, "invoices.tasks.*": {"queue": "pdf"}},
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=10,
    worker_hijack_root_logger=False,
    timezone="UTC",
    beat_scheduler="celery.beat.Scheduler",
    beat_schedule={
        "dunning: tenants whose send hour has come": {
            "task": "dunning.tasks.tick",
            "schedule": 5 * MINUTE,
        },
        "reports: people whose evening hour has come": {
            "task": "reports.tasks.tick_digests",
            "schedule": 5 * MINUTE,
        },
        "mail: what waits in the outbox": {
            "task": "clients.tasks.sweep_outbox",
            "schedule": 1 * MINUTE,
        },
        "pdf: issued invoices without their document": {
            "task": "invoices.tasks.sweep_documents",
            "schedule": 1 * MINUTE,
        },
        "imports: books that wait although nobody works on them": {
            "task": "invoices.import_tasks.sweep_imports",
            "schedule": 1 * MINUTE,
        },
        "imports: files that are past their time": {
            "task": "invoices.import_tasks.delete_old_imports",
            "schedule": 60 * MINUTE,  # a day would begin anew with each restart
        },
        "payments: attempts without news, events not yet applied": {
            "task": "payments.tasks.sweep_attempts",
            "schedule": 1 * MINUTE,
        },
    },
)
app.autodiscover_tasks()


@app.on_configure.connect
def _find_broker(sender: Celery, **kwargs: object) -> None:
    """Look for the broker at first use: this module is imported before the services start."""
    url = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
    sender.conf.update(broker_url=broker_url(url))
