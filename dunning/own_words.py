"""What a letter says around its lines: the tenant's own words for a client, for all, or ours.

Read in one statement for all that is written under one letterhead (a batch of the outbox, a page
of the plan); a second one for each client who has words of his own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from functools import cache
from typing import Any, Final

from django.template.loader import get_template

from clients.senders import batch_memory
from dunning.blanks import NAMES
from dunning.models import OwnWords
from dunning.policy import Severity
from tenants.language import LANGUAGES
from tenants.prepared import fetch_prepared
from tenants.scope import scoped_tenant_id

Letter = OwnWords.Letter
LETTERS: Final = {
    Severity.COMING: Letter.COMING,
    Severity.COURTEOUS: Letter.COURTEOUS,
    Severity.FIRM: Letter.FIRM,
    Severity.LAST_CALL: Letter.LAST_CALL,
}
_BEFORE = frozenset(NAMES) - {"days_late"}
BLANKS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(LETTERS.values(), frozenset(NAMES)),
    Letter.COMING: _BEFORE,
    Letter.THANKS: _BEFORE - {"due_on", "total"},
}

_FOR_ALL: Final = """
    SELECT letter, language, subject, opening, closing, NULL::bigint FROM dunning_ownwords
    WHERE tenant_id = %(tenant)s::bigint AND client_id IS NULL
    UNION ALL
    SELECT DISTINCT '', '', '', '', '', client_id FROM dunning_ownwords
    WHERE tenant_id = %(tenant)s::bigint AND client_id IS NOT NULL
"""
_OF_CLIENT: Final = """
    SELECT letter, language, subject, opening, closing FROM dunning_ownwords
    WHERE tenant_id = %(tenant)s::bigint AND client_id = %(client)s::bigint
"""


@dataclass(frozen=True, slots=True)
class Texts:
    """The three texts of a letter that may be the tenant's own, with their blanks."""

    subject: str = ""
    opening: str = ""
    closing: str = ""

    def over(self, below: Texts) -> Texts:
        """These, and where one is empty the other's."""
        pairs = zip(astuple(self), astuple(below), strict=True)
        return Texts(*(above or under for above, under in pairs))

    def unlike(self, below: Texts) -> Texts:
        """What differs from the other; what does not is empty."""
        pairs = zip(astuple(self), astuple(below), strict=True)
        return Texts(*("" if above == under else above for above, under in pairs))


Known = dict[tuple[str, str], Texts]


@dataclass(frozen=True, slots=True)
class Wording:
    """What one letter says to one client, or to all.

    `of_client` are the parts that are his alone, `of_all` those for everybody; `below` is what
    would be said without the nearest of them.
    """

    texts: Texts
    of_client: Texts | None
    of_all: Texts | None
    below: Texts

    @property
    def is_own(self) -> bool:
        return bool(self.of_client or self.of_all)


@cache
def shipped(letter: str, language: str) -> Texts:
    """Our words; a file per letter and language."""
    name = f"emails/dunning/words/{letter.lower()}_{language}.txt"
    return Texts(*(part.strip() for part in get_template(name).render().split("\n---\n")))


def wording_of(client_id: int | None, letter: str, language: str) -> Wording:
    """The nearest words first: the client's, those for all, ours."""
    for_all, clients = _remembered("own_words", _read_for_all)
    theirs: Known = {}
    if client_id in clients:
        theirs = _remembered(f"own_words_{client_id}", lambda: _read_of_client(client_id))
    return _nearest(theirs, for_all, letter, language, has_client=client_id is not None)


def wordings_for_all() -> dict[tuple[str, str], Wording]:
    """What every letter says in every language where a client has no words of his own; a query."""
    for_all, _clients = _read_for_all()
    return {
        (letter, language): _nearest({}, for_all, letter, language, has_client=False)
        for letter in Letter
        for language in LANGUAGES
    }


def _nearest(
    theirs: Known, for_all: Known, letter: str, language: str, *, has_client: bool
) -> Wording:
    ours, which = shipped(letter, language), (letter, language)
    of_all, of_client = for_all.get(which), theirs.get(which)
    general = of_all.over(ours) if of_all else ours
    return Wording(
        texts=of_client.over(general) if of_client else general,
        of_client=of_client,
        of_all=of_all,
        below=general if has_client else ours,
    )


def _remembered(key: str, read: Any) -> Any:
    memory = batch_memory()
    if key not in memory:
        memory[key] = read()
    return memory[key]


def _read_for_all() -> tuple[Known, set[int]]:
    known: Known = {}
    clients: set[int] = set()
    for letter, language, *texts, client_id in fetch_prepared(
        _FOR_ALL, {"tenant": scoped_tenant_id()}
    ):
        if client_id is None:
            known[letter, language] = Texts(*texts)
        else:
            clients.add(client_id)
    return known, clients


def _read_of_client(client_id: int | None) -> Known:
    rows = fetch_prepared(_OF_CLIENT, {"tenant": scoped_tenant_id(), "client": client_id})
    return {(letter, language): Texts(*texts) for letter, language, *texts in rows}
