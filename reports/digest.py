"""The evening round by mail: once a day for each person who wants it, and only if there is need.

Its links open pages that ask and do not act, so opening one twice, or by a mail scanner, changes
nothing. Most are plain addresses of the tenant's pages, behind the sign-in. The one to a firm step
that waits for a yes is signed for its reader, who answers there without signing in; it speaks of
that step alone, and for three days (`dunning.approval_links`). A formal notice has boxes to tick
and is answered on its own page.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import F, Q, UUIDField
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.kinds import Cancel, MessageKind, Rendered, Send, Verdict, register_kind
from clients.letters import write_letter
from clients.models import Message
from clients.services import send_message
from core.calendar import is_business_day, region_named
from dunning.approval_links import approval_placeholder
from dunning.tasks import is_time
from reports.evening import Evening, day_of_run, has_anything, read_evening
from reports.together import Given, Query, Row, read_kept
from reports.worklist import TaskRow
from tenants import clock
from tenants.links import tenant_url
from tenants.models import Membership, Role, Tenant, User
from tenants.ownership import CurrentTenant
from tenants.prepared import fetch_prepared
from tenants.scope import current_tenant, tenant_atomic, use_tenant

logger = logging.getLogger(__name__)

DIGEST: Final = "DIGEST"
_THOUGHT_OF: Final = "UPDATE tenants_membership SET digest_on = %s WHERE id = ANY (%s::bigint[])"
ONE_DAY = dt.timedelta(days=1)
MOST_LINES = 20
MOST_TASKS = 10  # of one group


def register_digest() -> None:
    register_kind(
        MessageKind(
            key=DIGEST,
            gate=_gate,
            render=_render,
            leaves_in_test=True,
            asks_call=False,
            label=gettext_lazy("Evening mail"),
        )
    )


def wanted_by() -> Q:
    """The memberships that get the mail; the rule is `Membership.gets_digest`."""
    said = Q(wants_digest=True) | Q(wants_digest=None, role=Role.OWNER)
    return said & ~Q(role=Role.ACCOUNTANT) & Q(user__is_active=True)


def tenants_waiting(moment: dt.datetime) -> Iterator[Tenant]:
    """The tenants in which somebody's hour has come, each once; one query.

    Today's run of the reminders goes first, so that the mail says what is left after it.
    """
    for tenant, _members in _due(moment, Q()):
        if tenant.stopped_at is not None or not is_time(tenant, moment):
            yield tenant


def is_hour(membership: Membership, tenant: Tenant, moment: dt.datetime) -> bool:
    """Whether this person's hour has come this evening and the mail was not thought of yet.

    A missed hour is caught up the same evening; a missed evening never.
    """
    local = moment.astimezone(ZoneInfo(tenant.time_zone))
    day = local.date()
    if local.hour < membership.digest_hour:
        return False
    if membership.digest_on is not None and membership.digest_on >= day:
        return False
    region = region_named(tenant.region)
    if membership.digest_days == Membership.DigestDays.EVES:
        return is_business_day(day + ONE_DAY, region)
    return is_business_day(day, region)


def queue_digests_of(*, tenant_ids: Collection[int], moment: dt.datetime) -> int:
    """Write the mails of this evening in each of these tenants; how many. Under no identity.

    A tenant that fails is left for the next round, and stops no other.
    """
    count = 0
    for tenant, members in list(_due(moment, Q(tenant__in=tenant_ids))):
        try:
            with use_tenant(tenant):
                count += _queue(tenant, members, moment)
        except (OperationalError, InterfaceError):
            raise  # the database, not the tenant
        except Exception:
            logger.exception("An evening could not be read", extra={"tenant": tenant.slug})
    return count


def queue_digests(*, tenant: Tenant, moment: dt.datetime) -> int:
    """Write the mails of this evening for whose hour has come; how many. Under an identity."""
    return sum(_queue(tenant, members, moment) for _, members in _due(moment, Q(tenant=tenant)))


def _due(moment: dt.datetime, which: Q) -> Iterator[tuple[Tenant, list[Membership]]]:
    """The tenants in which somebody's hour has come, each with those people; one query."""
    rows = Membership.objects.filter(wanted_by(), which).select_related("tenant", "user")
    ordered = rows.order_by("tenant_id", "pk").iterator(chunk_size=500)
    for _tenant_id, members in groupby(ordered, key=attrgetter("tenant_id")):
        due = [each for each in members if is_hour(each, each.tenant, moment)]
        if due:
            yield due[0].tenant, due


