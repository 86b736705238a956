"""Reads about clients and what was said to them."""

from __future__ import annotations

from collections.abc import Sequence

from clients.models import Person

ROLES: tuple[str, ...] = (
    Person.Role.BILLING,
    Person.Role.ACCOUNTING,
    Person.Role.DECISION_MAKER,
)


def contact_of(client_id: int, *, role: str | None = None) -> Person | None:
    """Whom to write to at a client's: somebody of that role, else billing, accounting, anybody.

    People without an address, or whose address bounced, are nobody.
    """
    reachable = Person.objects.filter(
        client_id=client_id, bounced_at=None, removed_at=None
    ).exclude(email="")
    return first_of(list(reachable.order_by("id")), role=role)


def is_reachable(person: Person) -> bool:
    """Whether mail to this person has a chance."""
    return bool(person.email) and person.bounced_at is None and person.removed_at is None


def first_of(persons: Sequence[Person], *, role: str | None = None) -> Person | None:
    """Among reachable persons, the one that `contact_of` would choose."""
    wanted = ([role] if role else []) + list(ROLES)
    return min(persons, key=lambda person: wanted.index(person.role), default=None)
