"""What to do about what is late."""

from __future__ import annotations

from dunning.models.approval_link import ApprovalLink
from dunning.models.case import Approval, Case, Reminder
from dunning.models.notice import Notice
from dunning.models.policy import Policy, Profile, Step
from dunning.models.silence import Dispute, Pause, Promise
from dunning.models.words import OwnWords

__all__ = [
    "Approval",
    "ApprovalLink",
    "Case",
    "Dispute",
    "Notice",
    "OwnWords",
    "Pause",
    "Policy",
    "Profile",
    "Promise",
    "Reminder",
    "Step",
]
