"""From signing up to the first invoice: five screens, each of which can wait."""

from __future__ import annotations
