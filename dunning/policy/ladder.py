"""What a dunning policy is made of: steps, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from itertools import pairwise

from core.errors import DomainError


class Channel(StrEnum):
    EMAIL = "EMAIL"
    CALL = "CALL"
    LETTER = "LETTER"


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

    def __post_init__(self) -> None:
        for earlier, later in pairwise(self.steps):
            if later.offset_days <= earlier.offset_days or later.severity < earlier.severity:
                raise DomainError(
                    "Step %(step)s must come later than the step before it, and not be milder.",
                    step=later.label,
                )
        for step in self.steps:
            if (
                step.severity >= Severity.FORMAL_NOTICE
                and step.channels
                and not step.needs_approval
            ):
                raise DomainError("A formal notice and what follows it always need approval.")
        if len({step.key for step in self.steps}) < len(self.steps):
            raise DomainError("Two steps of a ladder cannot have the same key.")

    def position_of(self, key: str) -> int:
        """Return the place of a step, -1 if this ladder does not have it."""
        for place, step in enumerate(self.steps):
            if step.key == key:
                return place
        return -1
