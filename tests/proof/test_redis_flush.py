"""Redis is only a bell: everything in it may be lost in the middle of a run."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
import redis
from django.conf import settings

from clients.models import Message
from clients.services import send_test_mail
from tenants.models import Role
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant, make_user

TENANTS = 4
EACH = 15
PATIENCE = 60


@pytest.mark.slow
def test_a_flushed_redis_loses_nothing(transactional_db, smtp_sink):
    """One worker is busy with the first tenant when the bells of the others are lost."""
    tenants = [make_tenant(f"tenant-{number}") for number in range(TENANTS)]
    for tenant in tenants:
        user = make_user(f"owner@{tenant.slug}.example", tenant, Role.OWNER)
        with use_tenant(tenant), tenant_atomic():
            for _number in range(EACH):
                send_test_mail(user=user)

    with worker_and_beat(smtp_sink):
        wait_for(lambda: len(smtp_sink.received) >= 5)
        redis.from_url(os.environ["REDIS_URL"]).flushdb()
        wait_for(lambda: all(is_done(tenant) for tenant in tenants))

    ids = [mail.message["Message-ID"] for mail in smtp_sink.received]
    assert (len(ids), len(set(ids))) == (TENANTS * EACH, TENANTS * EACH)


def is_done(tenant):
    with use_tenant(tenant), tenant_atomic():
        return Message.objects.filter(state="SENT").count() == EACH


@contextmanager
def worker_and_beat(sink):
    """A real Celery worker with its timetable, the sweeps every second."""
    environment = {
        **os.environ,
        "EMAIL_URL": f"smtp://{sink.host}:{sink.port}",
        "MAIL_DOMAIN": "mail.example",
    }
    command = [sys.executable, "-m", "celery", "-A", "tests.proof.impatient", "worker", "--beat"]
    command += ["--queues", "mail,pdf,default", "--concurrency", "1", "--loglevel", "WARNING"]
    command += ["--scheduler", "celery.beat.Scheduler"]
    process = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, start_new_session=True
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(is_so):
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.1)
