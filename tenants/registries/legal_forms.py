"""What is printed for a legal form of the register (INSEE's codes, third level)."""

from __future__ import annotations

from typing import Final

SOLE_TRADER: Final = "1000"
SHORT: Final = {
    "5202": "SNC",
    "5306": "SCS",
    "5308": "SCA",
    "5458": "SCOP SARL",
    "5485": "SELARL",
    "5498": "EURL",
    "5499": "SARL",
    "5599": "SA",
    "5699": "SA",
    "5710": "SAS",
    "5720": "SASU",
    "5785": "SELAS",
    "6220": "GIE",
    "6533": "GAEC",
    "6540": "SCI",
    "6589": "SCM",
    "6597": "SCEA",
    "6598": "EARL",
    "6599": "Société civile",
    "9220": "Association",
}


def legal_form(code: str) -> str:
    """The usual abbreviation; empty for a code that we do not know: the owner writes it."""
    return SHORT.get(code, "")
