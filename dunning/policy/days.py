"""The calendar with a memory: thousands of decisions fall on the same few hundred days."""

from __future__ import annotations

from functools import lru_cache

from core import calendar

next_business_day = lru_cache(maxsize=4096)(calendar.next_business_day)
roll_forward = lru_cache(maxsize=4096)(calendar.roll_forward)
pre_due_day = lru_cache(maxsize=4096)(calendar.pre_due_day)
first_day_after_due = lru_cache(maxsize=4096)(calendar.first_day_after_due)
