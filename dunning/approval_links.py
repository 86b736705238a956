"""Links by which a person answers one question from a mail, without signing in.

The link opens a page and acts on nothing: the page asks, a button answers. Like a pay link its
token is an HMAC of a random id; only its hash is kept, and a stored copy of the mail holds a
placeholder. It speaks for one person, about one question, for three days, and only while that
person may still write in the business.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import Http404

from clients.placeholders import register_placeholder
from dunning.models import ApprovalLink
from tenants.access import WRITERS
from tenants.doors import find_door, make_door
from tenants.links import public_url
from tenants.models import Door, Membership
from tenants.scope import tenant_atomic, use_tenant

LIFE: Final = dt.timedelta(days=3)
NAME: Final = "approval"
PURPOSE: Final = b"approval:"  # no token of a pay link is one of these


def register_approval_links() -> None:
    register_placeholder(NAME, _reveal)


def approval_placeholder(*, approval_id: int, user_id: int, now: dt.datetime) -> str:
    """What stands for the link of this person to this question in a mail that is being written.

    Written again the mail has the same link.
    """
    version = max(settings.LINK_KEYS)
    link, is_new = ApprovalLink.objects.get_or_create(
        approval_id=approval_id, user_id=user_id, defaults={"key_version": version}
    )
    if is_new:
        key = _token(link.public_id, version)
        make_door(kind=Door.Kind.APPROVAL, key=key, target=link.public_id, expires_at=now + LIFE)
    return f"[[{NAME}:{link.public_id}]]"


def approval_for_token(token: str) -> tuple[Door, ApprovalLink]:
    """The door that a token opens, expired or not, and the link behind it.

    Raises:
        Http404: unknown, of another kind, or of somebody who may not write there any more.
    """
    door = find_door(kind=Door.Kind.APPROVAL, key=token)
    with use_tenant(door.tenant), tenant_atomic():
        link = ApprovalLink.objects.select_related(
            "user", "approval__case__client", "approval__case__invoice",
            "approval__case__receivable",
        ).get(public_id=door.target)  # fmt: skip
        may_write = Membership.objects.filter(
            tenant=door.tenant, user=link.user, user__is_active=True, role__in=WRITERS
        )
        if not may_write.exists():
            raise Http404
    return door, link


def _reveal(public_id: str) -> str:
    version = ApprovalLink.objects.values_list("key_version", flat=True).get(public_id=public_id)
    return public_url("portal:decide", question=_token(UUID(public_id), version), absolute=True)


def _token(public_id: UUID, version: int) -> str:
    """HMAC-SHA256 of the link's random id, 43 characters of base64url."""
    key = settings.LINK_KEYS[version].encode()
    digest = hmac.digest(key, PURPOSE + public_id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
