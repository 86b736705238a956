"""Changing what a letter says, and going back."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.errors import DomainError
from dunning.blanks import checked
from dunning.models import OwnWords
from dunning.own_words import BLANKS, Texts, wording_of
from tenants.audit import record
from tenants.language import LANGUAGES
from tenants.models import User
from tenants.scope import tenant_atomic


class UnknownLetter(DomainError):
    """No letter of that name or language has words to change: a formal notice, for one."""


@tenant_atomic()
def change_words(
    *,
    client: Client | None,
    letter: str,
    language: str,
    texts: Texts,
    user: User | None,
    now: dt.datetime,
    for_all: bool = False,
) -> OwnWords | None:
    """Let a letter say this to one client, or (None, or `for_all`) to every client.

    Returns None if that is what is said without it. What has not left yet leaves with these words.
    A part that is empty, or the same as without it, follows what is said without it: for a client
    the words for all, else ours. `for_all`: the client named has no other words any more.

    Raises:
        UnknownLetter: the words of that letter are not the tenant's.
        BadText: a blank that nobody fills in, a second line in the subject, …
    """
    if letter not in BLANKS or language not in LANGUAGES:
        raise UnknownLetter(_("The words of this letter cannot be changed."))
    if for_all and client is not None:
        forget_words(client=client, letter=letter, language=language, user=user, now=now)
        client = None
    allowed = BLANKS[letter]
    cleaned = Texts(
        subject=checked(texts.subject, language=language, allowed=allowed, one_line=True),
        opening=checked(texts.opening, language=language, allowed=allowed),
        closing=checked(texts.closing, language=language, allowed=allowed),
    )
    below = wording_of(client.pk if client else None, letter, language).below
    parts = asdict(cleaned.unlike(below))
    if not any(parts.values()):
        forget_words(client=client, letter=letter, language=language, user=user, now=now)
        return None
    row, is_new = OwnWords.objects.select_for_update().get_or_create(
        client=client, letter=letter, language=language, defaults={**parts, "changed_at": now}
    )
    before = {} if is_new else _parts(row)
    if before == parts:
        return row
    row.subject, row.opening, row.closing = parts["subject"], parts["opening"], parts["closing"]
    row.changed_at = now
    row.save()
    record(act="change_words", subject=row, user=user, at=now, before=before, after=_said(row))
    return row


@tenant_atomic()
def forget_words(
    *, client: Client | None, letter: str, language: str, user: User | None, now: dt.datetime
) -> bool:
    """Go back to what is said without them; returns whether there were any."""
    row = _row(client, letter, language)
    if row is None:
        return False
    record(act="forget_words", subject=row, user=user, at=now, before=_said(row))
    row.delete()
    return True


def _row(client: Client | None, letter: str, language: str) -> OwnWords | None:
    rows = OwnWords.objects.select_for_update().filter(letter=letter, language=language)
    return rows.filter(client=client).first()


def _parts(row: OwnWords) -> dict[str, str]:
    return {"subject": row.subject, "opening": row.opening, "closing": row.closing}


def _said(row: OwnWords) -> dict[str, object]:
    client = str(row.client.public_id) if row.client else None
    return {"letter": row.letter, "language": row.language, "client": client, **_parts(row)}
