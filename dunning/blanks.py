"""The blanks of a text, `{total}`, in the words of its language: a closed list, filled in once.

No template engine: what an owner writes is never run, and what fills a blank is never read again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Final

from core.errors import DomainError, gettext_noop

# What each is called in a letter's language; either name is understood in both.
NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "greeting": {"fr": "bonjour", "en": "greeting"},
    "contact": {"fr": "contact", "en": "contact"},
    "client": {"fr": "client", "en": "client"},
    "invoices": {"fr": "factures", "en": "invoices"},
    "number": {"fr": "numéro", "en": "number"},
    "due_on": {"fr": "échéance", "en": "due_date"},
    "days_late": {"fr": "retard", "en": "days_late"},
    "total": {"fr": "total", "en": "total"},
    "business": {"fr": "entreprise", "en": "business"},
}
_BLANK = re.compile(r"\{([^{}\n]*)\}")
_LONGEST_NAME = 30  # of an unknown name, as it is said again
# What turns the text around it, so that an amount could be read backwards.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class BadText(DomainError):
    """A text with a blank that nobody fills in, or with a character that does not belong there."""


def called(blank: str, language: str) -> str:
    """A blank as it is written in a text of that language."""
    return f"{{{NAMES[blank][language]}}}"


def checked(text: str, *, language: str, allowed: Collection[str], one_line: bool = False) -> str:
    """The text without its outer white space, its lines ended alike.

    Raises:
        BadText: an unknown blank, a brace alone, a second line where there is one, a character
            that is not seen, two square brackets (our marks of a link).
    """
    text = "\n".join(line.rstrip() for line in text.splitlines()).strip()
    if one_line and "\n" in text:
        raise BadText(gettext_noop("The subject is one line."))
    if any(_is_unseen(sign) for sign in text):
        raise BadText(gettext_noop("A character in it cannot be seen: type the text again."))
    if "[[" in text:
        raise BadText(gettext_noop("Write one square bracket: two of them mark our links."))
    for name in _BLANK.findall(text):
        if _named(name) not in allowed:
            raise BadText(
                gettext_noop("{%(name)s} is not known here. You can write: %(allowed)s."),
                name=name[:_LONGEST_NAME],
                allowed=", ".join(called(blank, language) for blank in NAMES if blank in allowed),
            )
    if set("{}") & set(_BLANK.sub("", text)):
        raise BadText(
            gettext_noop(
                "A brace stands alone: write for example %(example)s, and no other brace."
            ),
            example=called("client", language),
        )
    return re.sub(r"\n{3,}", "\n\n", text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its blanks filled in, by what `NAMES` calls them; in one pass."""
    return _BLANK.sub(lambda found: values.get(_named(found[1]), found[0]), text)


def _is_unseen(sign: str) -> bool:
    return sign in _TURNING or (sign not in "\n\t" and unicodedata.category(sign) == "Cc")


def _named(name: str) -> str:
    """What a name means, however its accents and spaces are typed; empty for nothing."""
    return _MEANT.get(_plain(name), "")


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(sign for sign in letters if not unicodedata.combining(sign)).replace(" ", "_")


_MEANT: Final = {_plain(name): blank for blank, names in NAMES.items() for name in names.values()}
