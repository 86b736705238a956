"""Two workers at once, and the red switch pressed while they run."""

import datetime as dt
import threading

from django.db import connection

from clients.delivery import deliver_tenant
from clients.models import Message
from clients.services import resume_client, stop_client
from dunning.models import Case, Reminder
from dunning.services import run_dunning
from tenants import clock
from tenants.models import Tenant
from tenants.scope import current_tenant, tenant_atomic, use_tenant

ISSUED = dt.date(2026, 2, 2)
FIRST = dt.date(2026, 3, 6)
CLIENTS = 6


def at_once(*acts):
    """Run acts in threads that start together, each with its own connection."""
    tenant, gate, failed = current_tenant(), threading.Barrier(len(acts)), []

    def work(act):
        try:
            with use_tenant(tenant), clock.as_of(clock.at_hour(FIRST, 9)):
                gate.wait()
                act()
        except Exception as error:  # noqa: BLE001 -- told to the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_two_workers_at_once_take_each_step_once(story):
    for number in range(CLIENTS):
        story.invoice(story.client(f"Garage {number}"), on=ISSUED)

    at_once(lambda: run_dunning(today=FIRST), lambda: run_dunning(today=FIRST))
    at_once(
        lambda: deliver_tenant(now=clock.now()),
        lambda: deliver_tenant(now=clock.now()),
    )

    assert len(story.sink.received) == CLIENTS
    with tenant_atomic():
        assert Reminder.objects.filter(state=Reminder.State.DONE).count() == CLIENTS
        assert Message.objects.filter(state=Message.State.SENT).count() == CLIENTS


def test_a_client_held_by_a_page_is_waited_for_not_left_until_tomorrow(story):
    client = story.client()
    story.invoice(client, on=ISSUED)
    held, looked = threading.Event(), threading.Event()

    def page():
        with tenant_atomic():
            type(client).objects.select_for_update().get(pk=client.pk)
            held.set()
            looked.wait(0.3)

    def worker():
        held.wait()
        run_dunning(today=FIRST)

    at_once(page, worker)

    with tenant_atomic():
        assert Reminder.objects.count() == 1


def test_the_red_switch_during_a_run_holds_what_has_not_left(story):
    stopped, running = story.client("Stopped"), story.client("Running")
    for client in (stopped, running):
        story.invoice(client, on=ISSUED)
    with story.at(FIRST, 9):
        run_dunning(today=FIRST)
        with tenant_atomic():
            stop_client(client=stopped, user=None, now=clock.now())
        deliver_tenant(now=clock.now())

    assert len(story.sink.received) == 1

    with story.at(FIRST, 10), tenant_atomic():
        resume_client(client=stopped, user=None, now=clock.now())
    story.run_day(FIRST, hour=10)

    assert len(story.sink.received) == 2


def test_the_tenants_switch_is_seen_by_a_run_that_began_before_it(story):
    story.invoice(story.client(), on=ISSUED)
    Tenant.objects.update(stopped_at=dt.datetime(2026, 3, 6, 8, tzinfo=dt.UTC))

    story.run_day(FIRST)

    assert story.sink.received == []
    with tenant_atomic():
        assert Case.objects.get().silence == "STOPPED"
