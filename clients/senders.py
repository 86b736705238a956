"""In whose name a tenant's mail leaves, and through which server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

from django.conf import settings

from clients.models import Sender
from core.errors import DomainError
from tenants.models import Business, Membership, Role
from tenants.rows import read_rows
from tenants.scope import current_tenant
from tenants.seal import unseal

OUR_NAME = "Échéance"
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Route:
    """A mail server. `is_ours` is the installation's own: its address is trusted."""

    host: str
    port: int
    security: str
    username: str
    password: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every message of a tenant has in common, read once per batch.

    `route` is None while no mail server is set: messages are kept. `trouble` says why the
    tenant's own server cannot be used at all. `memory` is for what else those who write read once
    per batch.
    """

    business: Business | None
    from_name: str
    from_email: str
    reply_to: str
    bcc: str
    route: Route | None
    trouble: str = ""
    last_error: str = ""
    memory: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def from_header(self) -> str:
        return f"{self.from_name} <{self.from_email}>"


_in_use: ContextVar[Letterhead | None] = ContextVar("letterhead", default=None)


@contextmanager
def writing_under(letterhead: Letterhead) -> Iterator[None]:
    """Let what is rendered inside use a letterhead that was read already."""
    token = _in_use.set(letterhead)
    try:
        yield
    finally:
        _in_use.reset(token)


def letterhead_in_use() -> Letterhead:
    """The one of the batch being delivered, else read now; inside a scope."""
    return _in_use.get() or read_letterhead()


def batch_memory() -> dict[str, Any]:
    """What was read for the batch being delivered, by name; elsewhere nothing is kept."""
    letterhead = _in_use.get()
    return letterhead.memory if letterhead else {}


def read_letterhead() -> Letterhead:
    """The current tenant's, inside a scope."""
    senders, businesses = read_rows(Sender, "true", {}), read_rows(Business, "true", {})
    sender = senders[0] if senders else Sender()  # one a tenant at most
    business = businesses[0] if businesses else None
    reply_to = sender.reply_to or (business.email if business else "") or _owner_email()
    if sender.way == Sender.Way.OWN_SMTP:
        return _through_own_server(sender, business, reply_to)
    return Letterhead(
        business=business,
        from_name=f"{_plain(sender.from_name or current_tenant().name)} via {OUR_NAME}",
        from_email=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        reply_to=reply_to,
        bcc=sender.bcc,
        route=_our_route(),
        last_error=sender.last_error,
    )


def _through_own_server(sender: Sender, business: Business | None, reply_to: str) -> Letterhead:
    password, trouble = "", ""
    try:
        password = unseal(sender.password_sealed) if sender.password_sealed else ""
    except DomainError as error:
        trouble = str(error)
    return Letterhead(
        business=business,
        from_name=_plain(sender.from_name or current_tenant().name),
        from_email=sender.from_email,
        reply_to=sender.reply_to or ("" if reply_to == sender.from_email else reply_to),
        bcc=sender.bcc,
        route=Route(
            host=sender.host,
            port=sender.port,
            security=sender.security,
            username=sender.username,
            password=password,
            is_ours=False,
        ),
        trouble=trouble,
        last_error=sender.last_error,
    )


def _our_route() -> Route | None:
    if not settings.MAIL_IS_SET or not settings.EMAIL_HOST:
        return None
    security = "TLS" if settings.EMAIL_USE_SSL else "STARTTLS" if settings.EMAIL_USE_TLS else "NONE"
    return Route(
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        security=security,
        username=settings.EMAIL_HOST_USER or "",
        password=settings.EMAIL_HOST_PASSWORD or "",
        is_ours=True,
    )


def _owner_email() -> str:
    owners = Membership.objects.filter(tenant=current_tenant(), role=Role.OWNER)
    return owners.order_by("pk").values_list("user__email", flat=True).first() or ""


def _plain(name: str) -> str:
    """A name that may stand before an address: one line, no mark of its own."""
    return " ".join(name.replace("<", " ").replace(">", " ").split())[:LONGEST_NAME]
