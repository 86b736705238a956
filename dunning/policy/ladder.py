"""What a dunning policy is made of: steps, in their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum
from itertools import pairwise
from types import MappingProxyType

from core.errors import DomainError
from core.errors import gettext_noop as _


class Channel(StrEnum):
    EMAIL = "EMAIL"
    CALL = "CALL"
    LETTER = "LETTER"
    REGISTERED_LETTER = "REGISTERED_LETTER"


class Tone(StrEnum):
    FRIENDLY = "FRIENDLY"
    NEUTRAL = "NEUTRAL"
    FIRM = "FIRM"
    FORMAL = "FORMAL"


class ContactRole(StrEnum):
    """Who at the client is written to; never anybody outside it (GDPR art. 5-6)."""

    BILLING = "BILLING"
    ACCOUNTING = "ACCOUNTING"
    DECISION_MAKER = "DECISION_MAKER"


class Severity(IntEnum):
    """How hard a step is; the most severe one of the day sets the tone and has the slot."""

    COMING = 0
    COURTEOUS = 1
    FIRM = 2
    LAST_CALL = 3
    FORMAL_NOTICE = 4
    HAND_OVER = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRule:
    """One step: when it comes, how it is said, and who must agree.

    `offset_days` counts calendar days from the due date (negative: before it), `gap_days` those
    since the previous step. Below `minimum_amount` (currency of the invoice) the ladder waits
    here. A step without a channel is a task for the owner: nothing leaves.
    """

    key: str
    offset_days: int
    gap_days: int
    severity: Severity
    tone: Tone
    channels: tuple[Channel, ...] = (Channel.EMAIL,)
    contact_role: ContactRole = ContactRole.BILLING
    minimum_amount: Decimal = Decimal(0)
    needs_approval: bool = False
    asks_late_fees: bool = False

    @property
    def is_pre_due(self) -> bool:
        return self.offset_days < 0

    @property
    def is_written(self) -> bool:
        """Whether something leaves by itself; calls and tasks are done by the owner."""
        return any(channel != Channel.CALL for channel in self.channels)

    @property
    def is_formal_notice(self) -> bool:
        return self.severity == Severity.FORMAL_NOTICE

    @property
    def label(self) -> str:
        """The step as the trade says it: J-1, J+30."""
        return f"J{self.offset_days:+d}"


@dataclass(frozen=True, slots=True)
class Ladder:
    """A policy at one version: its steps from the kindest to the hardest."""

    key: str
    version: int
    steps: tuple[StepRule, ...]
    places: Mapping[str, int] = field(init=False, repr=False, compare=False)
    """Where each step stands, by key."""

    def __post_init__(self) -> None:
        for earlier, later in pairwise(self.steps):
            _check_order(earlier, later)
        for step in self.steps:
            _check_step(step)
        places = {step.key: place for place, step in enumerate(self.steps)}
        if len(places) < len(self.steps):
            raise DomainError(_("Two steps of a ladder cannot have the same key."))
        object.__setattr__(self, "places", MappingProxyType(places))


def _check_order(earlier: StepRule, later: StepRule) -> None:
    if later.offset_days <= earlier.offset_days or later.gap_days < 1:
        raise DomainError(_("Step %(step)s must come after the one before it."), step=later.label)
    if later.severity < earlier.severity:
        raise DomainError(_("Step %(step)s is milder than the one before it."), step=later.label)


def _check_step(step: StepRule) -> None:
    if step.is_pre_due != (step.severity == Severity.COMING):
        raise DomainError(_("A step before the due date announces; one after it reminds."))
    if step.severity >= Severity.FORMAL_NOTICE and step.channels and not step.needs_approval:
        raise DomainError(_("A formal notice and what follows it always need your approval."))
