"""The acts on businesses and people."""

from __future__ import annotations

from tenants.services.businesses import create_business, update_business
from tenants.services.switches import go_live, resume, stop
from tenants.services.team import accept_invitation, change_role, invite, remove_member

__all__ = [
    "accept_invitation",
    "change_role",
    "create_business",
    "go_live",
    "invite",
    "remove_member",
    "resume",
    "stop",
    "update_business",
]