def _queue(tenant: Tenant, due: Sequence[Membership], moment: dt.datetime) -> int:
    """An evening with nothing to do is noted as thought of, and says nothing."""
    day = moment.astimezone(ZoneInfo(tenant.time_zone)).date()
    with tenant_atomic():
        is_needed = has_anything(tenant=tenant, moment=moment)
        for membership in due if is_needed else ():
            send_message(
                client=None,
                kind=DIGEST,
                facts={"membership": str(membership.public_id), "today": day.isoformat()},
                to_email=membership.user.email,
                language=membership.user.language,
                unique_key=f"digest:{day}:{membership.public_id}",
            )
        fetch_prepared(_THOUGHT_OF, [day, [each.pk for each in due]])
    return len(due) if is_needed else 0


def _gate(message: Message, now: dt.datetime) -> Verdict:
    """Read everything once more: between the hour and the post, the money may have come."""
    if clock.local(now).date().isoformat() != message.facts["today"]:
        return Cancel(_("The evening has passed."))
    (readers,) = read_kept(_readers, {"membership": message.facts["membership"]})
    reader = _reader(readers)
    if reader is None or reader.email != message.to_email:
        return Cancel(_("This mail is no longer wanted."))
    with translation.override(message.language):
        evening = read_evening(tenant=current_tenant(), moment=now)
    if evening.is_quiet:
        return Cancel(_("There was nothing left to say."))
    address = partial(_address, user_id=reader.pk, now=now)
    return Send(write=partial(_write, evening, message.language, reader.get_short_name(), address))


def _reader(rows: Sequence[Row]) -> User | None:
    return (
        User(id=rows[0]["user_id"], email=rows[0]["email"], name=rows[0]["name"]) if rows else None
    )


def _readers() -> list[Query]:
    """Who the mail was written for, if they still want it here."""
    wanted = Membership.objects.filter(
        wanted_by(), public_id=Given("membership", UUIDField()), tenant_id=CurrentTenant()
    )
    return [wanted.values("user_id", email=F("user__email"), name=F("user__name"))]


def _render(message: Message) -> Rendered:
    """As the gate would have it written; for whoever asks without going through the gate."""
    evening = read_evening(tenant=current_tenant(), moment=message.created_at)
    return _write(evening, message.language, message.to_name, _page)


def _write(
    evening: Evening, language: str, who: str, address: Callable[[TaskRow], str]
) -> Rendered:
    tenant = current_tenant()
    lines = evening.lines[:MOST_LINES]
    day = {
        "is_today": evening.is_today,
        "is_tomorrow": evening.is_tomorrow,
        "run_day": day_of_run(evening),
    }
    context = {
        "who": who,
        "when": render_to_string(f"emails/reports/_when_{language}.txt", day).strip(),
        "stopped": tenant.stopped_at is not None,
        "rehearsal": tenant.mode == Tenant.Mode.TEST,
        "lines": lines,
        "line_rows": [_row(each.client, each.steps, each.numbers, each.amount) for each in lines],
        "count": evening.count,
        "more": evening.count - len(lines),
        "total": evening.total,
        "paid": evening.paid,
        "paid_rows": [_row(each.client, each.note, "", each.amount) for each in evening.paid],
        "paid_total": evening.paid_total,
        "tasks": [
            (title, [_task(row, address(row)) for row in rows[:MOST_TASKS]])
            for title, rows in evening.tasks
        ],
        "waiting": evening.waiting,
        "evening_url": tenant_url("today:evening", absolute=True),
        "mail_url": tenant_url("today:mail", absolute=True),
    }
    return write_letter(template="emails/reports/digest", language=language, context=context)


def _row(title: str, note: str, more: str, amount: str) -> dict[str, str]:
    return {"title": title, "note": " · ".join(filter(None, (note, more))), "amount": amount}


def _task(row: TaskRow, url: str) -> dict[str, Any]:
    """A line of work with its page."""
    note = str(row.task.why)
    return {
        "title": row.task.title,
        "why": note,
        "note": note,
        "amount": row.amount,
        "url": url,
    }


def _page(row: TaskRow) -> str:
    """The page that the list on the screen leads to, behind the sign-in."""
    return f"{settings.SITE_URL.rstrip('/')}{row.action_url or row.task.url}"


def _address(row: TaskRow, *, user_id: int, now: dt.datetime) -> str:
    """The page of a line; of a step to agree to, the reader's own link."""
    approval_id = row.task.approval_id
    if approval_id is None:
        return _page(row)
    return approval_placeholder(approval_id=approval_id, user_id=user_id, now=now)
