"""The four things a decision can be.

Each says what the case keeps: the `reason` for silence, the `next_step`, and `next_on`, the day
to look again (None: an event will wake the case).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from dunning.policy.ladder import Channel, StepRule
from dunning.reasons import Reason


@dataclass(frozen=True, slots=True)
class Act:
    """Take this step today, as this cycle, through the channels that reach the client."""

    step: StepRule
    on: dt.date
    cycle: int
    channels: tuple[Channel, ...]
    next_step: StepRule | None
    next_on: dt.date | None
    """What comes once the step is taken, and when to look again."""
    asks_rest: bool = False
    """The step was taken before a part payment: say thanks, and ask for the rest."""

    reason: ClassVar[Reason | None] = None


@dataclass(frozen=True, slots=True)
class AwaitApproval:
    """This step has been ready since a day; the owner's yes wakes the case."""

    step: StepRule
    since: dt.date
    cycle: int
    next_on: dt.date | None = None
    """When the step is dropped for want of a yes; only one before the due date ever is."""

    reason: ClassVar[Reason | None] = Reason.AWAITING_APPROVAL

    @property
    def next_step(self) -> StepRule | None:
        return self.step


@dataclass(frozen=True, slots=True)
class Silent:
    """Say nothing. `until` is the first day that may differ; without it an event wakes the case."""

    reason: Reason
    until: dt.date | None = None
    step: StepRule | None = None
    """The step that would come next, where it is known."""

    @property
    def next_step(self) -> StepRule | None:
        return self.step

    @property
    def next_on(self) -> dt.date | None:
        return self.until


@dataclass(frozen=True, slots=True)
class Finished:
    """Every step has been taken: what follows is the owner's."""

    reason: ClassVar[Reason | None] = Reason.FINISHED
    step: ClassVar[StepRule | None] = None
    next_step: ClassVar[StepRule | None] = None
    next_on: ClassVar[dt.date | None] = None


Decision = Act | AwaitApproval | Silent | Finished
