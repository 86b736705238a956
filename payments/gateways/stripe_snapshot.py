"""From what Stripe answers (plain dicts) to a Snapshot: which facts mean that money moved. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from payments.gateways.interface import (
    Movement,
    MovementKind,
    PaymentState,
    RefundSnapshot,
    RefundState,
    Snapshot,
)
from payments.gateways.minor_units import from_minor

Json = Mapping[str, Any]

_REFUND_STATES = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.CANCELED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StripeFacts:
    """What was read for one payment; `session["payment_intent"]` is expanded."""

    session: Json
    charges: Sequence[Json] = ()
    refunds: Sequence[Json] = ()
    disputes: Sequence[Json] = ()


def snapshot_of(facts: StripeFacts) -> Snapshot:
    """Say what Stripe's objects mean for the one who is to be paid."""
    session = facts.session
    currency = session["currency"].upper()
    movements = tuple(_movements(facts))
    method, hint = _payer(facts.charges)
    return Snapshot(
        external_id=session["id"],
        payment_id=(session["payment_intent"] or {}).get("id"),
        reference=reference_of(session),
        state=_state(session),
        amount_expected=from_minor(session["amount_total"], currency),
        amount_received=_received(movements, currency),
        currency=currency,
        livemode=session["livemode"],
        expires_at=moment(session["expires_at"]),
        redirect_url=session.get("url") if session["status"] == "open" else None,
        method=method,
        payer_hint=hint,
        movements=movements,
        raw_hash=_hash(facts),
    )


def refund_of(refund: Json) -> RefundSnapshot:
    """Say what a refund has become; an action asked from the payer counts as pending."""
    currency = refund["currency"].upper()
    return RefundSnapshot(
        external_id=refund["id"],
        state=_REFUND_STATES[refund["status"]],
        amount=from_minor(refund["amount"], currency),
        currency=currency,
        failure_code=refund.get("failure_reason") or "",
    )


def reference_of(stripe_object: Json) -> str | None:
    """Return the reference we sent along, or None for what was not started by us."""
    sent = (stripe_object.get("metadata") or {}).get("attempt")
    return sent or stripe_object.get("client_reference_id")


def moved_money(charge: Json) -> bool:
    """A failed charge moved nothing, unless its failure took money back: then it once succeeded."""
    if charge["status"] == "failed":
        return bool(charge.get("failure_balance_transaction"))
    return bool(charge["status"] == "succeeded" and charge["captured"])


def moment(timestamp: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(timestamp, tz=dt.UTC)


def _state(session: Json) -> PaymentState:
    """`complete` alone is not paid: a bank debit is complete days before it succeeds or fails."""
    if session["payment_status"] == "paid":
        return PaymentState.SUCCEEDED
    if session["status"] == "open":
        return PaymentState.OPEN
    if session["status"] == "expired":
        return PaymentState.EXPIRED
    intent_status = (session["payment_intent"] or {}).get("status")
    if intent_status in {"requires_payment_method", "canceled", None}:
        return PaymentState.FAILED
    return PaymentState.PROCESSING


def _movements(facts: StripeFacts) -> Iterator[Movement]:
    for charge in facts.charges:
        yield from _charge_movements(charge)
    for refund in facts.refunds:
        yield from _refund_movements(refund)
    for dispute in facts.disputes:
        yield from _dispute_movements(dispute)


def _charge_movements(charge: Json) -> Iterator[Movement]:
    if not moved_money(charge):
        return
    amount = charge["amount_captured"] or charge["amount"]
    yield _movement(MovementKind.CHARGE, charge, amount)
    yield from _fees(charge.get("balance_transaction"))
    if charge["status"] == "failed":
        yield _movement(
            MovementKind.CHARGE_REVERSED, charge, amount, related_id=charge["payment_intent"]
        )
        yield from _fees(charge["failure_balance_transaction"])


def _refund_movements(refund: Json) -> Iterator[Movement]:
    """A refund that fails or is cancelled is both: money that left and money that came back.

    So the books are the same whether the failure was seen at once or after the refund was booked.
    """
    if refund["status"] == "requires_action":
        return
    yield _movement(MovementKind.REFUND, refund, refund["amount"], related_id=refund["charge"])
    yield from _fees(refund.get("balance_transaction"))
    if refund["status"] in {"failed", "canceled"}:
        yield _movement(
            MovementKind.REFUND_FAILED, refund, refund["amount"], related_id=refund["charge"]
        )


def _dispute_movements(dispute: Json) -> Iterator[Movement]:
    """Only balance transactions move money: an inquiry has none, a won dispute has two."""
    for transaction in dispute["balance_transactions"]:
        withdrawn = transaction["amount"] < 0
        same_currency = transaction["currency"] == dispute["currency"]
        yield Movement(
            kind=MovementKind.CHARGEBACK if withdrawn else MovementKind.CHARGEBACK_REVERSED,
            external_id=transaction["id"],
            amount=from_minor(
                abs(transaction["amount"]) if same_currency else dispute["amount"],
                dispute["currency"],
            ),
            currency=dispute["currency"].upper(),
            occurred_at=moment(transaction["created"]),
            related_id=dispute["id"],
        )
        yield from _fees(transaction)


def _fees(transaction: Json | str | None) -> Iterator[Movement]:
    """The fee comes with the balance transaction, which delayed methods get late."""
    if not isinstance(transaction, Mapping) or not transaction["fee"]:
        return
    yield Movement(
        kind=MovementKind.FEE,
        external_id=transaction["id"],
        amount=from_minor(transaction["fee"], transaction["currency"]),
        currency=transaction["currency"].upper(),
        occurred_at=moment(transaction["created"]),
        related_id=transaction.get("source"),
    )


def _movement(
    kind: MovementKind, stripe_object: Json, minor: int, *, related_id: str | None = None
) -> Movement:
    currency = stripe_object["currency"].upper()
    return Movement(
        kind=kind,
        external_id=stripe_object["id"],
        amount=from_minor(minor, currency),
        currency=currency,
        occurred_at=moment(stripe_object["created"]),
        related_id=related_id,
    )


def _received(movements: Iterable[Movement], currency: str) -> Decimal:
    signs = {MovementKind.CHARGE: 1, MovementKind.CHARGE_REVERSED: -1}
    return sum(
        (signs.get(m.kind, 0) * m.amount for m in movements if m.currency == currency),
        start=from_minor(0, currency),
    )


def _payer(charges: Sequence[Json]) -> tuple[str, str]:
    """Name the method of the newest charge and, for the payer's eyes, which card or account."""
    if not charges:
        return "", ""
    details = max(charges, key=lambda charge: charge["created"])["payment_method_details"] or {}
    method = details.get("type", "")
    of_method = details.get(method) or {}
    parts = (of_method.get("brand"), of_method.get("last4"))
    return method, " ".join(part for part in parts if part)


def _hash(facts: StripeFacts) -> str:
    read = [facts.session, *facts.charges, *facts.refunds, *facts.disputes]
    text = json.dumps(read, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
