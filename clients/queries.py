"""Reads about clients and what was said to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final

from clients.models import Person
from tenants.rows import read_rows

ROLES: tuple[str, ...] = (
    Person.Role.BILLING,
    Person.Role.ACCOUNTING,
    Person.Role.DECISION_MAKER,
)
_REACHABLE: Final = (
    "client_id = ANY (%(clients)s::bigint[])"
    " AND bounced_at IS NULL AND removed_at IS NULL AND email <> '' ORDER BY id"
)


def contact_of(client_id: int, *, role: str | None = None) -> Person | None:
    """Whom to write to at a client's: somebody of that role, else billing, accounting, anybody.

    People without an address, or whose address bounced, are nobody.
    """
    return contacts_of([client_id], role=role).get(client_id)


def contacts_of(client_ids: Collection[int], *, role: str | None = None) -> dict[int, Person]:
    """The same for many clients in one query; a client without anybody is left out."""
    persons: dict[int, list[Person]] = defaultdict(list)
    for person in read_rows(Person, _REACHABLE, {"clients": list(client_ids)}):
        persons[person.client_id].append(person)
    return {
        client_id: contact
        for client_id, theirs in persons.items()
        if (contact := first_of(theirs, role=role))
    }


def is_reachable(person: Person) -> bool:
    """Whether mail to this person has a chance."""
    return bool(person.email) and person.bounced_at is None and person.removed_at is None


def first_of(persons: Sequence[Person], *, role: str | None = None) -> Person | None:
    """Among reachable persons, the one that `contact_of` would choose."""
    wanted = ([role] if role else []) + list(ROLES)
    return min(persons, key=lambda person: wanted.index(person.role), default=None)
