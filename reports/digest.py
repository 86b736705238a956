"""The evening round by mail: once a day for each person who wants it, and only if there is need.

Its links are plain addresses of the tenant's pages and carry no secret. A mail is forwarded, and
read on borrowed screens; behind such a link stands the sign-in, then the wall between tenants and
the roles, so somebody else finds what they would find by typing the address: nothing. The pages
they open ask and do not act, so opening one twice, or by a mail scanner, changes nothing. A signed
link would be one more key to lose, and would open no page that the owner cannot open already.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.kinds import Cancel, MessageKind, Rendered, Send, Verdict, register_kind
from clients.letters import write_letter
from clients.models import Message
from clients.services import send_message
from core.calendar import is_business_day, region_named
from dunning.tasks import is_time
from reports.evening import Evening, day_of_run, has_anything, read_evening
from reports.worklist import TaskRow
from tenants import clock
from tenants.links import tenant_url
from tenants.models import Membership, Role, Tenant
from tenants.scope import current_tenant, tenant_atomic

DIGEST: Final = "DIGEST"
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
    rows = Membership.objects.filter(wanted_by()).select_related("tenant")
    last = 0
    for membership in rows.order_by("tenant_id", "pk").iterator(chunk_size=500):
        tenant = membership.tenant
        if tenant.pk == last or not is_hour(membership, tenant, moment):
            continue
        last = tenant.pk
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


def queue_digests(*, tenant: Tenant, moment: dt.datetime) -> int:
    """Write the mails of this evening for whose hour has come; how many. Under an identity.

    An evening with nothing to do is noted as thought of, and says nothing.
    """
    day = moment.astimezone(ZoneInfo(tenant.time_zone)).date()
    with tenant_atomic():
        members = Membership.objects.filter(wanted_by(), tenant=tenant).select_related("user")
        due = [each for each in members if is_hour(each, tenant, moment)]
        if not due:
            return 0
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
        Membership.objects.filter(pk__in=[each.pk for each in due]).update(digest_on=day)
    return len(due) if is_needed else 0


def _gate(message: Message, now: dt.datetime) -> Verdict:
    """Read everything once more: between the hour and the post, the money may have come."""
    if clock.local(now).date().isoformat() != message.facts["today"]:
        return Cancel(_("The evening has passed."))
    membership = (
        Membership.objects.filter(
            wanted_by(), public_id=message.facts["membership"], tenant=current_tenant()
        )
        .select_related("user")
        .first()
    )
    if membership is None or membership.user.email != message.to_email:
        return Cancel(_("This mail is no longer wanted."))
    with translation.override(message.language):
        evening = read_evening(tenant=current_tenant(), moment=now)
    if evening.is_quiet:
        return Cancel(_("There was nothing left to say."))
    who = membership.user.get_short_name()
    return Send(write=partial(_write, evening, message.language, who))


def _render(message: Message) -> Rendered:
    """As the gate would have it written; for whoever asks without going through the gate."""
    evening = read_evening(tenant=current_tenant(), moment=message.created_at)
    return _write(evening, message.language, message.to_name)


def _write(evening: Evening, language: str, who: str) -> Rendered:
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
            (title, [_task(row) for row in rows[:MOST_TASKS]]) for title, rows in evening.tasks
        ],
        "waiting": evening.waiting,
        "evening_url": tenant_url("today:evening", absolute=True),
        "mail_url": tenant_url("today:mail", absolute=True),
    }
    return write_letter(template="emails/reports/digest", language=language, context=context)


def _row(title: str, note: str, more: str, amount: str) -> dict[str, str]:
    return {"title": title, "note": " · ".join(filter(None, (note, more))), "amount": amount}


def _task(row: TaskRow) -> dict[str, Any]:
    """A line of work with its page: the one that the list on the screen leads to."""
    url = settings.SITE_URL.rstrip("/") + (row.action_url or row.task.url)
    note = str(row.task.why)
    return {
        "title": row.task.title,
        "why": note,
        "note": note,
        "amount": row.amount,
        "url": url,
    }
