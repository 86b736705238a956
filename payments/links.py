"""Pay links: one door for a set of receivables, with a token that is never stored."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Message
from core.errors import DomainError
from invoices.models import Invoice, Receivable
from invoices.plugs import Owed
from payments.covered import covered_by
from payments.link_rows import key_version_of, write_link
from payments.models import PayLink, PayLinkItem
from tenants import clock
from tenants.doors import find_door, key_hash, revoke_doors
from tenants.links import public_url
from tenants.models import Door
from tenants.scope import tenant_atomic, use_tenant

LIFE = dt.timedelta(days=90)
ZERO = Decimal(0)


class CannotLink(DomainError):
    """These receivables cannot be on one link."""


def make_link(
    *,
    client: Client,
    receivables: Sequence[Receivable | Owed],
    language: str,
    now: dt.datetime,
    message: Message | None = None,
    is_printed: bool = False,
) -> PayLink:
    """Open a door to pay these receivables, for 90 days from now or from the latest due date.

    A message has one link: asking again gives the same, about the receivables named now.

    Raises:
        CannotLink: nothing to pay, another client's receivable, or two currencies.
    """
    _check(client, receivables)
    opened = _opened(
        client, receivables, language=language, now=now, message=message, is_printed=is_printed
    )
    if opened is not None:
        return opened
    return _changed(client, message, receivables)


@tenant_atomic()
def _changed(
    client: Client, message: Message | None, receivables: Sequence[Receivable | Owed]
) -> PayLink:
    """The link of a message, about these receivables and no others."""
    link = PayLink.objects.get(client=client, message=message)
    items = {item.receivable_id: item for item in link.items.all()}
    wanted = {receivable.pk for receivable in receivables}
    for receivable_id in wanted - items.keys():
        PayLinkItem.objects.create(link=link, receivable_id=receivable_id)
    for receivable_id in items.keys() - wanted:
        items[receivable_id].delete()
    return link


def link_token(link: PayLink) -> str:
    """The key of the door: HMAC-SHA256 of the link's random id, 43 characters of base64url."""
    key = settings.LINK_KEYS[link.key_version].encode()
    digest = hmac.digest(key, link.public_id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def link_url(link: PayLink) -> str:
    """The absolute address a client opens."""
    return public_url("portal:link", token=link_token(link), absolute=True)


def placeholder(link: PayLink) -> str:
    """What stands for the address in a stored message."""
    return f"[[pay:{link.public_id}]]"


def reveal_link(public_id: str, page: str = "portal:link") -> str:
    """The address behind a placeholder; inside a scope. `page` is another one behind the door."""
    found = PayLink(public_id=UUID(public_id), key_version=key_version_of(public_id))
    return public_url(page, token=link_token(found), absolute=True)


def link_for_token(token: str) -> tuple[Door, PayLink]:
    """The door that a token opens, expired or not, and the link behind it.

    Raises:
        Http404: unknown, revoked, of another kind, of an archived client: all look alike.
    """
    door = find_door(kind=Door.Kind.PAY_LINK, key=token)
    with use_tenant(door.tenant), tenant_atomic():
        link = PayLink.objects.select_related("client").get(public_id=door.target)
    if link.client.archived_at is not None:
        raise Http404
    return door, link


def receivables_of(link: PayLink) -> list[Receivable]:
    """What is on the link and what has taken its place, the oldest due first, with its invoice."""
    return covered_by(link).rows


def balance_of(link: PayLink) -> Decimal:
    """What is open on the link now: its own receivables and what replaced them, nothing else."""
    return sum((receivable.balance for receivable in receivables_of(link)), ZERO)


@tenant_atomic()
def revoke_links(*, links: Sequence[PayLink], now: dt.datetime) -> None:
    """Close doors: whoever opens one reads the same 404 as for a link that never was."""
    ids = [link.pk for link in links]
    PayLink.objects.filter(pk__in=ids, revoked_at=None).update(revoked_at=now)
    revoke_doors(targets=[link.public_id for link in links], now=now)


def revoke_pointless_links(*, receivable_id: int, now: dt.datetime) -> None:
    """Close the links that ask for nothing because it was credited or given up, never paid.

    A link on which something was paid stays: it says "paid, thank you".
    """
    links = PayLink.objects.filter(items__receivable_id=receivable_id, revoked_at=None)
    pointless = [
        link
        for link in links
        if not any(row.balance or row.allocated for row in receivables_of(link))
    ]
    if pointless:
        revoke_links(links=pointless, now=now)


def printed_url(invoice: Invoice) -> str | None:
    """The address printed on an invoice: made once, the same for ever."""
    receivables = list(invoice.receivables.filter(kind=Receivable.Kind.INSTALLMENT))
    if not receivables:
        return None
    link = (
        PayLink.objects.filter(items__receivable__in=receivables, is_printed=True, revoked_at=None)
        .order_by("id")
        .first()
    )
    return link_url(
        link
        or make_link(
            client=invoice.client,
            receivables=receivables,
            language=invoice.language,
            now=clock.now(),
            is_printed=True,
        )
    )


def message_placeholder(message: Message, receivables: Sequence[Receivable | Owed]) -> str | None:
    """The placeholder of a message's one button; None when it asks for nothing."""
    if not receivables or message.client is None:
        return None
    return placeholder(
        make_link(
            client=message.client,
            receivables=receivables,
            language=message.language,
            now=clock.now(),
            message=message,
        )
    )


def fresh_link(link: PayLink, *, message: Message, now: dt.datetime) -> PayLink:
    """A new door to what is still open of an expired link."""
    still_open = [row for row in receivables_of(link) if row.balance > ZERO]
    return make_link(
        client=link.client,
        receivables=still_open or receivables_of(link),
        language=message.language,
        now=now,
        message=message,
    )


def _check(client: Client, receivables: Sequence[Receivable | Owed]) -> None:
    if not receivables:
        raise CannotLink(_("There is nothing to pay here."))
    if {receivable.client_id for receivable in receivables} != {client.pk}:
        raise CannotLink(_("A link to pay is about one client."))
    if len({receivable.currency for receivable in receivables}) > 1:
        raise CannotLink(_("A link to pay is in one currency."))


def _opened(
    client: Client,
    receivables: Sequence[Receivable | Owed],
    *,
    language: str,
    now: dt.datetime,
    message: Message | None,
    is_printed: bool,
) -> PayLink | None:
    """A new link; None, and nothing is written, when the message has one."""
    latest = max(receivable.due_on for receivable in receivables)
    due_at = dt.datetime.combine(latest, dt.time(23, 59), tzinfo=dt.UTC)
    link = PayLink(
        client=client,
        message=message,
        key_version=settings.LINK_KEY_VERSION,
        is_printed=is_printed,
        language=language,
        expires_at=max(now, due_at) + LIFE,
    )
    is_new = write_link(
        link,
        receivable_ids=[receivable.pk for receivable in receivables],
        key_sha256=key_hash(link_token(link)),
    )
    return link if is_new else None
