"""What every payment gateway offers, in frozen plain data: no SDK object crosses this border.

Amounts are `Decimal` in major units (12.50 is twelve euros fifty), currencies upper-case ISO 4217
codes, moments aware datetimes in UTC. Minor units stay inside a gateway.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class Capability(StrEnum):
    """What a gateway can do; callers ask before offering a button."""

    HOSTED = "HOSTED"
    DELAYED = "DELAYED"
    EXPIRE = "EXPIRE"
    REFUND = "REFUND"
    PARTIAL_REFUND = "PARTIAL_REFUND"
    DISPUTES = "DISPUTES"
    WEBHOOKS = "WEBHOOKS"
    DEMO = "DEMO"


class PaymentState(StrEnum):
    """Where a payment stands: a hint for the screen and dunning; money comes from movements."""

    OPEN = "OPEN"
    PROCESSING = "PROCESSING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


class RefundState(StrEnum):
    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"


class MovementKind(StrEnum):
    """What moved. CHARGE, REFUND_FAILED and CHARGEBACK_REVERSED bring money in; the rest take it.

    PAYOUT is the transfer of the balance to the seller's bank; payments never contain one.
    """

    CHARGE = "CHARGE"
    CHARGE_REVERSED = "CHARGE_REVERSED"
    REFUND = "REFUND"
    REFUND_FAILED = "REFUND_FAILED"
    CHARGEBACK = "CHARGEBACK"
    CHARGEBACK_REVERSED = "CHARGEBACK_REVERSED"
    FEE = "FEE"
    PAYOUT = "PAYOUT"


class NoticeKind(StrEnum):
    """PAYMENT: fetch `external_id`. ACCOUNT_LOST: the seller cut the connection. OTHER: keep it."""

    PAYMENT = "PAYMENT"
    PAYOUT = "PAYOUT"
    ACCOUNT_LOST = "ACCOUNT_LOST"
    OTHER = "OTHER"


class HealthWarning(StrEnum):
    """What the owner should look at on the gateway's health card."""

    FULL_SECRET_KEY = "FULL_SECRET_KEY"  # noqa: S105 - a live key that can do everything
    TEST_MODE = "TEST_MODE"
    MODE_MISMATCH = "MODE_MISMATCH"
    CHARGES_DISABLED = "CHARGES_DISABLED"
    NO_WEBHOOK_SECRET = "NO_WEBHOOK_SECRET"  # noqa: S105
    ACCOUNT_UNREADABLE = "ACCOUNT_UNREADABLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayCredentials:
    """One seller's account at a gateway. Secrets never appear in `repr`, hence not in logs.

    `account_id` is the connected account when `secret_key` is a platform's, else None; it has no
    default, because forgetting it would charge on the platform's own account.
    `base_url` replaces the gateway's own address (tests; the page address of the sandbox).
    `page_origins` are further addresses of hosted pages (the seller's own domain at the gateway).
    """

    secret_key: str = field(repr=False)
    account_id: str | None
    livemode: bool
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    base_url: str | None = None
    page_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """One attempt to be paid. Stored by the caller before the call and replayed unchanged.

    `key` makes the act idempotent; `reference` (the attempt) and `tenant` are opaque ids that come
    back in events. `description` is what the payer reads: a document number, no personal data.
    `success_url` may contain `{CHECKOUT_SESSION_ID}`, replaced by the external id.
    `expires_at`: gateways refuse less than 30 minutes, so ask for a little more.
    """

    key: str
    reference: str
    tenant: str
    amount: Decimal
    currency: str
    description: str
    locale: str
    success_url: str
    cancel_url: str
    expires_at: dt.datetime
    customer_email: str | None = None

    def to_stored(self) -> dict[str, str | None]:
        """Return the request as JSON-ready text, exact to the cent and the second."""
        return {
            **asdict(self),
            "amount": str(self.amount),
            "expires_at": self.expires_at.isoformat(),
        }

    @classmethod
    def from_stored(cls, stored: Mapping[str, str]) -> PaymentRequest:
        """Rebuild the request that `to_stored` wrote, so that a replay is the same request."""
        return cls(
            **{
                **stored,
                "amount": Decimal(stored["amount"]),
                "expires_at": dt.datetime.fromisoformat(stored["expires_at"]),
            }  # type: ignore[arg-type]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The hosted page to send the payer to."""

    external_id: str
    redirect_url: str
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Expired:
    """The page is closed: nobody can pay through it any more."""

    external_id: str


@dataclass(frozen=True, slots=True)
class AlreadyPaid:
    """Too late to close: the money came in. Settle now."""

    external_id: str


@dataclass(frozen=True, slots=True)
class InFlight:
    """Too late to close: the payer has paid and the bank has not confirmed. Open nothing new."""

    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A fact about money, unique per account on (kind, external_id), true for ever.

    `amount` is positive, the kind gives the direction; a FEE below zero is a fee given back.
    `related_id` is what moved back (the charge of a refund, the dispute of a chargeback).
    """

    kind: MovementKind
    external_id: str
    amount: Decimal
    currency: str
    occurred_at: dt.datetime
    related_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything a gateway knows about a payment at this moment: the only source of truth.

    `payment_id` is what `refund` wants (None until the payer has tried to pay); `reference` is the
    request's, None when the payment was not started by us. `amount_received` is what came in less
    what was reversed, before refunds and chargebacks. `redirect_url` is set while the page is open.
    `method` is the gateway's own word (`card`, `sepa_debit`); `payer_hint` tells two cards apart.
    """

    external_id: str
    payment_id: str | None
    reference: str | None
    state: PaymentState
    amount_expected: Decimal
    amount_received: Decimal
    currency: str
    livemode: bool
    expires_at: dt.datetime | None
    redirect_url: str | None
    method: str
    payer_hint: str
    movements: tuple[Movement, ...]
    raw_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Money to give back on `Snapshot.payment_id`. `key` makes a double click one refund."""

    key: str
    reference: str
    payment_id: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSnapshot:
    """A refund as it stands. It can still fail days later: `fetch` then shows REFUND_FAILED."""

    external_id: str
    state: RefundState
    amount: Decimal
    currency: str
    failure_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something happened, go and look: it names a payment and carries no amount on purpose.

    `external_id` is whatever `fetch` accepts; `reference` is the attempt's, when the event has it.
    """

    event_id: str
    kind: NoticeKind
    event_type: str
    external_id: str | None
    reference: str | None
    account_id: str | None
    livemode: bool
    occurred_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHealth:
    """Whether this account can take money now, and what the owner should know."""

    usable: bool
    livemode: bool
    account_id: str | None
    name: str
    country: str
    currency: str
    warnings: tuple[HealthWarning, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRegistration:
    """A webhook the gateway will call. The secret is told once: encrypt and keep it."""

    external_id: str
    secret: str = field(repr=False)


class Gateway(Protocol):
    """A payment company. Never called inside a transaction; every method may raise GatewayError."""

    @property
    def key(self) -> str: ...

    @property
    def capabilities(self) -> frozenset[Capability]: ...

    def page_origins(self, account: GatewayCredentials) -> tuple[str, ...]:
        """Give the only origins a payer may be sent to, for the pay page's CSP `form-action`."""
        ...

    def check(self, account: GatewayCredentials) -> AccountHealth:
        """Ask the gateway whether these credentials work, and what to warn the owner about."""
        ...

    def start(self, account: GatewayCredentials, request: PaymentRequest) -> Started:
        """Open a hosted page for one payment; the same request always gives the same page."""
        ...

    def expire(
        self, account: GatewayCredentials, external_id: str
    ) -> Expired | AlreadyPaid | InFlight:
        """Close an open page, or tell why it is too late; closing twice is closing once."""
        ...

    def fetch(self, account: GatewayCredentials, external_id: str) -> Snapshot:
        """Read a payment by the id of its page or of the payment itself; changes nothing."""
        ...

    def refund(self, account: GatewayCredentials, request: RefundRequest) -> RefundSnapshot:
        """Give money back; the same request is the same refund."""
        ...

    def parse_webhook(
        self, account: GatewayCredentials, headers: Mapping[str, str], body: bytes
    ) -> list[Notice]:
        """Verify and read a webhook without network or database; raise BadSignature when unproven.

        Notices of another account or of the other mode (live, test) are left out.
        """
        ...

    def list_changes(self, account: GatewayCredentials, since: dt.datetime) -> Iterator[Notice]:
        """Give what happened since a moment, oldest first: what lost webhooks would have said."""
        ...

    def register_webhook(self, account: GatewayCredentials, url: str) -> WebhookRegistration:
        """Ask the gateway to call `url` at every change."""
        ...
