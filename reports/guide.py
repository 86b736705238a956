"""The demonstration's first minute: five things worth opening, each where it really is.

Shown to visitors of a demo business alone. What was opened is ticked, and the card can be closed;
both are kept in the visitor's session and nowhere else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Message
from dunning.models import Case
from dunning.next_run import leaving_on, next_run_on
from dunning.plan_reading import indebted
from invoices.models import ImportBatch
from payments.links import link_url
from payments.models import PayLink
from tenants.clock import local
from tenants.links import tenant_url
from tenants.models import Role, Tenant
from tenants.scope import current_tenant

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KEPT_AS: Final = "demo-guide"  # in the session: {slug: [keys opened]}
CLOSED: Final = "closed"
WORDS: Final[dict[str, tuple[StrOrPromise, StrOrPromise]]] = {
    "owed": (_("See who owes what"), _("client by client, by how late it is")),
    "mail": (_("Read the mail that leaves next"), _("word for word, with its real amounts")),
    "pay": (_("Pay as the client would"), _("behind the link of the mail; no money moves")),
    "transfer": (_("Record a transfer"), _("one click, and one click takes it back")),
    "proof": (_("See the proof"), _("what left, to whom, when, kept as it was")),
    "book": (_("Look at the book that came in"), _("a table of invoices, understood and said")),
    "agree": (_("Agree to the plan"), _("all clients at once, and it can be taken back")),
    "days": (_("See what leaves, day by day"), _("nothing has left until now")),
    "journals": (_("Take the journals away"), _("sales and receipts, balanced, as a file")),
}
OWNER_STEPS: Final = {
    Tenant.Mode.LIVE: ("owed", "mail", "pay", "transfer", "proof"),
    Tenant.Mode.TEST: ("owed", "book", "mail", "agree", "days"),
}
READER_STEPS: Final = {
    Tenant.Mode.LIVE: ("owed", "mail", "proof", "journals"),
    Tenant.Mode.TEST: ("owed", "book", "mail", "days"),
}


@dataclass(frozen=True, slots=True)
class GuideStep:
    """A line of the card."""

    key: str
    title: StrOrPromise
    why: StrOrPromise
    is_done: bool


def steps_of(tenant: Tenant, role: str) -> tuple[str, ...]:
    """The keys for this visitor; none outside a demo business."""
    if not (settings.DEMO and tenant.is_demo):
        return ()
    steps = READER_STEPS if role == Role.ACCOUNTANT else OWNER_STEPS
    return steps[Tenant.Mode(tenant.mode)]


def read_guide(session: Any, tenant: Tenant, role: str) -> list[GuideStep]:
    """The card as this visitor has left it; empty once closed, and outside the demo. No query."""
    keys = steps_of(tenant, role)
    opened = session.get(KEPT_AS, {}).get(tenant.slug, []) if keys else []
    if CLOSED in opened:
        return []
    return [GuideStep(key, *WORDS[key], is_done=key in opened) for key in keys]


def tick(session: Any, tenant: Tenant, key: str) -> None:
    """Remember that a step was opened, or the card closed."""
    kept = dict(session.get(KEPT_AS, {}))
    opened = kept.get(tenant.slug, [])
    if key not in opened:
        kept[tenant.slug] = [*opened, key]
        session[KEPT_AS] = kept


def place_of(key: str, *, now: dt.datetime) -> str:
    """The address of the real thing behind a step, or of the list where it would be."""
    return _PLACES[key](now)


def _mail(now: dt.datetime) -> str:
    """The client who hears next; before any yes, the one who owes the most."""
    following = Case.objects.filter(state=Case.State.OPEN, next_action_on__isnull=False)
    case = following.select_related("client").order_by("next_action_on", "pk").first()
    client = case.client if case else indebted().order_by("-owed", "pk").first()
    if client is None:
        return tenant_url("dunning:plan")
    return tenant_url("dunning:client_plan", client.public_id)


def _pay(now: dt.datetime) -> str:
    """The link of the last mail that asks a business for money it still owes."""
    links = PayLink.objects.filter(
        revoked_at=None,
        expires_at__gt=now,
        message__isnull=False,
        client__kind=Client.Kind.BUSINESS,
        items__receivable__balance__gt=0,
    )
    found = links.order_by("-pk").first()
    return link_url(found) if found else tenant_url("payments:list")


def _transfer(now: dt.datetime) -> str:
    """The evening round; on an evening on which nothing leaves, the payment of a late invoice."""
    if leaving_on(next_run_on(current_tenant(), now)):
        return tenant_url("today:evening")
    late = Case.objects.filter(state=Case.State.OPEN, receivable__due_on__lt=local(now).date())
    case = late.select_related("invoice").order_by("-receivable__balance", "pk").first()
    if case is None:
        return tenant_url("payments:create")
    return f"{tenant_url('payments:create')}?invoice={case.invoice.public_id}"


def _proof(now: dt.datetime) -> str:
    left = Message.objects.filter(
        kind="REMINDER", state__in=[Message.State.KEPT, Message.State.SENT]
    )
    found = left.order_by("-sent_at", "-pk").first()
    if found is None:
        return tenant_url("clients:messages")
    return tenant_url("clients:message", found.public_id)


def _book(now: dt.datetime) -> str:
    batch = ImportBatch.objects.order_by("-pk").first()
    if batch is None:
        return tenant_url("invoices:list")
    return tenant_url("invoices:import_batch", batch.public_id)


_PLACES: Final[dict[str, Callable[[dt.datetime], str]]] = {
    "owed": lambda _now: tenant_url("reports:aged"),
    "mail": _mail,
    "pay": _pay,
    "transfer": _transfer,
    "proof": _proof,
    "book": _book,
    "agree": lambda _now: tenant_url("dunning:approve_plan"),
    "days": lambda _now: tenant_url("dunning:live"),
    "journals": lambda _now: tenant_url("reports:fec"),
}
