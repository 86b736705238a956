"""Webhooks on their way to the application: signed for real, sent at once or held back."""

from __future__ import annotations

import json

import requests
import stripe

from tests.fakes.stripe_server.world import Delivery, World

_TIMEOUT_SECONDS = 20


def deliver_waiting(world: World) -> None:
    """Send what waits, oldest first, unless webhooks are held. Call it without the lock."""
    while delivery := _next(world):
        send(delivery)
        with world.lock:
            world.delivered.append(delivery)


def send(delivery: Delivery) -> None:
    """Call the endpoint once and keep what it answered; an endpoint that is down answers 0."""
    payload = json.dumps(delivery.event)
    secret = delivery.endpoint["_secret"]
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": stripe.WebhookSignature.generate_signature_header(payload, secret),
    }
    try:
        answer = requests.post(
            delivery.endpoint["url"], payload.encode(), headers=headers, timeout=_TIMEOUT_SECONDS
        )
    except requests.RequestException as error:
        delivery.status, delivery.response = 0, str(error)
    else:
        delivery.status, delivery.response = answer.status_code, answer.text[:500]


def hold(world: World) -> None:
    """Keep webhooks back from now on."""
    world.holding = True


def release(world: World, *, order: str = "as_sent", event_types: list[str] | None = None) -> None:
    """Send what was held, `as_sent` or `reversed`, or in the order of these types, first to last.

    Events of types not named come last.
    """
    if order == "reversed":
        world.waiting.reverse()
    if event_types:
        world.waiting.sort(key=lambda d: _rank(d.event["type"], event_types))
    world.holding = False


def forget_held(world: World) -> None:
    """Lose what was held: webhooks that never arrive."""
    world.waiting.clear()
    world.holding = False


def redeliver(world: World, *, event_type: str | None = None) -> int:
    """Send once more what was sent before, as Stripe does when it doubts; return how many."""
    again = [
        Delivery(sent.endpoint, sent.event)
        for sent in world.delivered
        if event_type in (None, sent.event["type"])
    ]
    world.waiting += again
    return len(again)


def _next(world):
    with world.lock:
        return None if world.holding or not world.waiting else world.waiting.pop(0)


def _rank(event_type, event_types):
    return event_types.index(event_type) if event_type in event_types else len(event_types)
