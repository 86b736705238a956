"""The law of one day, read at once: an invoice asks for eight facts of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import connection

from legal.queries import fill, text_missing, threshold_missing

# A later start overrides an earlier one that is still open: it comes later, too.
_HOLDS: Final = "valid_from <= %(day)s AND (valid_to IS NULL OR valid_to >= %(day)s)"
_LAW: Final = f"""
    SELECT 'THRESHOLD', key, value::text, valid_from FROM legal_legalthreshold WHERE {_HOLDS}
    UNION ALL
    SELECT 'TEXT', key, text, valid_from FROM legal_legaltext
    WHERE {_HOLDS} AND language = %(language)s
    UNION ALL
    SELECT 'VAT', rate::text, '', valid_from FROM legal_vatrate
    WHERE {_HOLDS} AND territory = %(territory)s
    ORDER BY 4
"""  # noqa: S608 -- our own words


@dataclass(frozen=True, slots=True)
class Law:
    """What holds on `day`: thresholds, wordings in one language, VAT rates of one territory."""

    day: dt.date
    language: str
    thresholds: Mapping[str, Decimal]
    texts: Mapping[str, str]
    vat_rates: frozenset[Decimal]

    def threshold(self, key: str) -> Decimal:
        """A legal number (its unit belongs to the key), or ThresholdMissing."""
        found = self.thresholds.get(key)
        if found is None:
            raise threshold_missing(key, self.day)
        return found

    def text(self, key: str, **values: object) -> str:
        """The wording of a mention with its values, or TextMissing, or TextIncomplete."""
        found = self.texts.get(key)
        if found is None:
            raise text_missing(key, self.day, self.language)
        return fill(found, **values)


def read_law(day: dt.date, *, language: str, territory: str) -> Law:
    """The facts of that day, by one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LAW, {"day": day, "language": language[:2], "territory": territory})
        rows = cursor.fetchall()
    return Law(
        day=day,
        language=language,
        thresholds={key: Decimal(value) for kind, key, value, _on in rows if kind == "THRESHOLD"},
        texts={key: value for kind, key, value, _on in rows if kind == "TEXT"},
        vat_rates=frozenset(Decimal(key) for kind, key, _value, _on in rows if kind == "VAT"),
    )
