"""The printers' tasks: each prints for its own tenant, and the sweep finds what was lost."""

import datetime as dt

import pytest

from config.celery import app
from invoices.models import Invoice
from invoices.tasks import render_document, sweep_documents
from tenants import clock
from tenants.scope import NoTenantError, tenant_atomic, use_tenant
from tests.factories.invoices import NOW, make_issued

LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _at_once():
    before = app.conf.task_always_eager, app.conf.task_eager_propagates
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=before[0], task_eager_propagates=before[1])


def issue_for(tenant):
    with use_tenant(tenant), tenant_atomic():
        return make_issued()


def printed(tenant):
    with use_tenant(tenant), tenant_atomic():
        return Invoice.objects.exclude(document=None).count()


def test_a_task_prints_for_the_tenant_it_was_queued_in(acme, globex):
    ours, _theirs = issue_for(acme), issue_for(globex)

    with use_tenant(acme):
        render_document.delay(invoice_id=ours.pk)

    assert (printed(acme), printed(globex)) == (1, 0)


def test_a_task_without_a_tenant_prints_nothing(acme):
    ours = issue_for(acme)

    with pytest.raises(NoTenantError):
        render_document.delay(invoice_id=ours.pk)

    assert printed(acme) == 0


def test_an_invoice_of_another_tenant_is_not_printed(acme, globex):
    theirs = issue_for(globex)

    with use_tenant(acme):
        render_document.delay(invoice_id=theirs.pk)

    assert printed(globex) == 0


def test_the_sweep_prints_what_every_tenant_waits_for_once(acme, globex):
    issue_for(acme)
    issue_for(globex)

    with clock.as_of(LATER):
        sweep_documents.delay()
        sweep_documents.delay()

    assert (printed(acme), printed(globex)) == (1, 1)
