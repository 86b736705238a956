"""People at a client's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from clients.models import Client, Person
from clients.signals import client_changed
from tenants.announce import announce
from tenants.audit import record
from tenants.models import User

FIELDS = ("role", "name", "email", "phone", "language")


def add_person(
    *, client: Client, facts: Mapping[str, Any], user: User | None, now: dt.datetime
) -> Person:
    """Add somebody to write to or to ring; `facts` are cleaned values of `FIELDS`."""
    person = Person.objects.create(
        client=client, **{name: facts[name] for name in FIELDS if name in facts}
    )
    record(act="person_added", subject=client, user=user, at=now, after={"email": person.email})
    announce(client_changed, sender=Client, client_id=client.pk)
    return person


def update_person(
    *, person: Person, facts: Mapping[str, Any], user: User | None, now: dt.datetime
) -> Person:
    """Change a person; a new address is believed to work until it bounces too."""
    before = {name: getattr(person, name) for name in FIELDS}
    for name in FIELDS:
        if name in facts:
            setattr(person, name, facts[name])
    if person.email != before["email"]:
        person.bounced_at = None
    person.save()
    after = {name: getattr(person, name) for name in FIELDS}
    record(
        act="person_changed",
        subject=person,
        user=user,
        at=now,
        before={name: before[name] for name in FIELDS if before[name] != after[name]},
        after={name: after[name] for name in FIELDS if before[name] != after[name]},
    )
    announce(client_changed, sender=Client, client_id=person.client_id)
    return person


def note_dead_address(*, client_id: int, email: str, now: dt.datetime) -> None:
    """A mail server knows no such address: nobody is written to there until it is corrected."""
    persons = Person.objects.filter(client_id=client_id, email=email, bounced_at=None)
    if persons.update(bounced_at=now):
        announce(client_changed, sender=Client, client_id=client_id)


def remove_person(*, person: Person, user: User | None, now: dt.datetime) -> None:
    """Write to this person no more; what was sent to them stays readable."""
    person.removed_at = now
    person.save(update_fields=["removed_at"])
    record(act="person_removed", subject=person, user=user, at=now)
    announce(client_changed, sender=Client, client_id=person.client_id)
