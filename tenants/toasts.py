"""What a page says after an act: what was done, where it is, and the way back while there is one.

The text may name clients and files: it is escaped here, and nowhere is it marked as safe.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html

_UNDO = "undo:"


def say_done(
    request: HttpRequest, text: str, *, to: str = "", label: str = "", undo: str = ""
) -> None:
    """Show `text` on the next page, with a link `label` to the address `to`.

    `undo` is the address whose POST takes the act back: a button beside the text, without a
    further question, because the act was a moment ago and taking it back is harmless.
    """
    if to:
        text = format_html('{} <a href="{}">{}</a>', text, to, label)
    messages.success(request, text, extra_tags=f"{_UNDO}{undo}" if undo else "")


def undo_address(tags: str) -> str:
    """The address in a message's tags; empty for most messages."""
    return tags.removeprefix(_UNDO) if tags.startswith(_UNDO) else ""
