"""One client, one day: which messages leave, with which lines, and which steps wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from core.calendar import Region, is_business_day
from dunning.policy.days import next_business_day, roll_forward
from dunning.policy.ladder import Channel, StepRule
from dunning.policy.outcomes import Act, Decision, Silent
from dunning.reasons import Reason

# At most two reminders in seven days per debtor (Code de la consommation L121-6; DGCCRF).
CAP = 2
CAP_DAYS = 7

Ref = TypeVar("Ref", bound=Hashable)


class ContactKind(StrEnum):
    """What a message to the client was. OTHER: receipts, answers, messages sent again."""

    PRE_DUE = "PRE_DUE"
    REMINDER = "REMINDER"
    FORMAL_NOTICE = "FORMAL_NOTICE"
    THANK_YOU = "THANK_YOU"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Contact:
    """One message or call of the past. A formal notice sent by two channels is one contact."""

    on: dt.date
    kind: ContactKind
    channel: Channel = Channel.EMAIL
    answered: bool = False

    @property
    def is_dunning(self) -> bool:
        return self.kind in _DUNNING

    @property
    def counts(self) -> bool:
        """Whether it takes one of the two slots of seven days; a call does once answered."""
        return self.kind in _COUNTED and (self.channel != Channel.CALL or self.answered)


_COUNTED = frozenset({ContactKind.REMINDER, ContactKind.FORMAL_NOTICE})
_DUNNING = _COUNTED | {ContactKind.PRE_DUE}


@dataclass(frozen=True, slots=True)
class PlannedMessage(Generic[Ref]):
    """What one channel carries to the client today; `lead`, its hardest step, sets the tone."""

    channel: Channel
    lead: StepRule
    late: tuple[Ref, ...]
    coming: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class ClientPlan(Generic[Ref]):
    """What leaves today, the owner's tasks, and every decision as it finally stands."""

    messages: tuple[PlannedMessage[Ref], ...]
    tasks: tuple[Ref, ...]
    decisions: Mapping[Ref, Decision]


def compose(
    decisions: Mapping[Ref, Decision],
    history: Sequence[Contact],
    today: dt.date,
    region: Region = Region.METROPOLE,
    *,
    currencies: Mapping[Ref, str] | None = None,
) -> ClientPlan[Ref]:
    """Gather the decisions about one client's receivables into what he gets today.

    One message per channel, a formal notice alone and in one currency, two reminders in seven
    days; the hardest step has the slot. Steps that wait come back as `Silent`, MERGED or CAPPED,
    with a date. `currencies` may be left out where there is only one.
    """
    acts = {ref: act for ref, act in decisions.items() if isinstance(act, Act)}
    if not acts:
        return ClientPlan((), (), decisions)
    sending = {ref: act for ref, act in acts.items() if act.step.channels}
    other = _in_another_currency(sending, currencies or {})
    together = {ref: act for ref, act in sending.items() if ref not in other}
    tomorrow = next_business_day(today, region)
    waiting = _deferred(together, history, today, region) | {
        ref: Silent(Reason.MERGED, tomorrow, act.step) for ref, act in other.items()
    }
    leaving = {ref: act for ref, act in sending.items() if ref not in waiting}
    return ClientPlan(
        messages=tuple(_messages(leaving)),
        tasks=tuple(ref for ref, act in acts.items() if not act.step.channels),
        decisions={**decisions, **waiting},
    )


@dataclass(frozen=True, slots=True)
class Settled(Generic[Ref]):
    """A receivable that has just reached zero, not thanked for yet."""

    ref: Ref
    by_money: bool
    after_formal_notice: bool = False


def thank_you_due(
    settled: Sequence[Settled[Ref]],
    history: Sequence[Contact],
    today: dt.date,
    region: Region = Region.METROPOLE,
) -> tuple[Ref, ...]:
    """Return the receivables that today's one thank-you to a client is for; empty: none leaves.

    A credit note or a write-off earns no thanks, nor does money that took a formal notice.
    """
    if not is_business_day(today, region):
        return ()
    if any(contact.on == today and contact.kind in _ALONE for contact in history):
        return ()
    return tuple(each.ref for each in settled if each.by_money and not each.after_formal_notice)


