"""The demo gateway: no network, no money. It exists only where someone constructs it.

Its hosted page is the application's own, marked as a demo, at `base_url/<external id>/`; what the
visitor clicks there comes back through `choose`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from core.money import round_amount
from payments.gateways.errors import BadSignature, GatewayRefused, UnknownObject
from payments.gateways.interface import (
    AccountHealth,
    AlreadyPaid,
    Capability,
    Expired,
    GatewayCredentials,
    HealthWarning,
    InFlight,
    Movement,
    MovementKind,
    Notice,
    NoticeKind,
    PaymentRequest,
    PaymentState,
    RefundRequest,
    RefundSnapshot,
    RefundState,
    Snapshot,
    Started,
    WebhookRegistration,
)
from payments.gateways.minor_units import to_minor

SANDBOX_KEY = "sandbox"

_FEE_RATE = Decimal("0.015")
_FEE_FIXED = Decimal("0.25")


class SandboxChoice(StrEnum):
    """What the visitor of the demo page may do, and what a bank may do later."""

    PAY = "PAY"
    PAY_LATER = "PAY_LATER"
    CONFIRM = "CONFIRM"
    FAIL = "FAIL"


_MOVES: Mapping[tuple[PaymentState, SandboxChoice], PaymentState] = {
    (PaymentState.OPEN, SandboxChoice.PAY): PaymentState.SUCCEEDED,
    (PaymentState.OPEN, SandboxChoice.PAY_LATER): PaymentState.PROCESSING,
    (PaymentState.OPEN, SandboxChoice.FAIL): PaymentState.FAILED,
    (PaymentState.PROCESSING, SandboxChoice.CONFIRM): PaymentState.SUCCEEDED,
    (PaymentState.PROCESSING, SandboxChoice.FAIL): PaymentState.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxRefund:
    external_id: str
    amount: Decimal
    refunded_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxPayment:
    """All there is to know about one pretended payment; amounts in major units."""

    external_id: str
    request: PaymentRequest
    state: PaymentState
    changed_at: dt.datetime
    paid_at: dt.datetime | None = None
    refunds: tuple[SandboxRefund, ...] = ()


class SandboxStore(Protocol):
    """Where the caller keeps pretended payments; each call stands alone."""

    def get(self, external_id: str) -> SandboxPayment | None: ...

    def put(self, payment: SandboxPayment) -> None: ...

    def changed_since(self, since: dt.datetime) -> Iterable[SandboxPayment]: ...


class SandboxGateway:
    """The Gateway protocol over a store, for demos and for trying the product."""

    key = SANDBOX_KEY
    capabilities = frozenset(
        {
            Capability.HOSTED,
            Capability.DELAYED,
            Capability.EXPIRE,
            Capability.REFUND,
            Capability.PARTIAL_REFUND,
            Capability.DEMO,
        }
    )

    def __init__(self, *, store: SandboxStore, now: Callable[[], dt.datetime]) -> None:
        self._store = store
        self._now = now

    def page_origins(self, account: GatewayCredentials) -> tuple[str, ...]:
        parts = urlsplit(_page_base(account))
        return (f"{parts.scheme}://{parts.netloc}",)

    def check(self, account: GatewayCredentials) -> AccountHealth:
        _page_base(account)
        return AccountHealth(
            usable=True,
            livemode=False,
            account_id=account.account_id,
            name="Demo",
            country="FR",
            currency="EUR",
            warnings=(HealthWarning.TEST_MODE,),
        )

    def start(self, account: GatewayCredentials, request: PaymentRequest) -> Started:
        to_minor(request.amount, request.currency)
        digest = hashlib.sha256(f"{request.tenant}:{request.key}".encode()).hexdigest()
        external_id = f"demo_{digest[:32]}"
        known = self._store.get(external_id)
        if known is None:
            known = SandboxPayment(
                external_id=external_id,
                request=request,
                state=PaymentState.OPEN,
                changed_at=self._now(),
            )
            self._store.put(known)
        elif known.request != request:
            raise GatewayRefused("This key was used for another payment.", code="key_reused")
        return Started(
            external_id=external_id,
            redirect_url=_page_url(account, external_id),
            expires_at=request.expires_at,
        )

    def expire(
        self, account: GatewayCredentials, external_id: str
    ) -> Expired | AlreadyPaid | InFlight:
        payment = self._current(external_id)
        if payment.state is PaymentState.SUCCEEDED:
            return AlreadyPaid(external_id)
        if payment.state is PaymentState.PROCESSING:
            return InFlight(external_id)
        if payment.state is PaymentState.OPEN:
            self._change(payment, PaymentState.EXPIRED)
        return Expired(external_id)

    def fetch(self, account: GatewayCredentials, external_id: str) -> Snapshot:
        payment = self._current(external_id)
        request = payment.request
        tried = payment.state not in {PaymentState.OPEN, PaymentState.EXPIRED}
        is_open = payment.state is PaymentState.OPEN
        return Snapshot(
            external_id=payment.external_id,
            payment_id=payment.external_id if tried else None,
            reference=request.reference,
            state=payment.state,
            amount_expected=round_amount(request.amount, request.currency),
            amount_received=round_amount(
                request.amount if payment.paid_at else Decimal(0), request.currency
            ),
            currency=request.currency,
            livemode=False,
            expires_at=request.expires_at,
            redirect_url=_page_url(account, external_id) if is_open else None,
            method="demo" if tried else "",
            payer_hint="",
            movements=tuple(_movements(payment)),
            raw_hash=hashlib.sha256(repr(asdict(payment)).encode()).hexdigest(),
        )

    def refund(self, account: GatewayCredentials, request: RefundRequest) -> RefundSnapshot:
        to_minor(request.amount, request.currency)
        payment = self._current(request.payment_id)
        digest = hashlib.sha256(f"{payment.external_id}:{request.key}".encode()).hexdigest()
        refund = next((r for r in payment.refunds if r.external_id.endswith(digest[:32])), None)
        if refund is None:
            refund = SandboxRefund(
                external_id=f"demo_refund_{digest[:32]}",
                amount=round_amount(request.amount, request.currency),
                refunded_at=self._now(),
            )
            self._store.put(_with_refund(payment, refund))
        return RefundSnapshot(
            external_id=refund.external_id,
            state=RefundState.SUCCEEDED,
            amount=refund.amount,
            currency=payment.request.currency,
        )

    def parse_webhook(
        self, account: GatewayCredentials, headers: Mapping[str, str], body: bytes
    ) -> list[Notice]:
        raise BadSignature("The sandbox calls nobody.")

    def list_changes(self, account: GatewayCredentials, since: dt.datetime) -> Iterator[Notice]:
        changed = self._store.changed_since(since)
        for payment in sorted(changed, key=lambda payment: payment.changed_at):
            yield Notice(
                event_id=f"{payment.external_id}-{payment.changed_at.isoformat()}",
                kind=NoticeKind.PAYMENT,
                event_type=f"sandbox.{payment.state.lower()}",
                external_id=payment.external_id,
                reference=payment.request.reference,
                account_id=account.account_id,
                livemode=False,
                occurred_at=payment.changed_at,
            )

    def register_webhook(self, account: GatewayCredentials, url: str) -> WebhookRegistration:
        raise GatewayRefused("The sandbox calls nobody.", code="no_webhooks")

    def page(self, external_id: str) -> SandboxPayment:
        """Return what the demo page shows, or raise UnknownObject."""
        return self._current(external_id)

    def choose(self, external_id: str, choice: SandboxChoice) -> str:
        """Do what was clicked on the demo page and return where to send the visitor.

        A page that is not open any more changes nothing; the visitor is sent back all the same.
        """
        payment = self._current(external_id)
        state = _MOVES.get((payment.state, choice))
        if state is not None:
            payment = self._change(payment, state)
        if payment.state in {PaymentState.SUCCEEDED, PaymentState.PROCESSING}:
            return payment.request.success_url.replace("{CHECKOUT_SESSION_ID}", external_id)
        return payment.request.cancel_url

    def _current(self, external_id: str) -> SandboxPayment:
        payment = self._store.get(external_id)
        if payment is None:
            raise UnknownObject(f"The sandbox knows no {external_id}.", code="unknown")
        if payment.state is PaymentState.OPEN and payment.request.expires_at <= self._now():
            return self._change(payment, PaymentState.EXPIRED)
        return payment

    def _change(self, payment: SandboxPayment, state: PaymentState) -> SandboxPayment:
        now = self._now()
        paid_at = now if state is PaymentState.SUCCEEDED else payment.paid_at
        changed = replace(payment, state=state, changed_at=now, paid_at=paid_at)
        self._store.put(changed)
        return changed


def _with_refund(payment: SandboxPayment, refund: SandboxRefund) -> SandboxPayment:
    refunded = sum(known.amount for known in payment.refunds) + refund.amount
    if payment.paid_at is None or refunded > payment.request.amount:
        raise GatewayRefused("More than what is left to refund.", code="refund_too_large")
    return replace(payment, refunds=(*payment.refunds, refund), changed_at=refund.refunded_at)


def _movements(payment: SandboxPayment) -> Iterator[Movement]:
    request = payment.request
    if payment.paid_at is None:
        return
    yield Movement(
        kind=MovementKind.CHARGE,
        external_id=f"{payment.external_id}_charge",
        amount=round_amount(request.amount, request.currency),
        currency=request.currency,
        occurred_at=payment.paid_at,
    )
    yield Movement(
        kind=MovementKind.FEE,
        external_id=f"{payment.external_id}_fee",
        amount=round_amount(request.amount * _FEE_RATE + _FEE_FIXED, request.currency),
        currency=request.currency,
        occurred_at=payment.paid_at,
        related_id=f"{payment.external_id}_charge",
    )
    for refund in payment.refunds:
        yield Movement(
            kind=MovementKind.REFUND,
            external_id=refund.external_id,
            amount=refund.amount,
            currency=request.currency,
            occurred_at=refund.refunded_at,
            related_id=f"{payment.external_id}_charge",
        )


def _page_base(account: GatewayCredentials) -> str:
    if not account.base_url or account.livemode:
        raise GatewayRefused("The sandbox needs the address of its page and test mode.")
    return account.base_url.rstrip("/")


def _page_url(account: GatewayCredentials, external_id: str) -> str:
    return f"{_page_base(account)}/{external_id}/"
