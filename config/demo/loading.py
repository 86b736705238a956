"""Loading the demonstration: each business whole or not at all, and only once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import DateTimeField, F
from django.db.models.functions import Cast
from django.utils import translation

from clients.models import Message
from config.demo.bringing import bring_book
from config.demo.founding import add_clients, found_business
from config.demo.playing import Play
from config.demo.stories import STORIES
from config.demo.story import Story
from core.errors import DomainError
from tenants import clock
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_atomic, use_tenant

EARLIER = 40  # days between the founding and the first due date
LOCK = 0x44454D4F  # two loaders at once: the second waits, and finds everything there


class NotADemo(DomainError):
    """There are real businesses in this database."""


@dataclass(frozen=True, slots=True)
class Loaded:
    tenant: Tenant
    is_new: bool
    invoices: int


def load_demo(
    *, now: dt.datetime, stories: Sequence[Story] = STORIES, force: bool = False
) -> list[Loaded]:
    """Found the demo businesses and play their last months, up to `now`; what is there stays.

    Raises:
        NotADemo: a tenant that is no demo exists, and `force` was not given.
    """
    known = [_known(story) for story in stories]
    if not all(known) and not force and Tenant.objects.filter(is_demo=False).exists():
        raise NotADemo("This database has real businesses in it: load the demo elsewhere.")
    return [_loaded_once(story, now) for story in stories]


def _loaded_once(story: Story, now: dt.datetime) -> Loaded:
    with transaction.atomic(), translation.override("fr"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        known = _known(story)
        return Loaded(known, is_new=False, invoices=0) if known else _load(story, now)


def _known(story: Story) -> Tenant | None:
    """The business of a story, by its owner: a visitor may have given it another name."""
    owned = Membership.objects.filter(
        user__email=story.owner, role=Role.OWNER, tenant__is_demo=True
    )
    first = owned.select_related("tenant").order_by("pk").first()
    return first.tenant if first else None


def _load(story: Story, now: dt.datetime) -> Loaded:
    oldest = max((job.due for job in story.jobs), default=0) + EARLIER
    began = now - dt.timedelta(days=oldest)
    with clock.as_of(began):
        tenant, owner = found_business(story, now=began)
    with use_tenant(tenant):
        today = clock.local(now).date()
        count = _happen(story, owner, began=began, now=now)
        with tenant_atomic():
            _date_messages()
        if story.is_live:
            Tenant.objects.filter(pk=tenant.pk).update(last_run_on=today)
    return Loaded(tenant, is_new=True, invoices=count)


def _happen(story: Story, owner: User, *, began: dt.datetime, now: dt.datetime) -> int:
    """What happened until now; returns the number of invoices."""
    if story.book is not None:
        with clock.as_of(now):
            return bring_book(story, story.book, owner=owner, now=now)
    with clock.as_of(began), tenant_atomic():
        clients = add_clients(story, owner=owner, now=began)
    play = Play(story, owner, clients, clock.local(now).date())
    play.run()
    return len(play.invoices)


def _date_messages() -> None:
    """The database stamps rows with the moment of loading: give messages that of the story."""
    undone = Message.objects.filter(sent_at=None, send_on__isnull=False)
    undone.update(created_at=Cast(F("send_on"), DateTimeField()))
    Message.objects.filter(sent_at__isnull=False).update(created_at=F("sent_at"))
