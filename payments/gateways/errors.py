"""What can go wrong at a gateway, in the four ways a caller can act upon.

Messages are for logs and for the owner's health card; the words a client reads are the page's.
"""

from __future__ import annotations


class GatewayError(Exception):
    """Anything a gateway could not do."""


class GatewayUnavailable(GatewayError):
    """The gateway did not answer, or answered that it cannot work now: try again later.

    `outcome_known` tells how to try again. False: the act may or may not have happened, so
    repeat it with the same key and the same request. True: the gateway has closed that key with
    a failure, so look for what it may have left behind, then use a new key.
    """

    def __init__(self, message: str, *, outcome_known: bool) -> None:
        super().__init__(message)
        self.outcome_known = outcome_known


class GatewayRefused(GatewayError):
    """The gateway will never accept this: a wrong key, a missing right, an impossible request."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class UnknownObject(GatewayRefused):
    """The gateway knows no such payment on this account: it is not ours, or not any more."""


class Declined(GatewayError):
    """The payer's bank said no. `retryable` is False when trying again can only annoy."""

    def __init__(self, message: str, *, code: str, retryable: bool) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable


class BadSignature(GatewayError):
    """A webhook that does not prove who sent it, or cannot be read: answer 400, change nothing."""
