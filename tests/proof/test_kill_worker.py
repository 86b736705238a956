"""Kill -9 at twenty random points: nothing lost, at most one message in doubt per kill."""

import random
import time
from collections import Counter

import pytest

from bench.books import TODAY
from clients.models import Message
from dunning.engine import run_dunning
from dunning.models import Reminder
from tenants.scope import tenant_atomic, use_tenant
from tests.proof.workers import context, deliver, plan, start, wait_for_no_claim

KILLS = 20
SIZE = 500
PATIENCE = 60


@pytest.mark.slow
def test_a_mail_worker_killed_twenty_times_loses_nothing(book, smtp_sink):
    chance = random.Random(20261120)
    (tenant,) = book(due=SIZE)
    with use_tenant(tenant):
        run_dunning(today=TODAY)

    for _kill in range(KILLS):
        worker = start(deliver, tenant.slug, TODAY, smtp_sink.port)
        wait_for_mails(smtp_sink, len(smtp_sink.received) + chance.randint(1, 20))
        time.sleep(chance.uniform(0, 0.1))
        worker.kill()
        worker.join()
        wait_for_no_claim()
    start(deliver, tenant.slug, TODAY, smtp_sink.port).join()

    received = Counter(mail.message["Message-ID"] for mail in smtp_sink.received)
    with use_tenant(tenant), tenant_atomic():
        reminders = Message.objects.filter(kind="REMINDER")
        sent = set(reminders.filter(state="SENT").values_list("message_id", flat=True))
        doubtful = set(reminders.exclude(doubtful_since=None).values_list("message_id", flat=True))
        done = Reminder.objects.filter(step="FIRST", state=Reminder.State.DONE).count()
    assert (len(sent), done) == (SIZE, SIZE)
    assert set(received) == sent  # none lost, none invented
    assert len(doubtful) <= KILLS
    twice = {message_id for message_id, count in received.items() if count > 1}
    assert twice <= doubtful  # every copy is shown as one
    assert received.total() - SIZE <= KILLS


@pytest.mark.slow
def test_a_planning_run_killed_twenty_times_takes_each_step_once(book):
    chance = random.Random(20261121)
    (tenant,) = book(due=SIZE)
    killed = 0

    for _kill in range(KILLS):
        ready = context.Event()
        worker = start(plan, tenant.slug, TODAY, ready)
        assert ready.wait(PATIENCE)
        time.sleep(chance.uniform(0, 0.25))
        worker.kill()
        worker.join()
        killed += worker.exitcode == -9
    with use_tenant(tenant):
        run_dunning(today=TODAY)

    with use_tenant(tenant), tenant_atomic():
        steps = Reminder.objects.filter(step="FIRST")
        messages = Message.objects.filter(kind="REMINDER", state="QUEUED")
        assert (steps.count(), steps.values("case_id").distinct().count()) == (SIZE, SIZE)
        assert (messages.count(), messages.values("client_id").distinct().count()) == (SIZE, SIZE)
        assert not steps.filter(message=None).exists()
    assert killed > 0


def wait_for_mails(sink, count):
    until = time.monotonic() + PATIENCE
    while len(sink.received) < count:
        assert time.monotonic() < until, f"only {len(sink.received)} mails arrived"
        time.sleep(0.002)
