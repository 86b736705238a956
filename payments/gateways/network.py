"""The guard every gateway passes before it talks to the network.

Whoever knows what must not be open then (a transaction, a tenant's scope) registers a guard that
raises; this package knows nothing of databases.
"""

from __future__ import annotations

from collections.abc import Callable

Guard = Callable[[], None]

_guards: list[Guard] = []


def add_guard(guard: Guard) -> None:
    """Have `guard` called before every network call; it raises to forbid the call."""
    if guard not in _guards:
        _guards.append(guard)


def remove_guard(guard: Guard) -> None:
    """Take back a guard; unknown guards are ignored."""
    if guard in _guards:
        _guards.remove(guard)


def check_guards() -> None:
    """Raise what the first objecting guard raises; called by gateways right before a request."""
    for guard in _guards:
        guard()
