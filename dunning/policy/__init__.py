"""Decisions about dunning: pure functions of facts and a date, no database, no clock, no mail."""

from dunning.policy.client_plan import (
    ClientPlan,
    Contact,
    ContactKind,
    PlannedMessage,
    Settled,
    compose,
    thank_you_due,
)
from dunning.policy.decision import decide
from dunning.policy.facts import (
    Approval,
    CaseFacts,
    ClientKind,
    DocumentState,
    Pause,
    StepDone,
)
from dunning.policy.ladder import Channel, ContactRole, Ladder, Severity, StepRule, Tone
from dunning.policy.outcomes import Act, AwaitApproval, Decision, Finished, Silent
from dunning.policy.outlook import outlook

__all__ = [
    "Act",
    "Approval",
    "AwaitApproval",
    "CaseFacts",
    "Channel",
    "ClientKind",
    "ClientPlan",
    "Contact",
    "ContactKind",
    "ContactRole",
    "Decision",
    "DocumentState",
    "Finished",
    "Ladder",
    "Pause",
    "PlannedMessage",
    "Settled",
    "Severity",
    "Silent",
    "StepDone",
    "StepRule",
    "Tone",
    "compose",
    "decide",
    "outlook",
    "thank_you_due",
]
