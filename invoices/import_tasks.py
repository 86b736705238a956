"""Books read, imported and undone by a worker (queue default), however long they are."""

from __future__ import annotations

from celery import shared_task

from invoices.services.import_batches import waiting_imports
from invoices.services.import_retention import delete_old_files
from invoices.services.import_work import work_on
from tenants import clock
from tenants.everyone import all_tenants
from tenants.scope import tenant_atomic

LONGEST = 15 * 60  # seconds; the largest book takes two minutes


@shared_task(soft_time_limit=LONGEST, time_limit=LONGEST + 60)
def work_on_import(batch_id: int) -> None:
    """Do what a batch waits for; doing it twice is doing it once."""
    work_on(batch_id=batch_id, today=clock.today(), now=clock.now())


@shared_task
def sweep_imports() -> None:
    """Find batches that wait although nobody works on them: a bell not heard, a worker killed."""
    now = clock.now()
    for _tenant in all_tenants():
        with tenant_atomic():
            waiting = waiting_imports(now=now)
        for batch_id in waiting:
            work_on_import.delay(batch_id=batch_id)


@shared_task
def delete_old_imports() -> None:
    """Delete the files of imports that are past their time; done again it finds nothing."""
    now = clock.now()
    for _tenant in all_tenants():
        delete_old_files(now=now)
