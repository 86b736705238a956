"""Answers that are errors, and connections that are cut."""

from __future__ import annotations


class StripeRefusal(Exception):
    """An error as Stripe words it: HTTP status, type, code."""

    def __init__(self, status, message, *, kind="invalid_request_error", code=None, headers=()):
        super().__init__(message)
        self.status = status
        self.headers = list(headers)
        self.body = {"error": {"type": kind, "message": message}}
        if code:
            self.body["error"]["code"] = code


class ConnectionDropped(Exception):
    """The caller gets no answer: the connection is closed on it."""


def no_such(kind: str, object_id: str) -> StripeRefusal:
    return StripeRefusal(404, f"No such {kind}: '{object_id}'", code="resource_missing")
