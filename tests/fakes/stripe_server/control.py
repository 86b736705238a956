"""The strings a test may pull: `POST /_control/<act>` with JSON, or `StripeServer.do`."""

from __future__ import annotations

from tests.fakes.stripe_server import acts, webhooks
from tests.fakes.stripe_server.api import create_endpoint
from tests.fakes.stripe_server.errors import StripeRefusal
from tests.fakes.stripe_server.resources import new_charge, new_intent
from tests.fakes.stripe_server.world import World

FAULTS = ("500", "500_stored", "409", "429", "403", "slow", "drop_before", "drop_after")


def fault(world: World, *, fault: str, times: int = 1, path: str = "", seconds: float = 1) -> None:
    """Have the next API calls whose path contains `path` go wrong."""
    if fault not in FAULTS:
        raise StripeRefusal(400, f"A fault is one of {', '.join(FAULTS)}.")
    world.faults += [{"fault": fault, "path": path, "seconds": seconds} for _ in range(times)]


def clear_faults(world: World) -> None:
    world.faults.clear()


def advance(world: World, *, seconds: int) -> None:
    """Move the clock forward; pages whose time has passed expire."""
    world.advance(seconds)
    acts.expire_old_sessions(world)


def register_webhook(world: World, *, url: str, secret_key: str, connect: bool = False) -> dict:
    """Register an endpoint for every event and return it with its secret."""
    account = world.account_of(secret_key, None)
    params = {"url": url, "enabled_events": ["*"], "connect": connect}
    return create_endpoint(world, account, None, params)


def foreign_payment(world: World, *, secret_key: str, amount: int = 5000) -> dict:
    """Have another program take money on the same account."""
    account = world.account_of(secret_key, None)
    unrelated = {
        "_intent_data": {},
        "amount_total": amount,
        "currency": "eur",
        "payment_method_types": ["card"],
    }
    intent = new_intent(world, account, unrelated)
    new_charge(world, account, intent, method="card", status="succeeded")
    intent.update(status="succeeded", amount_received=amount)
    world.emit(account, "payment_intent.succeeded", acts.shown(intent))
    return acts.shown(intent)


def revoke_key(world: World, *, secret_key: str) -> None:
    world.revoked_keys.add(secret_key)


def set_charges_enabled(world: World, *, account_id: str, enabled: bool) -> None:
    world.accounts[account_id].charges_enabled = enabled


def state(world: World) -> dict:
    """Tell what happened so far."""
    return {
        "requests": world.requests,
        "violations": world.violations,
        "waiting": [waiting.event["type"] for waiting in world.waiting],
        "delivered": [[sent.event["type"], sent.status] for sent in world.delivered],
    }


ACTS = {
    "pay": acts.pay,
    "decline": acts.decline,
    "confirm_debit": acts.confirm_debit,
    "fail_debit": acts.fail_debit,
    "reverse_charge": acts.reverse_charge,
    "tell_fee": acts.tell_fee,
    "refund_in_dashboard": acts.refund_in_dashboard,
    "fail_refund": acts.fail_refund,
    "dispute": acts.dispute,
    "win_dispute": acts.win_dispute,
    "deauthorize": acts.deauthorize,
    "hold": webhooks.hold,
    "release": webhooks.release,
    "forget_held": webhooks.forget_held,
    "redeliver": webhooks.redeliver,
    "fault": fault,
    "clear_faults": clear_faults,
    "advance": advance,
    "register_webhook": register_webhook,
    "foreign_payment": foreign_payment,
    "revoke_key": revoke_key,
    "set_charges_enabled": set_charges_enabled,
    "state": state,
}


def do(world: World, act: str, params: dict):
    """Do one act, then send the webhooks it caused."""
    if act not in ACTS:
        raise StripeRefusal(404, f"An act is one of {', '.join(ACTS)}.")
    with world.lock:
        try:
            result = ACTS[act](world, **params)
        except TypeError as error:
            raise StripeRefusal(400, str(error)) from error
    webhooks.deliver_waiting(world)
    return result
