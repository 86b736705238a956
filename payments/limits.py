"""Counters that slow down who knocks too often; without the cache nobody is refused."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
MINUTE = 60


def is_too_often(key: str, *, most: int, seconds: int = MINUTE) -> bool:
    """Count one knock under `key`; True when there were more than `most` in the window."""
    name = f"knocks:{key}"
    try:
        cache.add(name, 0, timeout=seconds)
        return int(cache.incr(name)) > most
    except ValueError:
        return False  # the window closed between the two lines
    except RedisError:
        logger.warning("The cache is away: knocks are not counted")
        return False


def visitor(request: HttpRequest) -> str:
    """The address that knocks; a proxy's word is taken only where one is in front (HTTPS)."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.HTTPS and forwarded:
        return forwarded.rsplit(",", maxsplit=1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
