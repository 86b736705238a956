"""Real processes that can be killed: forked from a server that has loaded everything."""

import multiprocessing
import time

import django
from django.apps import apps

if not apps.ready:
    django.setup()  # in the fork server, before any test

from django.conf import settings
from django.db import connection, connections

from clients.delivery import deliver_tenant
from dunning.engine import run_dunning
from tenants import clock
from tenants.models import Tenant
from tenants.scope import use_tenant

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["tests.proof.workers"])


def start(work, *arguments):
    """Run `work(*arguments)` in a process of its own; its `kill()` is kill -9."""
    process = context.Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def deliver(slug, day, port):
    """What a mail worker does for one tenant at ten o'clock."""
    use_sink(port)
    with use_tenant(Tenant.objects.get(slug=slug)):
        deliver_tenant(now=clock.at_hour(day, 10))
    connections.close_all()


def plan(slug, day, ready):
    """What the timer does for one tenant, once the test has heard that it begins."""
    with use_tenant(Tenant.objects.get(slug=slug)):
        ready.set()
        run_dunning(today=day)
    connections.close_all()


def use_sink(port):
    settings.MAIL_IS_SET = True
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.MAIL_DOMAIN = "mail.example"


def wait_for_no_claim():
    """PostgreSQL notices a killed client at its next read: soon, but not before we look."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.02)
    raise TimeoutError("a killed worker's lock is still held")
