"""What was done about a payment, and by whom, in the reader's language."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from payments.models import Movement, Payment
from tenants.models import AuditEntry

MOST = 50
ACTS = {
    "record_payment": _("Recorded"),
    "allocate": _("Allocated to an invoice"),
    "unallocate": _("Taken back from an invoice"),
}


@dataclass(frozen=True, slots=True)
class Done:
    """One act; `who` is empty for what the machine did."""

    at: dt.datetime
    words: str
    who: str


def history_of(payment: Payment) -> list[Done]:
    """Return the latest acts first; one query."""
    entries = AuditEntry.objects.filter(subject_id=payment.public_id).select_related("user")
    return [
        Done(entry.at, _words(entry), entry.user.name if entry.user else "")
        for entry in entries.order_by("-id")[:MOST]
    ]


def _words(entry: AuditEntry) -> str:
    if entry.act == "reverse":
        return str(Movement.Kind(entry.after["kind"]).label)
    return gettext(ACTS.get(entry.act, entry.act))
