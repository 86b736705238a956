"""From due cases to what each client gets today: reads and decides, writes nothing.

The timer, the dry run and the button all come through here, so they cannot disagree.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db.models.functions import Coalesce, TruncDate

from clients.models import Message
from dunning.case_facts import read_facts
from dunning.ladder_rows import ladder_of
from dunning.models import Case
from dunning.policy import (
    CaseFacts,
    Channel,
    ClientPlan,
    Contact,
    ContactKind,
    Decision,
    compose,
    decide,
)
from dunning.policy.client_plan import CAP_DAYS
from tenants.models import Tenant
from tenants.scope import current_tenant

logger = logging.getLogger(__name__)

_KINDS = {
    "REMINDER": ContactKind.REMINDER,
    "PRE_DUE": ContactKind.PRE_DUE,
    "FORMAL_NOTICE": ContactKind.FORMAL_NOTICE,
    "FORMAL_NOTICE_LETTER": ContactKind.FORMAL_NOTICE,
    "THANK_YOU": ContactKind.THANK_YOU,
    "CALL": ContactKind.REMINDER,  # a call that was made; one to make is no contact yet
}
_CHANNELS = {channel.value: channel for channel in Channel}
_NEVER_SAID = (Message.State.CANCELLED, Message.State.FAILED, Message.State.BOUNCED)


@dataclass(slots=True)
class ClientDay:
    """One client today: the cases (by id), what was decided, and what could not be."""

    client_id: int
    cases: dict[int, Case]
    facts: dict[int, CaseFacts]
    plan: ClientPlan[int]
    poisoned: dict[int, str] = field(default_factory=dict)
    is_by_hand: bool = False


def plan_days(cases: Sequence[Case], *, today: dt.date) -> list[ClientDay]:
    """Decide every case, and gather the decisions of each client into one plan."""
    facts = read_facts([case.pk for case in cases], today=today)
    history = contacts([case.client_id for case in cases], today=today)
    by_client: dict[int, dict[int, Case]] = defaultdict(dict)
    for case in cases:
        by_client[case.client_id][case.pk] = case
    return [
        _plan_day(client_id, its_cases, facts, history.get(client_id, ()), today)
        for client_id, its_cases in by_client.items()
    ]


def contacts(client_ids: Collection[int], *, today: dt.date) -> dict[int, list[Contact]]:
    """What each client was told in the last seven days, and by which channel."""
    found: dict[int, list[Contact]] = defaultdict(list)
    since = today - dt.timedelta(days=CAP_DAYS)
    rows = (
        Message.objects.filter(client_id__in=client_ids, kind__in=_KINDS)
        .exclude(state__in=_never_said())
        .annotate(on=Coalesce("send_on", TruncDate("sent_at", tzinfo=_zone())))
        .filter(on__gt=since, on__lte=today)
    )
    for client_id, kind, channel, on, outcome in rows.values_list(
        "client_id", "kind", "channel", "on", "facts__outcome"
    ):
        said_by = _CHANNELS.get(channel, Channel.EMAIL)
        contact = Contact(on, _KINDS[kind], said_by, answered=outcome == "ANSWERED")
        notices = {known.on for known in found[client_id] if known.kind == contact.kind}
        if contact.kind == ContactKind.FORMAL_NOTICE and on in notices:
            continue  # a notice sent by email and by post is one contact
        found[client_id].append(contact)
    return found


def _never_said() -> list[str]:
    """Once the tenant is live, what test mode retained was never said."""
    is_live = current_tenant().mode == Tenant.Mode.LIVE
    return [*_NEVER_SAID, Message.State.RETAINED] if is_live else list(_NEVER_SAID)


def _zone() -> ZoneInfo:
    return ZoneInfo(current_tenant().time_zone)


def decide_case(case: Case, facts: CaseFacts, *, today: dt.date) -> Decision:
    return decide(facts, ladder_of(case.policy_id), today)


def _plan_day(
    client_id: int,
    cases: dict[int, Case],
    facts: Mapping[int, CaseFacts],
    history: Sequence[Contact],
    today: dt.date,
) -> ClientDay:
    """A case that cannot be decided is set aside; it blocks nobody."""
    decisions: dict[int, Decision] = {}
    poisoned: dict[int, str] = {}
    for pk, case in cases.items():
        try:
            decisions[pk] = decide_case(case, facts[pk], today=today)
        except Exception as error:
            logger.exception("A case could not be decided", extra={"case": str(case.public_id)})
            poisoned[pk] = f"{type(error).__name__}: {error}"
    currencies = {pk: facts[pk].currency for pk in decisions}
    plan = compose(decisions, history, today, currencies=currencies)
    return ClientDay(client_id, cases, {pk: facts[pk] for pk in decisions}, plan, poisoned)
