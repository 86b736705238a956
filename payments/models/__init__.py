"""What came in, by which way, and what it settles."""

from __future__ import annotations

from payments.models.attempt import Attempt, AttemptTarget
from payments.models.gateway import GatewayAccount, GatewayEvent, SandboxPayment
from payments.models.ledger import Movement, MovementChain
from payments.models.link import PayLink, PayLinkItem
from payments.models.payment import Allocation, Payment

__all__ = [
    "Allocation",
    "Attempt",
    "AttemptTarget",
    "GatewayAccount",
    "GatewayEvent",
    "Movement",
    "MovementChain",
    "PayLink",
    "PayLinkItem",
    "Payment",
    "SandboxPayment",
]
