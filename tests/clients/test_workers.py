"""Tasks, the command, and a worker that is killed."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from clients.models import Message, Sender
from clients.services import send_test_mail
from clients.smtp import ServerNotAllowed, public_address
from clients.tasks import deliver_tenant, sweep_outbox
from clients.wake import wake_mail
from tenants.announce import announce
from tenants.models import Tenant
from tenants.scope import tenant_atomic, use_tenant
from tenants.signals import business_created, business_resumed
from tests.conftest import make_tenant
from tests.factories.clients import make_client, queue_probe

NOW = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)


@pytest.fixture
def eager(settings):
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


def queue(tenant, subject):
    with use_tenant(tenant), tenant_atomic():
        return queue_probe(make_client(subject, email=f"{subject}@x.example"), subject=subject)


def states(tenant):
    with use_tenant(tenant), tenant_atomic():
        return list(Message.objects.order_by("pk").values_list("state", flat=True))


def test_a_new_business_can_send_at_once(acme):
    with use_tenant(acme), tenant_atomic():
        announce(business_created, sender=Tenant, tenant_id=acme.pk)

        assert Sender.objects.get().way == "OURS"


def test_the_task_delivers_its_own_tenant_only(acme, globex, smtp_sink):
    Tenant.objects.update(mode="LIVE")
    queue(acme, "a")
    queue(globex, "g")
    acme.refresh_from_db()

    with use_tenant(acme):
        deliver_tenant()

    assert (states(acme), states(globex)) == (["SENT"], ["QUEUED"])


def test_the_sweep_finds_every_tenant_with_work_and_no_other(acme, globex, smtp_sink, eager):
    Tenant.objects.update(mode="LIVE")
    make_tenant("idle")
    queue(acme, "a")
    queue(globex, "g")

    sweep_outbox()

    assert sorted(smtp_sink.subjects) == ["a", "g"]
    assert (states(acme), states(globex)) == (["SENT"], ["SENT"])


def rung_for_mail(rings):
    """The tenants whose mail workers are rung."""
    task = "clients.tasks.deliver_tenant"
    return [ring.tenant_id for ring in rings if getattr(ring, "task", "") == task]


def test_messages_of_one_transaction_ring_once(acme, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rings, use_tenant(acme), tenant_atomic():
        client = make_client()
        for _number in range(3):
            queue_probe(client)

    assert rung_for_mail(rings) == [acme.pk]


def test_a_ring_of_a_savepoint_that_failed_is_not_heard(acme, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rings, use_tenant(acme), tenant_atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            wake_mail()
            raise ZeroDivisionError
        wake_mail()

    assert rung_for_mail(rings) == [acme.pk]


def test_a_business_that_resumes_rings(acme, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rings, use_tenant(acme), tenant_atomic():
        announce(business_resumed, sender=Tenant, tenant_id=acme.pk)

    assert rung_for_mail(rings) == [acme.pk]


def test_a_long_queue_is_left_to_the_next_task(acme, smtp_sink):
    from clients.delivery import deliver_tenant as deliver

    Tenant.objects.update(mode="LIVE")
    queue(acme, "a")

    with use_tenant(acme):
        report = deliver(now=NOW, seconds=0)

    assert (report.is_unfinished, report.states) == (True, {})
    assert states(acme) == ["QUEUED"]


def test_the_command_delivers_every_tenant(acme, globex, smtp_sink, capsys):
    Tenant.objects.update(mode="LIVE")
    queue(acme, "a")
    queue(globex, "g")

    call_command("deliver", "--json")

    assert json.loads(capsys.readouterr().out) == {
        "messages": 2,
        "sent": 2,
        "recovered": 0,
        "trouble": {},
    }


def test_the_command_takes_one_tenant_and_a_day(acme, globex, smtp_sink, capsys):
    Tenant.objects.update(mode="LIVE")
    for tenant in (acme, globex):
        queue(tenant, tenant.slug)
        with use_tenant(tenant), tenant_atomic():
            Message.objects.update(send_on="2030-01-02")

    call_command("deliver", "--tenant", "acme", "--on", "2030-01-01")
    assert smtp_sink.subjects == []
    call_command("deliver", "--tenant", "acme", "--on", "2030-01-03")
    assert smtp_sink.subjects == ["acme"]


def test_the_command_fails_when_a_server_is_away(acme, smtp_sink, settings):
    settings.EMAIL_PORT = 1
    Tenant.objects.update(mode="LIVE")
    queue(acme, "a")

    with pytest.raises(CommandError, match="acme"):
        call_command("deliver")


def test_the_command_knows_no_such_tenant(db):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("deliver", "--tenant", "nowhere")


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_nothing_and_leaves_one_message_in_doubt(owner, acme, smtp_sink):
    """A real process is killed while the server has the message and has not answered."""
    with use_tenant(acme), tenant_atomic():
        for _number in range(5):
            send_test_mail(user=owner)
    killed = []

    def kill_at_the_third(sink):
        if len(sink.received) == 3 and not killed:
            killed.append(worker.pid)
            os.kill(worker.pid, signal.SIGKILL)

    smtp_sink.on_data = kill_at_the_third
    worker = deliver_in_a_process(smtp_sink)
    worker.communicate(timeout=120)
    assert worker.returncode == -signal.SIGKILL
    assert states(acme) == ["SENT", "SENT", "SENDING", "CLAIMED", "CLAIMED"]

    again = deliver_in_a_process(smtp_sink)
    report = json.loads(again.communicate(timeout=120)[0])

    assert report == {"messages": 3, "sent": 3, "recovered": 1, "trouble": {}}
    assert states(acme) == ["SENT"] * 5
    ids = [received.message["Message-ID"] for received in smtp_sink.received]
    assert (len(ids), len(set(ids))) == (6, 5)
    assert smtp_sink.received[2].content == smtp_sink.received[3].content


def deliver_in_a_process(sink):
    wait_for_no_other_session()
    environment = {
        **os.environ,
        "EMAIL_URL": f"smtp://{sink.host}:{sink.port}",
        "MAIL_DOMAIN": "mail.example",
        "DEFAULT_FROM_EMAIL": "Échéance <no-reply@mail.example>",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "deliver", "--json"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_for_no_other_session():
    """PostgreSQL notices a killed client at its next read: at once, but not before we look."""
    for _try in range(100):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.1)
    pytest.fail("the killed worker's lock is still held")


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("127.0.0.1", 25),
        ("localhost", 587),
        ("10.0.0.8", 25),
        ("192.168.1.1", 465),
        ("169.254.169.254", 25),
        ("::1", 25),
        ("::ffff:127.0.0.1", 25),
        ("0.0.0.0", 25),
        ("8.8.8.8", 6379),
    ],
)
def test_a_tenants_server_is_a_public_one_on_a_mail_port(settings, host, port):
    settings.ALLOW_PRIVATE_SMTP = False

    with pytest.raises(ServerNotAllowed):
        public_address(host, port)


def test_a_public_address_is_let_through_and_the_operator_may_allow_all(settings):
    settings.ALLOW_PRIVATE_SMTP = False
    assert public_address("8.8.8.8", 587) == "8.8.8.8"

    settings.ALLOW_PRIVATE_SMTP = True
    assert public_address("127.0.0.1", 2500) == "127.0.0.1"
