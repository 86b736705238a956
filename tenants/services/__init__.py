"""The acts on businesses and people."""

from __future__ import annotations

from tenants.services.businesses import (
    create_business,
    create_business_once,
    update_business,
)
from tenants.services.digests import set_digest
from tenants.services.looks import choose_color
from tenants.services.switches import go_live, resume, stop
from tenants.services.team import accept_invitation, change_role, invite, remove_member

__all__ = [
    "accept_invitation",
    "change_role",
    "choose_color",
    "create_business",
    "create_business_once",
    "go_live",
    "invite",
    "remove_member",
    "resume",
    "set_digest",
    "stop",
    "update_business",
]
