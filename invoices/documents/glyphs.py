"""Which characters our one font has: a missing one breaks PDF/A, so none may reach the page."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

FONTS = Path(__file__).resolve().parents[2] / "static" / "documents" / "fonts"
REPLACEMENT = "\u25a1"  # a hollow square: something was here that cannot be printed
# Invisible: controls, soft hyphen, joiners, direction marks, variation selectors.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)


def printable(text: str) -> str:
    """Return the text with every character our font lacks replaced by its nearest.

    Invisible characters go, compatibility forms become plain ones (`①` gives `1`), and what
    has no equivalent (an emoji, a Chinese name) becomes `□`.
    """
    composed = unicodedata.normalize("NFC", INVISIBLE.sub("", text))
    return _foreign().sub(lambda match: _nearest(match[0]), composed)


def unprintable_characters(text: str) -> str:
    """Return the characters of the text that would print as `□`, once each, in order.

    For forms: a client's name had better be refused at the keyboard than mangled on paper.
    """
    composed = unicodedata.normalize("NFC", INVISIBLE.sub("", text))
    lost = (char for char in _foreign().findall(composed) if REPLACEMENT in _nearest(char))
    return "".join(dict.fromkeys(lost))


def _nearest(char: str) -> str:
    plain = unicodedata.normalize("NFKD", char)
    bare = "".join(part for part in plain if not unicodedata.combining(part))
    for candidate in (plain, bare):
        if candidate and candidate != char and not _foreign().search(candidate):
            return unicodedata.normalize("NFC", candidate)
    return REPLACEMENT


@cache
def _foreign() -> re.Pattern[str]:
    """A pattern for one character that the font does not have."""
    with TTFont(FONTS / "Inter-Regular.ttf", lazy=True) as font:
        known = font.getBestCmap()
    return re.compile(f"[^\t\n{re.escape(''.join(map(chr, known)))}]")
