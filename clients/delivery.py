"""Delivering the outbox of the current tenant: claim, decide, hand over, note the answer.

Three commits per message, and none of them open while the mail server speaks. A worker killed at
any point loses nothing and leaves one message in doubt at most: the one it had marked SENDING.
Everything else of its claim waits again.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from dataclasses import dataclass, field

from django.utils import translation

from clients.claims import CLAIM_SIZE, Claim, claimed, dead_claims
from clients.handing import Post, recover_claim
from clients.models import Message
from tenants.scope import assert_no_open_scope, current_tenant

State = Message.State


@dataclass
class DeliveryReport:
    """How many messages came to each state in this run.

    `recovered` claims were those of dead workers; `trouble` is what the mail server said when it
    would not have us; `is_unfinished` when time ran out.
    """

    states: Counter[str] = field(default_factory=Counter)
    recovered: int = 0
    trouble: str = ""
    is_unfinished: bool = False

    def as_dict(self) -> dict[str, object]:
        return {
            "messages": self.states.total(),
            **{state.lower(): count for state, count in sorted(self.states.items())},
            "recovered": self.recovered,
            "trouble": self.trouble,
        }


def deliver_tenant(*, now: dt.datetime, seconds: float | None = None) -> DeliveryReport:
    """Deliver what waits, in the order of the outbox; under an identity, outside any scope.

    `now` is the moment of the run; later batches of it are dated by the time that has passed.
    After so many `seconds` no new message is taken.
    """
    assert_no_open_scope()
    report = DeliveryReport()
    watch = _Watch(seconds)
    with translation.override(current_tenant().language), Post() as post:
        for claim_id in dead_claims(now):
            recover_claim(claim_id, now)
            report.recovered += 1
        after, moment, is_last = 0, now, False
        while not (is_last or post.trouble or report.is_unfinished):
            with claimed(now=moment, after=after) as claim:
                is_last = len(claim.messages) < CLAIM_SIZE
                if claim.messages:
                    after = claim.messages[-1].pk
                    _deliver_claim(claim, post, report, watch, now=moment)
            moment = now + watch.elapsed
    report.trouble = post.trouble
    return report


class _Watch:
    """How long a run has taken, and whether it has taken too long."""

    def __init__(self, seconds: float | None) -> None:
        self._started = time.monotonic()
        self._seconds = seconds

    @property
    def elapsed(self) -> dt.timedelta:
        return dt.timedelta(seconds=time.monotonic() - self._started)

    @property
    def is_over(self) -> bool:
        return self._seconds is not None and self.elapsed.total_seconds() > self._seconds


def _deliver_claim(
    claim: Claim, post: Post, report: DeliveryReport, watch: _Watch, *, now: dt.datetime
) -> None:
    post.open_batch()
    for message in claim.messages:
        if watch.is_over:
            report.is_unfinished = True
            return
        report.states[post.deliver(message, claim.id, now)] += 1
        if post.trouble:
            return
