"""Everything a decision about one receivable depends on, read from the rows beforehand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.calendar import Region
from dunning.policy.ladder import Channel


class ClientKind(StrEnum):
    BUSINESS = "BUSINESS"
    CONSUMER = "CONSUMER"
    PUBLIC_BODY = "PUBLIC_BODY"
    ASSOCIATION = "ASSOCIATION"


class DocumentState(StrEnum):
    ISSUED = "ISSUED"
    CANCELLED = "CANCELLED"
    WRITTEN_OFF = "WRITTEN_OFF"


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step already taken. An imported debt enters its ladder with one of these.

    `delivered` is False once the message bounced, or when nobody knows whether it left: then it
    is `in_doubt`.
    """

    key: str
    on: dt.date
    cycle: int = 1
    delivered: bool = True
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """The owner's yes to one step of one cycle."""

    key: str
    on: dt.date
    cycle: int = 1


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence wanted by the owner, last day included; without a day, until resumed."""

    through: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """One receivable as it stands. Amounts are in `currency`; days are the tenant's local days."""

    due_on: dt.date
    balance: Decimal
    currency: str = "EUR"
    document: DocumentState = DocumentState.ISSUED
    is_open: bool = True
    mailed_on: dt.date | None
    """When the invoice was first sent to the client, by any channel."""
    prescribed_on: dt.date | None = None
    """The last day on which the debt can be claimed."""

    client_kind: ClientKind = ClientKind.BUSINESS
    region: Region = Region.METROPOLE
    reachable: frozenset[Channel] = frozenset(Channel)
    """The channels for which the client has an address or a number that works."""
    credit: Decimal = Decimal(0)
    """The part of the client's unallocated money that falls on this receivable."""
    minimum: Decimal = Decimal("5.00")
    """The smallest amount worth a message, credit deducted."""
    insolvent: bool = False

    never_remind: bool = False
    no_pre_due: bool = False
    first_word_after_days: int = 0
    """Days after the due date before which nothing is said; 0: as the ladder has it."""
    starts_on: dt.date | None = None
    """The day before which nothing is said of a debt that came here late."""
    stopped: bool = False
    """The red switch, whether of the tenant, of the client or of the invoice."""

    cycle: int = 1
    """Raised each time a closed case is opened again, and by each step taken again."""
    done: tuple[StepDone, ...] = ()
    """Of all cycles, oldest first."""
    ladder_approved: bool = False
    firm_steps_alone: bool = False
    """The owner lets firm reminders leave without being asked each time."""
    approval: Approval | None = None

    pause: Pause | None = None
    disputed: bool = False
    on_plan: bool = False
    """A plan asks for it in parts of its own."""
    offered_until: dt.date | None = None
    """The last day on which the client may answer a plan that is on offer for it."""
    grace_until: dt.date | None = None
    """It is a part of an agreed plan: the last day before it counts as missed."""
    promised_on: dt.date | None = None
    payment_pending_since: dt.date | None = None
    says_paid_since: dt.date | None = None
    part_paid_on: dt.date | None = None
    """The last part payment that still stands."""
    bank_seen_through: dt.date | None = None
    """The day of the last known bank entry; None when the tenant has no bank feed."""

    @property
    def to_ask(self) -> Decimal:
        """What is left to ask for once the client's credit is deducted."""
        return self.balance - self.credit
