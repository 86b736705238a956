"""The contract between the product and Stripe: what may be asked, what may be answered."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from functools import cache
from pathlib import Path

import jsonschema
import stripe
from stripe import params
from stripe.params import checkout

from tests.fakes.stripe_server import schema as schema_module
from tests.fakes.stripe_server.forms import coerced, decoded
from tests.fakes.stripe_server.schema import SchemaDeriver

REQUESTS = {
    "POST /v1/checkout/sessions": checkout.SessionCreateParams,
    "GET /v1/checkout/sessions": checkout.SessionListParams,
    "GET /v1/checkout/sessions/{id}": checkout.SessionRetrieveParams,
    "POST /v1/checkout/sessions/{id}/expire": checkout.SessionExpireParams,
    "GET /v1/payment_intents": params.PaymentIntentListParams,
    "GET /v1/payment_intents/{id}": params.PaymentIntentRetrieveParams,
    "GET /v1/charges": params.ChargeListParams,
    "GET /v1/charges/{id}": params.ChargeRetrieveParams,
    "GET /v1/balance_transactions": params.BalanceTransactionListParams,
    "GET /v1/balance_transactions/{id}": params.BalanceTransactionRetrieveParams,
    "POST /v1/refunds": params.RefundCreateParams,
    "GET /v1/refunds": params.RefundListParams,
    "GET /v1/refunds/{id}": params.RefundRetrieveParams,
    "GET /v1/disputes": params.DisputeListParams,
    "GET /v1/disputes/{id}": params.DisputeRetrieveParams,
    "GET /v1/events": params.EventListParams,
    "GET /v1/events/{id}": params.EventRetrieveParams,
    "POST /v1/webhook_endpoints": params.WebhookEndpointCreateParams,
    "GET /v1/webhook_endpoints": params.WebhookEndpointListParams,
    "DELETE /v1/webhook_endpoints/{id}": params.WebhookEndpointDeleteParams,
    "GET /v1/account": params.AccountRetrieveCurrentParams,
    "GET /v1/accounts/{id}": params.AccountRetrieveParams,
    "GET /v1/balance": params.BalanceRetrieveParams,
}
RESOURCES = {
    "account": stripe.Account,
    "application": stripe.Application,
    "balance": stripe.Balance,
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "payment_intent": stripe.PaymentIntent,
    "refund": stripe.Refund,
    "webhook_endpoint": stripe.WebhookEndpoint,
}
_MAX_MESSAGE = 160


class Contract:
    """Finds the operation of a request and tells what is wrong with it, or with an answer."""

    def __init__(self, derived):
        self._definitions = derived["$defs"]
        self._requests = derived["requests"]
        self._responses = derived["responses"]

    def operation(self, method: str, path: str) -> str | None:
        """Return the operation of a path, such as `GET /v1/charges/{id}`."""
        return next(
            (op for op in self._requests if _pattern(op).fullmatch(f"{method} {path}")), None
        )

    def read_request(self, operation: str, form: str) -> tuple[dict, list[str]]:
        """Return the parameters of a form-encoded request, and what the contract objects to."""
        schema = self._requests[operation]
        values = coerced(decoded(form), schema, self._definitions)
        return values, self._objections(values, schema)

    def object_errors(self, stripe_object: dict) -> list[str]:
        """Return what is wrong with an answer; lists are checked item by item."""
        name = stripe_object.get("object")
        if name == "list":
            shape = self._objections(stripe_object, schema_module.list_schema({}))
            return shape + [e for item in stripe_object["data"] for e in self.object_errors(item)]
        if name not in self._responses:
            return [f"{name!r} is no object of the contract"]
        errors = self._objections(stripe_object, self._responses[name])
        if name == "event":
            errors += self.object_errors(stripe_object["data"]["object"])
        return [f"{name}: {error}" for error in errors]

    def _objections(self, value, schema):
        validator = jsonschema.Draft202012Validator({"$defs": self._definitions, **schema})
        return [
            f"{'.'.join(map(str, error.absolute_path))}: {error.message[:_MAX_MESSAGE]}"
            for error in validator.iter_errors(value)
        ]


@cache
def contract() -> Contract:
    """Return the contract of the installed package, derived once per version and machine."""
    path = _cache_path()
    if path.exists():
        return Contract(json.loads(path.read_text()))
    derived = derive()
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as half_written:
        json.dump(derived, half_written)
    Path(half_written.name).replace(path)
    return Contract(derived)


def derive(requests=REQUESTS, resources=RESOURCES) -> dict:
    """Derive the schemas of these operations and resources from the installed package."""
    deriver = SchemaDeriver(expandable=resources.values())
    return {
        "requests": {op: deriver.reference(cls) for op, cls in requests.items()},
        "responses": {name: deriver.reference(cls) for name, cls in resources.items()},
        "$defs": deriver.definitions,
    }


def _cache_path() -> Path:
    """Name the cache after everything it depends on, so that it is never stale."""
    sources = Path(__file__).read_bytes() + Path(schema_module.__file__).read_bytes()
    digest = hashlib.sha256(sources + stripe.VERSION.encode()).hexdigest()[:16]
    name = f"stripe-contract-{stripe.VERSION}-{os.getuid()}-{digest}.json"
    return Path(tempfile.gettempdir()) / name


@cache
def _pattern(operation):
    return re.compile(re.sub(r"\\{id\\}", "[^/]+", re.escape(operation)))
