"""Loading the demonstration: all of it or nothing, and only once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, F
from django.db.models.functions import Cast
from django.utils import translation

from clients.models import Message
from config.demo import people
from config.demo.founding import add_clients, found_business
from config.demo.playing import Play
from config.demo.script import JOBS
from core.errors import DomainError
from payments.accounts import connect_sandbox
from tenants import clock
from tenants.models import Tenant
from tenants.scope import tenant_atomic, use_tenant

OLDEST = max(job.due for job in JOBS) + 40


class NotADemo(DomainError):
    """There are real businesses in this database."""


@dataclass(frozen=True, slots=True)
class Loaded:
    tenant: Tenant
    is_new: bool
    invoices: int


def load_demo(*, now: dt.datetime, force: bool = False) -> Loaded:
    """Found the demo business and play its last months, up to `now`; a second time does nothing.

    Raises:
        NotADemo: a tenant that is no demo exists, and `force` was not given.
    """
    known = Tenant.objects.filter(is_demo=True).order_by("pk").first()
    if known is not None:
        return Loaded(known, is_new=False, invoices=0)
    if not force and Tenant.objects.exists():
        raise NotADemo("This database has real businesses in it: load the demo elsewhere.")
    with transaction.atomic(), translation.override("fr"):
        return _load(now)


def _load(now: dt.datetime) -> Loaded:
    began = now - dt.timedelta(days=OLDEST)
    with clock.as_of(began):
        tenant, owner = found_business(now=began)
    with use_tenant(tenant):
        with clock.as_of(began), tenant_atomic():
            clients = add_clients(owner=owner, now=began)
            if settings.DEMO:
                connect_sandbox(user=owner, now=began)
        today = clock.local(now).date()
        play = Play(owner, clients, today)
        play.run()
        with tenant_atomic():
            _date_messages()
        Tenant.objects.filter(pk=tenant.pk).update(last_run_on=today)
    return Loaded(tenant, is_new=True, invoices=len(play.invoices))


def _date_messages() -> None:
    """The database stamps rows with the moment of loading: give messages that of the story."""
    undone = Message.objects.filter(sent_at=None, send_on__isnull=False)
    undone.update(created_at=Cast(F("send_on"), DateTimeField()))
    Message.objects.filter(sent_at__isnull=False).update(created_at=F("sent_at"))


def logins() -> list[str]:
    return [people.OWNER, people.ACCOUNTANT]
