"""Decisions about dunning: pure functions of facts and a date, no database, no clock, no mail."""

from dunning.policy.decision import Act, AwaitApproval, Decision, Finished, Silent, decide
from dunning.policy.facts import (
    Approval,
    CaseFacts,
    ClientKind,
    DocumentState,
    Pause,
    StepDone,
)
from dunning.policy.ladder import Channel, ContactRole, Ladder, Severity, StepRule, Tone

__all__ = [
    "Act",
    "Approval",
    "AwaitApproval",
    "CaseFacts",
    "Channel",
    "ClientKind",
    "ContactRole",
    "Decision",
    "DocumentState",
    "Finished",
    "Ladder",
    "Pause",
    "Severity",
    "Silent",
    "StepDone",
    "StepRule",
    "Tone",
    "decide",
]
