"""The one error that users read."""

from __future__ import annotations


class DomainError(Exception):
    """An act that cannot be done, said in a sentence fit for the user.

    Services raise it (or a subclass named after the fact, `InvoiceAlreadyPaid`) with a
    translated message;
    views and commands show that message and change nothing.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
