"""States as chips and symbols as icons, in Python because lists render them by the hundred."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.core.signals import setting_changed
from django.dispatch import receiver
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# State -> (colour, icon, word). The colours and icons are those of docs/look.md.
STATES: dict[str, tuple[str, str, StrOrPromise]] = {
    "DRAFT": ("draft", "circle-dashed", pgettext_lazy("state", "Draft")),
    "SENT": ("sent", "send", pgettext_lazy("state", "Sent")),
    "DUE": ("due", "clock", pgettext_lazy("state", "Due soon")),
    "DUE_TODAY": ("due", "clock", pgettext_lazy("state", "Due today")),
    "OVERDUE": ("overdue", "circle-alert", pgettext_lazy("state", "Overdue")),
    "FORMAL_NOTICE": ("notice", "gavel", pgettext_lazy("state", "Formal notice")),
    "PAID": ("paid", "check", pgettext_lazy("state", "Paid")),
    "PART_PAID": ("due", "circle-dashed", pgettext_lazy("state", "Part paid")),
    "PAYMENT_PENDING": ("sent", "hourglass", pgettext_lazy("state", "Payment under way")),
    "PROMISED": ("promise", "handshake", pgettext_lazy("state", "Promise to pay")),
    "PLAN": ("promise", "split", pgettext_lazy("state", "Payment plan")),
    "DISPUTED": ("dispute", "message-square-warning", pgettext_lazy("state", "Dispute")),
    "PAUSED": ("draft", "pause", pgettext_lazy("state", "Paused")),
    "STOPPED": ("draft", "octagon-x", pgettext_lazy("state", "Stopped")),
    "SAYS_PAID": ("due", "message-circle", pgettext_lazy("state", "Says it is paid")),
    "NO_CONTACT": ("due", "mail-x", pgettext_lazy("state", "No contact")),
    "AWAITING_APPROVAL": ("due", "stamp", pgettext_lazy("state", "Awaiting approval")),
    "CANCELLED": ("draft", "ban", pgettext_lazy("state", "Cancelled")),
    "WRITTEN_OFF": ("draft", "archive", pgettext_lazy("state", "Written off")),
    "ACCEPTED": ("paid", "check", pgettext_lazy("state", "Accepted")),
    "DECLINED": ("draft", "x", pgettext_lazy("state", "Declined")),
    "EXPIRED": ("draft", "hourglass", pgettext_lazy("state", "Expired")),
    "KEPT": ("paid", "check", pgettext_lazy("state", "Kept")),
    "BROKEN": ("overdue", "circle-alert", pgettext_lazy("state", "Broken")),
    "QUEUED": ("draft", "clock", pgettext_lazy("state", "Waiting to leave")),
    "HELD": ("draft", "pause", pgettext_lazy("state", "Held")),
    "DELIVERED": ("paid", "mail-check", pgettext_lazy("state", "Delivered")),
    "BOUNCED": ("overdue", "mail-x", pgettext_lazy("state", "Bounced")),
    "FAILED": ("overdue", "circle-alert", pgettext_lazy("state", "Failed")),
    "AMBIGUOUS": ("due", "circle-help", pgettext_lazy("state", "Doubtful")),
}
_UNKNOWN: tuple[str, str, StrOrPromise] = ("draft", "circle-dashed", "")


@lru_cache
def icon(name: str, size: str = "") -> SafeString:
    """A symbol of the sprite, decorative; `{% icon "phone" "sm" %}` for the small one."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        "i i-sm" if size == "sm" else "i",
        static("icons.svg"),
        name,
    )


def chip(state: str, label: StrOrPromise = "") -> SafeString:
    """A state as icon, word and colour; `label` replaces the usual word."""
    return chip_in(state, label, get_language() or "fr")


@lru_cache(maxsize=4096, typed=True)  # a label that is already HTML is another one
def chip_in(state: str, label: StrOrPromise, language: str) -> SafeString:
    """Kept, because a list shows the same few by the hundred; the word depends on the language."""
    colour, symbol, word = STATES.get(state, _UNKNOWN)
    text = str(label) or word or state
    return format_html('<span class="chip {}">{}{}</span>', colour, icon(symbol), text)


@receiver(setting_changed)
def _forget(**kwargs: object) -> None:
    """Tests change where static files live."""
    icon.cache_clear()
    chip_in.cache_clear()
