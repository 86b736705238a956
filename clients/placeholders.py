"""What stands for a link in a stored message, so that a stored copy opens nothing.

Bodies hold `[[pay:<uuid>]]`. The link takes its place only in the bytes handed to the mail server;
pages of the app show words instead.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_PLACEHOLDER = re.compile(r"\[\[([a-z_]{1,20}):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]\]")

_links: dict[str, Callable[[str], str]] = {}
_words: dict[str, StrOrPromise] = {}


def register_placeholder(
    name: str, link: Callable[[str], str], *, words: StrOrPromise = ""
) -> None:
    """Say what `[[name:<uuid>]]` becomes: `link(uuid)`, an absolute address.

    `link` is called inside a scope; `words` are what a stored copy shows in its place.
    """
    _links[name] = link
    _words[name] = words


def links_in(texts: Iterable[str]) -> dict[str, str]:
    """The address behind every placeholder of these texts; inside a scope."""
    found = {match.group(0): match for text in texts for match in _PLACEHOLDER.finditer(text)}
    return {
        placeholder: _links[match.group(1)](match.group(2))
        for placeholder, match in found.items()
        if match.group(1) in _links
    }


def reveal(text: str, links: Mapping[str, str], *, is_html: bool = False) -> str:
    """The text with its links, for the mail server only."""
    for placeholder, link in links.items():
        text = text.replace(placeholder, html.escape(link) if is_html else link)
    return text


def conceal(text: str) -> str:
    """The text as pages of the app show it: words where links are."""
    return _PLACEHOLDER.sub(lambda match: f"[{_words.get(match.group(1)) or '…'}]", text)
