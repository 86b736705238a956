"""Stripe's events: which we ask for, how they prove themselves, and which payment they name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal, get_args

import stripe

from payments.gateways.errors import BadSignature
from payments.gateways.interface import GatewayCredentials, Notice, NoticeKind
from payments.gateways.stripe_snapshot import Json, moment, reference_of

MAX_BODY_BYTES = 1_000_000
_TOLERANCE_SECONDS = 300  # never 0: zero switches the check of the age off

EventType = Literal[
    "account.application.deauthorized",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.failed",
    "charge.updated",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.succeeded",
    "payout.failed",
    "payout.paid",
    "payout.reconciliation_completed",
    "refund.created",
    "refund.failed",
    "refund.updated",
]

CONNECT_EVENTS: tuple[EventType, ...] = get_args(EventType)
# Exactly 20: Stripe filters a list of events by no more types than that.
ACCOUNT_EVENTS = CONNECT_EVENTS[1:]


def read_webhook(account: GatewayCredentials, headers: Mapping[str, str], body: bytes) -> Notice:
    """Return what a webhook signed with one of the account's secrets tells.

    Anything else is a BadSignature, whatever the SDK raises: strangers can send bytes that are
    not text, headers that are not ASCII and JSON that is not an event.
    """
    if len(body) > MAX_BODY_BYTES:
        raise BadSignature("The body is too large.")
    signature = next((v for k, v in headers.items() if k.lower() == "stripe-signature"), None)
    if not any(_is_signed(body, signature, secret) for secret in account.webhook_secrets):
        raise BadSignature("No known secret signed this.")
    try:
        event = json.loads(body)
        if event["object"] != "event":
            raise BadSignature("Signed, but not an event that brings its object.")
        return notice_of(event)
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError, OSError) as error:
        raise BadSignature("Signed, but not a readable event.") from error


def notice_of(event: Json) -> Notice:
    """Tell which payment an event is about; what it says about that payment is not believed."""
    subject: Json = event["data"]["object"]
    kind, external_id = _named(event["type"], subject)
    return Notice(
        event_id=event["id"],
        kind=kind,
        event_type=event["type"],
        external_id=external_id,
        reference=reference_of(subject),
        account_id=event.get("account"),
        livemode=event["livemode"],
        occurred_at=moment(event["created"]),
    )


def concerns(account: GatewayCredentials, notice: Notice) -> bool:
    """Tell whether a notice is of this account and mode.

    A platform's webhook (credentials without an account) hears of all its accounts; live and
    test events reach the same address.
    """
    if notice.livemode != account.livemode:
        return False
    return account.account_id is None or notice.account_id == account.account_id


def _is_signed(body: bytes, signature: str | None, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, _TOLERANCE_SECONDS)
    except (stripe.SignatureVerificationError, ValueError, TypeError, AttributeError):
        return False
    return True


def _named(event_type: str, subject: Json) -> tuple[NoticeKind, str | None]:
    if event_type == "account.application.deauthorized":
        return NoticeKind.ACCOUNT_LOST, None
    if event_type.startswith("payout."):
        return NoticeKind.PAYOUT, subject.get("id")
    payment = _payment_id(subject)
    if event_type in ACCOUNT_EVENTS and payment:
        return NoticeKind.PAYMENT, payment
    return NoticeKind.OTHER, None


def _payment_id(subject: Json) -> str | None:
    """Sessions and intents name themselves; charges, refunds and disputes name their intent."""
    if subject.get("object") in {"checkout.session", "payment_intent"}:
        return subject.get("id")
    intent = subject.get("payment_intent")
    return intent.get("id") if isinstance(intent, Mapping) else intent
