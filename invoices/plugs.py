"""What the apps above lend to invoices: links to pay, filled in their `AppConfig.ready`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

from clients.models import Message
from invoices.models import Invoice, Receivable


class Owed(NamedTuple):
    """What a link to pay has to know of a receivable; a `Receivable` says as much."""

    pk: int
    client_id: int
    due_on: dt.date
    currency: str


PrintedUrl = Callable[[Invoice], str | None]
Placeholder = Callable[[Message, Sequence[Receivable | Owed]], str | None]

_printed_url: list[PrintedUrl] = []
_placeholder: list[Placeholder] = []


DOORS = ("paid", "later", "problem")


def lend_pay_links(*, printed_url: PrintedUrl, placeholder: Placeholder) -> None:
    _printed_url[:] = [printed_url]
    _placeholder[:] = [placeholder]


def pay_url_printed(invoice: Invoice) -> str | None:
    """The address printed in an invoice's PDF; None when nobody takes payments."""
    return _printed_url[0](invoice) if _printed_url else None


def pay_placeholder(message: Message, receivables: Sequence[Receivable | Owed]) -> str | None:
    """What stands for the link to pay in a message's stored body."""
    return _placeholder[0](message, receivables) if _placeholder else None


def doors_beside(pay: str | None) -> dict[str, str]:
    """What stands for the client's three doors beside a link to pay, by name; a draft has none."""
    if pay is None or not pay.startswith("[[pay:"):
        return {}
    return {name: pay.replace("[[pay:", f"[[{name}:", 1) for name in DOORS}
