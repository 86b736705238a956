"""What the apps above lend to imports: what happened to a debt since, and what money settles."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from invoices.models import Receivable
from tenants.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# ids of receivables, and since when: why some of them cannot be taken back any more
Touched = Callable[[Collection[int], dt.datetime], "dict[int, StrOrPromise]"]
Forget = Callable[[Collection[int]], None]


@dataclass(frozen=True, slots=True)
class Received:
    """What was received elsewhere and is noted here, by hand; `key` names the gesture."""

    means: str
    received_on: dt.date
    now: dt.datetime
    user: User
    key: uuid.UUID | None = None


Receive = Callable[[Sequence[Receivable], Received], int]

_touched: list[Touched] = []
_forget: list[Forget] = []
_forget_clients: list[Forget] = []
_receive: list[Receive] = []


def lend_to_undoing(
    *, touched: Touched, forget: Forget | None = None, forget_clients: Forget | None = None
) -> None:
    """`forget` deletes what hangs on receivables that nothing happened to, or on such clients."""
    _touched.append(touched)
    _forget.extend([forget] if forget else [])
    _forget_clients.extend([forget_clients] if forget_clients else [])


def lend_receiving(receive: Receive) -> None:
    """`receive` notes payments over the whole of some receivables, and counts the payments."""
    _receive[:] = [receive]


def why_kept(receivable_ids: Collection[int], since: dt.datetime) -> dict[int, StrOrPromise]:
    """Receivables to which something has happened since, and what."""
    found: dict[int, StrOrPromise] = {}
    for touched in _touched:
        found |= touched(receivable_ids, since)
    return found


def forget(receivable_ids: Collection[int]) -> None:
    for act in _forget:
        act(receivable_ids)


def forget_clients(client_ids: Collection[int]) -> None:
    for act in _forget_clients:
        act(client_ids)


def receive(receivables: Sequence[Receivable], received: Received) -> int:
    return sum(act(receivables, received) for act in _receive)
