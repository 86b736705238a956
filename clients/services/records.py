"""The client's record: who they are, whether they are written to at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from clients.locks import lock_client
from clients.models import Client
from clients.signals import client_changed, client_switched
from clients.wake import wake_mail
from core.errors import DomainError
from core.search import search_key
from tenants.announce import announce
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic

FIELDS = (
    "kind",
    "name",
    "number",
    "siren",
    "siret",
    "vat_number",
    "address",
    "address_more",
    "postcode",
    "city",
    "country",
    "language",
    "terms",
)


class NumberTaken(DomainError):
    """Another client bears that number."""


def client_search_key(name: str, number: str = "") -> str:
    """What `Client.search_key` holds: the name first, so that it sorts, then the number."""
    return search_key(f"{name} {number}")[:260]


def create_client(*, facts: Mapping[str, Any], user: User | None, now: dt.datetime) -> Client:
    """Add a client; `facts` are cleaned values of the columns in `FIELDS`.

    Raises:
        NumberTaken: another client bears that number.
    """
    client = Client(**{name: facts[name] for name in FIELDS if name in facts})
    _save(client)
    record(act="client_created", subject=client, user=user, at=now, after=_facts(client))
    return client


def update_client(
    *, client: Client, facts: Mapping[str, Any], user: User | None, now: dt.datetime
) -> Client:
    """Change a client's record. Documents issued before keep what they said.

    Raises:
        NumberTaken: another client bears that number.
    """
    lock_client(client.pk)
    before = _facts(Client.objects.get(pk=client.pk))
    for name in FIELDS:
        if name in facts:
            setattr(client, name, facts[name])
    _save(client)
    after = _facts(client)
    changed = [name for name in FIELDS if before[name] != after[name]]
    record(
        act="client_changed",
        subject=client,
        user=user,
        at=now,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    announce(client_changed, sender=Client, client_id=client.pk)
    return client


def stop_client(*, client: Client, user: User | None, now: dt.datetime) -> None:
    """Hold everything to this client that has not yet been handed to the mail server."""
    _switch(client, "stopped_at", now, act="client_stopped", user=user, now=now)
    announce(client_switched, sender=Client, client_id=client.pk)


def resume_client(*, client: Client, user: User | None, now: dt.datetime) -> None:
    """Let what was held leave again."""
    _switch(client, "stopped_at", None, act="client_resumed", user=user, now=now)
    announce(client_switched, sender=Client, client_id=client.pk)
    wake_mail()


def archive_client(*, client: Client, user: User | None, now: dt.datetime) -> None:
    """Take a client out of the lists; nothing about them is lost."""
    _switch(client, "archived_at", now, act="client_archived", user=user, now=now)


def unarchive_client(*, client: Client, user: User | None, now: dt.datetime) -> None:
    """Put a client back into the lists."""
    _switch(client, "archived_at", None, act="client_unarchived", user=user, now=now)


def _switch(
    client: Client,
    column: str,
    value: dt.datetime | None,
    *,
    act: str,
    user: User | None,
    now: dt.datetime,
) -> None:
    lock_client(client.pk)
    setattr(client, column, value)
    client.save(update_fields=[column])
    record(act=act, subject=client, user=user, at=now)


def _save(client: Client) -> None:
    client.search_key = client_search_key(client.name, client.number)
    try:
        with tenant_atomic():
            client.save()
    except IntegrityError as error:
        if "clients_client_number" not in str(error):
            raise
        raise NumberTaken(
            _("Another client has the number “%(number)s”."), number=client.number
        ) from error


def _facts(client: Client) -> dict[str, Any]:
    return {name: getattr(client, name) for name in FIELDS}
