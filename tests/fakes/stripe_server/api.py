"""The operations of Stripe's API that the fake carries out."""

from __future__ import annotations

import copy
import secrets

from tests.fakes.stripe_server import acts
from tests.fakes.stripe_server.acts import shown
from tests.fakes.stripe_server.errors import StripeRefusal, no_such
from tests.fakes.stripe_server.resources import account_object, balance_object, new_session
from tests.fakes.stripe_server.world import Account, World

_KINDS = {
    "checkout/sessions": "checkout.session",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "balance_transactions": "balance_transaction",
    "refunds": "refund",
    "disputes": "dispute",
    "events": "event",
}
_FILTERS = ("payment_intent", "charge", "status", "type", "source")


def perform(world: World, account: Account, operation: str, path: str, params: dict) -> dict:
    """Carry out an operation and return the object that answers it."""
    method, template = operation.split(" ")
    collection = template.removeprefix("/v1/").partition("/{id}")[0]
    object_id = path.removeprefix(f"/v1/{collection}").strip("/").partition("/")[0]
    if operation in _SPECIAL:
        return _SPECIAL[operation](world, account, object_id, params)
    if method == "GET" and object_id:
        found = world.find(account, _KINDS[collection], object_id)
        return _expanded(world, account, shown(found), params.get("expand", []))
    if method == "GET":
        return _page(world, account, path, _KINDS[collection], params)
    raise StripeRefusal(404, f"The fake does not know {operation}.")


def _create_session(world, account, _, params):
    return shown(new_session(world, account, params))


def _expire_session(world, account, session_id, params):
    session = world.find(account, "checkout.session", session_id)
    return shown(acts.expire(world, account, session))


def _create_refund(world, account, _, params):
    return shown(acts.refund(world, account, params))


def create_endpoint(world, account, _, params):
    endpoint = world.create(
        account,
        "webhook_endpoint",
        "we",
        api_version=params.get("api_version"),
        application=None,
        description=None,
        enabled_events=params["enabled_events"],
        livemode=False,
        metadata={},
        status="enabled",
        url=params["url"],
        _account=account.id,
        _connect=params.get("connect", False),
        _secret=f"whsec_{secrets.token_hex(16)}",
    )
    world.endpoints[endpoint["id"]] = endpoint
    return {**shown(endpoint), "secret": endpoint["_secret"]}


def _delete_endpoint(world, account, endpoint_id, params):
    endpoint = world.endpoints.get(endpoint_id)
    if endpoint is None or endpoint["_account"] != account.id:
        raise no_such("webhook endpoint", endpoint_id)
    del world.endpoints[endpoint_id]
    return {**shown(endpoint), "deleted": True}


def _list_endpoints(world, account, _, params):
    own = [shown(e) for e in world.endpoints.values() if e["_account"] == account.id]
    return {"object": "list", "data": own, "has_more": False, "url": "/v1/webhook_endpoints"}


def _current_account(world, account, _, params):
    return account_object(world, account)


def _balance(world, account, _, params):
    return balance_object(world, account)


_SPECIAL = {
    "POST /v1/checkout/sessions": _create_session,
    "POST /v1/checkout/sessions/{id}/expire": _expire_session,
    "POST /v1/refunds": _create_refund,
    "POST /v1/webhook_endpoints": create_endpoint,
    "GET /v1/webhook_endpoints": _list_endpoints,
    "DELETE /v1/webhook_endpoints/{id}": _delete_endpoint,
    "GET /v1/account": _current_account,
    "GET /v1/accounts/{id}": _current_account,
    "GET /v1/balance": _balance,
}


def _page(world, account, path, kind, params):
    """Give one page of a list, newest first, as Stripe filters and cuts it."""
    wanted = {name: params[name] for name in _FILTERS if name in params}
    found = [o for o in world.all(account, kind, **wanted) if _in_range(o, params)]
    if "starting_after" in params:
        ids = [o["id"] for o in found]
        found = found[ids.index(params["starting_after"]) + 1 :]
    limit = params.get("limit", 10)
    expand = [p.removeprefix("data.") for p in params.get("expand", [])]
    data = [_expanded(world, account, shown(o), expand) for o in found[:limit]]
    return {"object": "list", "data": data, "has_more": len(found) > limit, "url": path}


def _in_range(stripe_object, params):
    created = params.get("created", {})
    if stripe_object["created"] < created.get("gte", 0):
        return False
    return "types" not in params or stripe_object["type"] in params["types"]


def _expanded(world, account, stripe_object, paths):
    expanded = copy.deepcopy(stripe_object)
    for path in paths:
        name, _, rest = path.partition(".")
        if name not in expanded:
            raise StripeRefusal(400, f"This property cannot be expanded ({name}).")
        if expanded[name] is not None:
            inner = shown(account.objects[expanded[name]])
            expanded[name] = _expanded(world, account, inner, [rest] if rest else [])
    return expanded