_ALONE = frozenset({ContactKind.THANK_YOU, ContactKind.FORMAL_NOTICE})


def _in_another_currency(acts: Mapping[Ref, Act], currencies: Mapping[Ref, str]) -> dict[Ref, Act]:
    """Return the lines of a formal notice that its sums could not take in; they are next."""
    notices = {ref: act for ref, act in acts.items() if act.step.is_formal_notice}
    first = next((currencies.get(ref) for ref in notices), None)
    return {ref: act for ref, act in notices.items() if currencies.get(ref) != first}


def _deferred(
    acts: Mapping[Ref, Act], history: Sequence[Contact], today: dt.date, region: Region
) -> dict[Ref, Silent]:
    """Return the steps that have to wait, each with its reason and day."""
    said_today = [contact for contact in history if contact.on == today and contact.is_dunning]
    merged = {ref for ref, act in acts.items() if _comes_second(act, said_today)}
    first = {ref: act for ref, act in acts.items() if ref not in merged}
    capped = _capped(first, history, today)
    if any(act.step.is_formal_notice for ref, act in first.items() if ref not in capped):
        merged |= {ref for ref, act in first.items() if not act.step.is_formal_notice}
    tomorrow = next_business_day(today, region)
    return {
        ref: Silent(Reason.CAPPED, roll_forward(until, region), acts[ref].step)
        for ref, until in capped.items()
    } | {ref: Silent(Reason.MERGED, tomorrow, acts[ref].step) for ref in merged}


def _comes_second(act: Act, said_today: Sequence[Contact]) -> bool:
    """Say whether the client has already had today what excludes this step."""
    return any(
        act.step.is_formal_notice
        or contact.kind == ContactKind.FORMAL_NOTICE
        or contact.channel in act.channels
        for contact in said_today
    )


def _capped(
    acts: Mapping[Ref, Act], history: Sequence[Contact], today: dt.date
) -> dict[Ref, dt.date]:
    """Return the late steps that find no slot, and when there will be one.

    The hardest step is served first, and nothing milder takes the slot it waits for. A step
    takes a slot for each channel that no harder step uses today; a formal notice takes one.
    """
    taken = sorted(
        contact.on for contact in history if contact.counts and (today - contact.on).days < CAP_DAYS
    )
    opened: set[Channel] = set()
    waits: dict[Ref, dt.date] = {}
    late = [(ref, act) for ref, act in acts.items() if not act.step.is_pre_due]
    for ref, act in sorted(late, key=lambda item: -item[1].step.severity):
        new = len(set(act.channels) - opened)
        needed = min(new, 1 if act.step.is_formal_notice else CAP)
        if not needed or (not waits and len(taken) + needed <= CAP):
            taken += [today] * needed
            opened.update(act.channels)
        else:
            waits[ref] = next(iter(waits.values()), None) or _free_on(taken, needed)
    return waits


def _free_on(taken: Sequence[dt.date], needed: int) -> dt.date:
    """Return the first day on which so many slots are free, given the sorted days in use."""
    to_expire = len(taken) + needed - CAP
    return taken[to_expire - 1] + dt.timedelta(days=CAP_DAYS)


def _messages(leaving: Mapping[Ref, Act]) -> Iterator[PlannedMessage[Ref]]:
    for channel in Channel:
        lines = {ref: act for ref, act in leaving.items() if channel in act.channels}
        if lines:
            yield PlannedMessage(
                channel=channel,
                lead=max((act.step for act in lines.values()), key=lambda step: step.severity),
                late=tuple(ref for ref, act in lines.items() if not act.step.is_pre_due),
                coming=tuple(ref for ref, act in lines.items() if act.step.is_pre_due),
            )
