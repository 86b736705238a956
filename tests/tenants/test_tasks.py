"""A task runs as the tenant it was queued in, and opens no transaction of its own."""

import pytest
from celery import shared_task

from clients.models import Client
from config.celery import app
from tenants.scope import NoTenantError, optional_tenant, tenant_atomic, use_tenant
from tenants.tasks import HEADER, TenantTask

seen = []


@shared_task(name="tests.note_tenant")
def note_tenant(word=""):
    tenant = optional_tenant()
    seen.append((word, tenant.slug if tenant else None))


@shared_task(name="tests.add_client")
def add_client(name):
    with tenant_atomic():
        Client.objects.create(name=name)


@shared_task(name="tests.count_without_scope")
def count_without_scope():
    return Client.objects.count()


@pytest.fixture(autouse=True)
def _at_once():
    """Tasks run where they are queued, through the same headers."""
    seen.clear()
    before = app.conf.task_always_eager, app.conf.task_eager_propagates
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=before[0], task_eager_propagates=before[1])


def test_every_task_carries_its_tenant():
    ours = [task for name, task in app.tasks.items() if not name.startswith("celery.")]

    assert {isinstance(task, TenantTask) for task in ours} == {True}


@pytest.mark.parametrize("queue", ["delay", "apply_async"])
def test_a_task_runs_as_the_tenant_it_was_queued_in(acme, globex, queue):
    with use_tenant(acme):
        getattr(note_tenant, queue)()
    with use_tenant(globex):
        getattr(note_tenant, queue)()

    assert [slug for _word, slug in seen] == ["acme", "globex"]


def test_a_task_queued_after_the_commit_keeps_the_tenant_of_before(
    acme, globex, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        with use_tenant(acme):
            note_tenant.delay_on_commit("late")

        assert seen == []

    assert seen == [("late", "acme")]


def test_a_task_queued_outside_a_tenant_has_none(acme):
    note_tenant.delay()

    assert seen == [("", None)]


def test_the_tenant_of_the_worker_does_not_reach_the_next_task(acme):
    with use_tenant(acme):
        note_tenant.delay()
    note_tenant.delay()

    assert [slug for _word, slug in seen] == ["acme", None]


def test_rows_are_written_for_that_tenant_alone(acme, globex):
    with use_tenant(acme):
        add_client.delay("Dupont")

    with use_tenant(acme), tenant_atomic():
        assert Client.objects.get().name == "Dupont"
    with use_tenant(globex), tenant_atomic():
        assert Client.objects.count() == 0


def test_a_task_has_an_identity_and_no_transaction(acme):
    with use_tenant(acme), pytest.raises(NoTenantError):
        count_without_scope.delay()


def test_a_forged_header_of_a_tenant_that_does_not_exist_runs_nothing(acme):
    from tenants.models import Tenant

    with pytest.raises(Tenant.DoesNotExist):
        note_tenant.apply_async(headers={HEADER: acme.pk + 1000})

    assert seen == []
