"""The languages of the product, and the cookie that remembers a reader's."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("fr", "en")
COOKIE: Final = "language"
