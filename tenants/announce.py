"""Upward news: sent inside the transaction, each receiver in its own savepoint."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.dispatch import Signal

logger = logging.getLogger(__name__)


def announce(signal: Signal, sender: type, **ids: Any) -> None:
    """Tell every receiver; one that fails is rolled back alone, logged, and healed by a sweep."""
    for receiver in signal._live_receivers(sender)[0]:  # noqa: SLF001 -- send_robust has no savepoint
        try:
            with transaction.atomic():
                receiver(signal=signal, sender=sender, **ids)
        except Exception:
            logger.exception("A receiver of %s failed", sender.__name__)
