"""Secrets at rest: gateway keys and mail passwords, sealed under `FIELD_KEY`."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from core.errors import DomainError


def seal(secret: str) -> bytes:
    return _fernet().encrypt(secret.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """Give the secret back.

    Raises:
        DomainError: `FIELD_KEY` is not the one it was sealed with.
    """
    try:
        return _fernet().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise DomainError("This secret cannot be read any more: please enter it again.") from None


def _fernet() -> Fernet:
    digest = hashlib.sha256(settings.FIELD_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
