"""Legal facts that are not known are said to be missing, never guessed."""

from __future__ import annotations

from core.errors import DomainError
from core.errors import gettext_noop as _


class LegalFactMissing(DomainError):
    """A dated fact that a calculation needs is not in the tables."""


class RateMissing(LegalFactMissing):
    """The rates of a half-year are not known yet."""

    def __init__(self, half_year: str) -> None:
        super().__init__(
            _(
                "The late-payment rate of the half-year %(half_year)s is not known yet;"
                " it has to be entered from the Journal officiel before it can be used."
            ),
            half_year=half_year,
        )
        self.half_year = half_year

    def __reduce__(self) -> tuple[type[RateMissing], tuple[str]]:
        return RateMissing, (self.half_year,)


class TextMissing(LegalFactMissing):
    """No wording of that mention is valid on that day."""


class TextIncomplete(DomainError):
    """A wording asks for a value that nobody gave."""


class ThresholdMissing(LegalFactMissing):
    """No value of that threshold is valid on that day."""


class LegalDataBroken(DomainError):
    """A shipped file of legal facts cannot be read."""
