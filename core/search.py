"""Text as people look for it: without case, accents or typographic marks."""

from __future__ import annotations

import unicodedata

# What Unicode does not decompose: ligatures and struck letters, quotes and dashes.
_FOLDED = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "’": "'",
        "‘": "'",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
    }
)


def search_key(text: str) -> str:
    """Return the text folded for search and sorting: lower case, no accents, single spaces.

    The embedded PostgreSQL has neither unaccent nor ICU, so such keys are kept in columns.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold()).translate(_FOLDED)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.casefold().split())
