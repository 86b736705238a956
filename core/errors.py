"""The one error that users read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Sentence(Protocol):
    """A plain string, or one that translates itself when it is read."""

    def __mod__(self, values: Any, /) -> str: ...


class DomainError(Exception):
    """An act that cannot be done, said in a sentence fit for the user.

    Services raise it (or a subclass named after the fact, `InvoiceAlreadyPaid`); views and
    commands show it and change nothing. The sentence and its values are kept apart, so that a
    pure module may raise it in English and the interface may still translate it:
    `error.text(gettext, localize)`.
    """

    def __init__(self, message: Sentence, /, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.text()

    def text(
        self,
        translate: Callable[[str], str] = str,
        show: Callable[[Any], Any] = str,
    ) -> str:
        """Return the sentence through `translate`, each value in it through `show`."""
        sentence = translate(str(self.message))
        if not self.params:
            return sentence
        return sentence % {name: show(value) for name, value in self.params.items()}


def gettext_noop(message: str) -> str:
    """Mark a sentence for extraction in modules that know nothing of translation."""
    return message
