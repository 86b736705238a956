"""Thanking: one message per client and day, for what money has just settled in full."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from clients.models import Client, Message
from dunning.history import contacts
from dunning.models import Case, Reminder
from dunning.policy import Settled, thank_you_due
from tenants.scope import current_tenant
from tenants.wake import wake


def write_thanks(*, today: dt.date) -> int:
    """Queue today's thank-yous; a payment undone before then has taken its thanks with it."""
    owed = Case.objects.filter(owes_thanks_since__lte=today).order_by("client_id", "id")
    by_client: dict[int, list[int]] = defaultdict(list)
    for pk, client_id in owed.values_list("pk", "client_id"):
        by_client[client_id].append(pk)
    if not by_client:
        return 0
    history = contacts(by_client.keys(), today=today)
    noticed = _after_notice([pk for pks in by_client.values() for pk in pks])
    languages = dict(Client.objects.filter(pk__in=by_client).values_list("pk", "language"))
    written = []
    for client_id, pks in by_client.items():
        settled = [Settled(pk, by_money=True, after_formal_notice=pk in noticed) for pk in pks]
        due = thank_you_due(settled, history.get(client_id, ()), today)
        if due:
            written.append(_thanks(client_id, due, languages[client_id], today))
    Message.objects.bulk_create(written, ignore_conflicts=True)
    _close(by_client, written, noticed)
    if written:
        wake("clients.tasks.deliver_tenant")
    return len(written)


def _thanks(client_id: int, cases: tuple[int, ...], language: str, today: dt.date) -> Message:
    return Message(
        client_id=client_id,
        kind="THANK_YOU",
        language=language or current_tenant().language,
        facts={"cases": list(cases)},
        send_on=today,
        unique_key=f"thanks:{client_id}:{today}",
    )


def _after_notice(cases: list[int]) -> set[int]:
    notices = Reminder.objects.filter(case_id__in=cases, step="FORMAL_NOTICE").exclude(
        state=Reminder.State.CANCELLED
    )
    return set(notices.values_list("case_id", flat=True))


def _close(by_client: dict[int, list[int]], written: list[Message], noticed: set[int]) -> None:
    """What was thanked for, or never will be, owes no thanks any more."""
    thanked = {pk for message in written for pk in message.facts["cases"]}
    Case.objects.filter(pk__in=thanked | noticed).update(owes_thanks_since=None)
