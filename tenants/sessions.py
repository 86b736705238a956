"""Sessions in PostgreSQL, as Django keeps them, read by a statement that is planned once."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.sessions.backends import db

from tenants.prepared import fetch_prepared

_READ: Final = """
    SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()
"""


class SessionStore(db.SessionStore):
    """What differs from Django's own is the reading alone: every page of a signed-in user asks."""

    def load(self) -> dict[str, Any]:
        rows = fetch_prepared(_READ, [self.session_key])
        if not rows:
            self._session_key = None  # an unknown key is never taken over
            return {}
        found: dict[str, Any] = self.decode(rows[0][0])
        return found
