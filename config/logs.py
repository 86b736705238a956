"""Logs: one JSON object a line; keys of doors and secrets never reach them."""

from __future__ import annotations

import logging
import re
from typing import Any

from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

from tenants.scope import optional_tenant

# pay links, webhooks, invitations, password resets: what follows the prefix opens something
_KEYS = re.compile(
    r"(/(?:p|hooks/[a-z]+|invitations|accounts/confirm-email|accounts/password/reset/key)/)"
    r"[^/?\s\"']+"
)
_SECRETS = re.compile(r"\b(?:sk|rk|whsec)_[A-Za-z0-9_]{6,}")


def redact(text: str) -> str:
    return _SECRETS.sub("[secret]", _KEYS.sub(r"\1[key]", text))


class PrivacyFilter(logging.Filter):
    """Interpolates the message early and removes what must not be kept."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
        return True


class JsonFormatter(BaseJsonFormatter):
    def __init__(self) -> None:
        super().__init__(
            "{asctime}{levelname}{name}{message}",
            style="{",
            rename_fields={"asctime": "at", "levelname": "level", "name": "logger"},
        )

    def formatException(self, ei: Any) -> str:  # noqa: N802 -- logging's own name
        return redact(str(super().formatException(ei)))

    def add_fields(
        self,
        log_data: dict[str, object],
        record: logging.LogRecord,
        message_dict: dict[str, object],
    ) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data.pop("request", None)
        if tenant := optional_tenant():
            log_data["tenant"] = tenant.slug
