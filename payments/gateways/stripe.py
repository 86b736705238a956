"""Stripe: hosted Checkout Sessions on the seller's own account or on a connected one.

Everything is read again from Stripe before it is believed, and leaves here as plain data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal
from urllib.parse import urlsplit

import stripe
from stripe.params import RefundCreateParams, WebhookEndpointCreateParams
from stripe.params.checkout import SessionCreateParams

from payments.gateways.errors import GatewayRefused, UnknownObject
from payments.gateways.interface import (
    AccountHealth,
    AlreadyPaid,
    Capability,
    Expired,
    GatewayCredentials,
    InFlight,
    Notice,
    PaymentRequest,
    PaymentState,
    RefundRequest,
    RefundSnapshot,
    Snapshot,
    Started,
    WebhookRegistration,
)
from payments.gateways.minor_units import to_minor
from payments.gateways.stripe_client import key_is_live, stripe_client, stripe_errors
from payments.gateways.stripe_events import (
    ACCOUNT_EVENTS,
    CONNECT_EVENTS,
    concerns,
    notice_of,
    read_webhook,
)
from payments.gateways.stripe_health import health_of
from payments.gateways.stripe_snapshot import (
    Json,
    StripeFacts,
    moment,
    moved_money,
    refund_of,
    snapshot_of,
)

API_VERSION: Literal["2026-10-28.endive"] = "2026-10-28.endive"

_HOSTED_PAGE = "https://checkout.stripe.com"
_PAGE_SIZE = 100


class StripeGateway:
    """The Gateway protocol over Stripe."""

    key = "stripe"
    capabilities = frozenset(
        {
            Capability.HOSTED,
            Capability.DELAYED,
            Capability.EXPIRE,
            Capability.REFUND,
            Capability.PARTIAL_REFUND,
            Capability.DISPUTES,
            Capability.WEBHOOKS,
        }
    )

    def page_origins(self, account: GatewayCredentials) -> tuple[str, ...]:
        own = _origin(account.base_url) if account.base_url else _HOSTED_PAGE
        return (own, *account.page_origins)

    def check(self, account: GatewayCredentials) -> AccountHealth:
        live = key_is_live(account.secret_key)
        client = stripe_client(replace(account, livemode=live))
        with stripe_errors():
            about = _read_account(client)
        return health_of(account, about, live=live)

    def start(self, account: GatewayCredentials, request: PaymentRequest) -> Started:
        params = _session_params(request)
        with stripe_errors():
            session = (
                stripe_client(account)
                .v1.checkout.sessions.create(params, {"idempotency_key": request.key})
                .to_dict()
            )
        url = session.get("url") or ""
        if _origin(url) not in self.page_origins(account):
            raise GatewayRefused("The page is not at a known address.", code="page_elsewhere")
        return Started(
            external_id=session["id"],
            redirect_url=url,
            expires_at=moment(session["expires_at"]),
        )

    def expire(
        self, account: GatewayCredentials, external_id: str
    ) -> Expired | AlreadyPaid | InFlight:
        # No key of ours: closing twice is harmless, while a stored failure would be answered
        # again for a day.
        sessions = stripe_client(account).v1.checkout.sessions
        try:
            with stripe_errors():
                sessions.expire(external_id)
        except UnknownObject:
            raise
        except GatewayRefused as refusal:
            return _why_not_expired(self.fetch(account, external_id), refusal)
        return Expired(external_id)

    def fetch(self, account: GatewayCredentials, external_id: str) -> Snapshot:
        client = stripe_client(account)
        with stripe_errors():
            return snapshot_of(_read_facts(client, external_id))

    def refund(self, account: GatewayCredentials, request: RefundRequest) -> RefundSnapshot:
        params: RefundCreateParams = {
            "payment_intent": request.payment_id,
            "amount": to_minor(request.amount, request.currency),
            "metadata": {"refund": request.reference},
        }
        with stripe_errors():
            refund = stripe_client(account).v1.refunds.create(
                params, {"idempotency_key": request.key}
            )
        return refund_of(refund.to_dict())

    def parse_webhook(
        self, account: GatewayCredentials, headers: Mapping[str, str], body: bytes
    ) -> list[Notice]:
        notice = read_webhook(account, headers, body)
        return [notice] if concerns(account, notice) else []

    def list_changes(self, account: GatewayCredentials, since: dt.datetime) -> Iterator[Notice]:
        """Give events oldest first; Stripe keeps them for 30 days and lists the newest first.

        What is listed with a connected account's header is that account's, whether it says so or
        not.
        """
        with stripe_errors():
            events = stripe_client(account).v1.events.list(
                {
                    "created": {"gte": int(since.timestamp())},
                    "types": list(ACCOUNT_EVENTS),
                    "limit": _PAGE_SIZE,
                }
            )
            notices = [notice_of(event.to_dict()) for event in events.auto_paging_iter()]
        yield from (replace(notice, account_id=account.account_id) for notice in reversed(notices))

    def register_webhook(self, account: GatewayCredentials, url: str) -> WebhookRegistration:
        """Register on the account itself; with a connected account, for the whole platform."""
        connect = account.account_id is not None
        params: WebhookEndpointCreateParams = {
            "url": url,
            "api_version": API_VERSION,
            "enabled_events": list(CONNECT_EVENTS if connect else ACCOUNT_EVENTS),
            "connect": connect,
        }
        with stripe_errors():
            client = stripe_client(replace(account, account_id=None))
            endpoint = client.v1.webhook_endpoints.create(params).to_dict()
        return WebhookRegistration(external_id=endpoint["id"], secret=endpoint["secret"])


def _session_params(request: PaymentRequest) -> SessionCreateParams:
    metadata = {"tenant": request.tenant, "attempt": request.reference}
    params: SessionCreateParams = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "submit_type": "pay",
        "locale": request.locale,
        "client_reference_id": request.reference,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": request.currency.lower(),
                    "unit_amount": to_minor(request.amount, request.currency),
                    "product_data": {"name": request.description},
                },
            }
        ],
        "metadata": metadata,
        # Stripe does not hand a session's metadata down to its payment, which events name.
        "payment_intent_data": {"metadata": metadata, "description": request.description},
        "invoice_creation": {"enabled": False},  # our invoice is the invoice
        "adaptive_pricing": {"enabled": False},  # nobody pays in another currency
        # A bank transfer inside Stripe can pay a part and keep the rest: ours is better.
        "excluded_payment_method_types": ["customer_balance"],
        "expires_at": int(request.expires_at.timestamp()),
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
    }
    if request.customer_email:
        params["customer_email"] = request.customer_email
    return params


def _read_facts(client: stripe.StripeClient, external_id: str) -> StripeFacts:
    session = _read_session(client, external_id)
    intent = session["payment_intent"]
    if intent is None:
        return StripeFacts(session=session)
    charges = [
        charge.to_dict()
        for charge in client.v1.charges.list(
            {
                "payment_intent": intent["id"],
                "limit": _PAGE_SIZE,
                "expand": ["data.balance_transaction", "data.failure_balance_transaction"],
            }
        ).auto_paging_iter()
    ]
    if not any(moved_money(charge) for charge in charges):
        return StripeFacts(session=session, charges=charges)
    refunds = client.v1.refunds.list(
        {
            "payment_intent": intent["id"],
            "limit": _PAGE_SIZE,
            "expand": ["data.balance_transaction"],
        }
    )
    disputes = client.v1.disputes.list({"payment_intent": intent["id"], "limit": _PAGE_SIZE})
    return StripeFacts(
        session=session,
        charges=charges,
        refunds=[refund.to_dict() for refund in refunds.auto_paging_iter()],
        disputes=[dispute.to_dict() for dispute in disputes.auto_paging_iter()],
    )


def _read_session(client: stripe.StripeClient, external_id: str) -> Json:
    """Read a session by its own id or by its payment's, which refunds and disputes name."""
    sessions = client.v1.checkout.sessions
    if not external_id.startswith("pi_"):
        return sessions.retrieve(external_id, {"expand": ["payment_intent"]}).to_dict()
    found = sessions.list(
        {"payment_intent": external_id, "limit": 1, "expand": ["data.payment_intent"]}
    ).data
    if not found:
        raise UnknownObject(f"No page of ours led to {external_id}.", code="no_session")
    return found[0].to_dict()


def _why_not_expired(
    snapshot: Snapshot, refusal: GatewayRefused
) -> Expired | AlreadyPaid | InFlight:
    if snapshot.state is PaymentState.SUCCEEDED:
        return AlreadyPaid(snapshot.external_id)
    if snapshot.state is PaymentState.PROCESSING:
        return InFlight(snapshot.external_id)
    if snapshot.state is PaymentState.OPEN:
        raise refusal
    return Expired(snapshot.external_id)


def _read_account(client: stripe.StripeClient) -> Json | None:
    """Read the account; a restricted key without that right proves itself on the sessions."""
    try:
        return client.v1.accounts.retrieve_current().to_dict()
    except stripe.PermissionError:
        client.v1.checkout.sessions.list({"limit": 1})
        return None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
