"""The one place where Stripe clients are built and Stripe's errors become ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import stripe

from payments.gateways.errors import (
    Declined,
    GatewayError,
    GatewayRefused,
    GatewayUnavailable,
    UnknownObject,
)
from payments.gateways.interface import GatewayCredentials
from payments.gateways.network import check_guards

STRIPE_API = "https://api.stripe.com"

_CONNECT_AND_READ_SECONDS = (5, 15)  # the SDK's own 80 s would block a web worker
_RETRIES = 2  # a StripeClient that is not told retries nothing
_KEY = re.compile(r"(?:sk|rk)_(?P<mode>live|test)_\w+", re.ASCII)
_HARD_DECLINES = frozenset(
    {"do_not_honor", "fraudulent", "lost_card", "pickup_card", "stolen_card", "restricted_card"}
)
_SERVER_ERROR = 500
_NOT_FOUND = 404
_CONFLICT = 409

# The SDK would write an id under the home directory and send timings with every request.
stripe.enable_telemetry = False


class _GuardedHTTPClient(stripe.RequestsClient):
    """Checks, before every request and every retry, that nothing forbids the network."""

    def request(  # type: ignore[override] # as RequestsClient itself overrides it
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        check_guards()
        return super().request(method, url, headers, post_data)


def key_is_live(secret_key: str) -> bool:
    """Tell the mode of a secret or restricted key; raise GatewayRefused for anything else.

    A publishable key (`pk_`) is public by nature: whoever pastes one took the wrong line.
    """
    match = _KEY.fullmatch(secret_key)
    if match is None:
        raise GatewayRefused("A Stripe key starts with rk_ or sk_.", code="key_malformed")
    return match["mode"] == "live"


def stripe_client(account: GatewayCredentials) -> stripe.StripeClient:
    """Build the client of exactly this account, or raise GatewayRefused.

    An empty `account_id` is refused because Stripe would read it as "the platform itself".
    """
    live = key_is_live(account.secret_key)
    if live != account.livemode:
        raise GatewayRefused("The key is of the other mode (live, test).", code="mode_mismatch")
    if account.account_id is not None and not account.account_id.startswith("acct_"):
        raise GatewayRefused("A connected account starts with acct_.", code="account_malformed")
    base_url = account.base_url or STRIPE_API
    if live and base_url != STRIPE_API:
        raise GatewayRefused("A live key is sent to Stripe alone.", code="live_key_elsewhere")
    return stripe.StripeClient(
        account.secret_key,
        stripe_account=account.account_id,
        base_addresses={"api": base_url},
        max_network_retries=_RETRIES,
        http_client=_http_client(),
    )


@contextmanager
def stripe_errors() -> Iterator[None]:
    """Turn whatever Stripe raises inside the block into one of our errors."""
    try:
        yield
    except stripe.StripeError as error:
        raise _translated(error) from error


@cache
def _http_client() -> _GuardedHTTPClient:
    """Share one client, which keeps one pool of connections per thread."""
    return _GuardedHTTPClient(timeout=_CONNECT_AND_READ_SECONDS)


def _translated(error: stripe.StripeError) -> GatewayError:
    message = f"{error.user_message or error} (request {error.request_id or 'unknown'})"
    if isinstance(error, stripe.APIConnectionError | stripe.RateLimitError):
        return GatewayUnavailable(message, outcome_known=False)
    if isinstance(error, stripe.CardError):
        code = _decline_code(error)
        return Declined(message, code=code, retryable=code not in _HARD_DECLINES)
    if error.http_status == _NOT_FOUND:
        return UnknownObject(message, code=error.code or "")
    if isinstance(error, stripe.APIError):
        return _translated_api_error(error, message)
    return GatewayRefused(message, code=error.code or type(error).__name__)


def _translated_api_error(error: stripe.APIError, message: str) -> GatewayError:
    status = error.http_status
    if status is None or status == _CONFLICT:
        return GatewayUnavailable(message, outcome_known=False)
    # Stripe keeps a 500 under the idempotency key and would answer it again for a day.
    return GatewayUnavailable(message, outcome_known=status >= _SERVER_ERROR)


def _decline_code(error: stripe.CardError) -> str:
    details = error.json_body.get("error", {}) if isinstance(error.json_body, dict) else {}
    return str(details.get("decline_code") or error.code or "declined")
