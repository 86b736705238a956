"""What the fake Stripe knows: accounts and their objects, a clock, and all that happened."""

from __future__ import annotations

import copy
import itertools
import secrets
import threading
import time
from dataclasses import dataclass, field

import stripe

from tests.fakes.stripe_server.contract import contract
from tests.fakes.stripe_server.errors import StripeRefusal, no_such

DAY = 24 * 3600


@dataclass
class Account:
    """One Stripe account; what belongs to another account does not exist for this one."""

    id: str
    platform: str | None = None
    charges_enabled: bool = True
    deauthorized: bool = False
    objects: dict[str, dict] = field(default_factory=dict)


@dataclass
class StoredAnswer:
    """What an idempotency key holds: the request it was made with and the answer it got."""

    fingerprint: tuple
    at: int
    status: int
    body: dict


@dataclass
class Delivery:
    """One call of one webhook endpoint: an event on its way."""

    endpoint: dict
    event: dict
    status: int | None = None
    response: str = ""

    @property
    def done(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class World:
    """All state; hold `lock` while changing it."""

    def __init__(self, base_url: str = "") -> None:
        self.lock = threading.RLock()
        self.base_url = base_url
        self.accounts: dict[str, Account] = {}
        self.revoked_keys: set[str] = set()
        self.answers: dict[tuple, StoredAnswer] = {}
        self.endpoints: dict[str, dict] = {}
        self.waiting: list[Delivery] = []
        self.delivered: list[Delivery] = []
        self.holding = False
        self.faults: list[dict] = []
        self.requests: list[dict] = []
        self.violations: list[str] = []
        self._offset = 0
        self._serial = itertools.count(1)

    def now(self) -> int:
        return int(time.time()) + self._offset

    def advance(self, seconds: int) -> None:
        self._offset += seconds

    def account_of(self, secret_key: str, connected: str | None) -> Account:
        """Return the account that a key and a `Stripe-Account` header speak for.

        Every well-formed test key is an account of its own; every connected account named by a
        key belongs to the platform of that key from then on.
        """
        if not secret_key.startswith(("sk_test_", "rk_test_")) or secret_key in self.revoked_keys:
            raise StripeRefusal(401, f"Invalid API Key provided: {secret_key[:8]}****")
        own_id = "acct_" + secret_key.split("_", 2)[2]
        own = self.accounts.setdefault(own_id, Account(own_id))
        if connected is None:
            return own
        account = self.accounts.setdefault(connected, Account(connected, platform=own_id))
        if account.platform != own_id or account.deauthorized:
            raise StripeRefusal(403, f"This key does not have access to account '{connected}'.")
        return account

    def create(self, account: Account, kind: str, prefix: str, **values) -> dict:
        """Keep a new object of this account and return it."""
        stripe_object = {
            "id": f"{prefix}_{next(self._serial):06}{secrets.token_hex(6)}",
            "object": kind,
            "created": self.now(),
            **values,
        }
        account.objects[stripe_object["id"]] = stripe_object
        return stripe_object

    def find(self, account: Account, kind: str, object_id: str) -> dict:
        found = account.objects.get(object_id)
        if found is None or found["object"] != kind:
            raise no_such(kind, object_id)
        return found

    def all(self, account: Account, kind: str, **wanted) -> list[dict]:
        """Return the account's objects of a kind, newest first, with these values."""
        return [
            found
            for found in reversed(account.objects.values())
            if found["object"] == kind and all(found.get(k) == v for k, v in wanted.items())
        ]

    def account_with(self, object_id: str) -> Account:
        """Return the account that owns an object: the hosted page and the controls know no key."""
        for account in self.accounts.values():
            if object_id in account.objects:
                return account
        raise no_such("object", object_id)

    def emit(self, account: Account, event_type: str, stripe_object: dict) -> dict:
        """Record an event about an object as it is now, and queue its webhooks."""
        event = self.create(
            account,
            "event",
            "evt",
            api_version=stripe.api_version,
            data={"object": copy.deepcopy(stripe_object)},
            livemode=False,
            pending_webhooks=1,
            request={"id": None, "idempotency_key": None},
            type=event_type,
        )
        self.checked(event)
        for endpoint in self.endpoints.values():
            if event_type in endpoint["enabled_events"] or "*" in endpoint["enabled_events"]:
                self._queue(account, event, endpoint)
        return event

    def checked(self, stripe_object: dict) -> dict:
        """Hold an answer against the contract; a fault of the fake must not pass unseen."""
        self.violations += contract().object_errors(stripe_object)
        return stripe_object

    def _queue(self, account, event, endpoint):
        if endpoint["_connect"] and endpoint["_account"] == account.platform:
            self.waiting.append(Delivery(endpoint, {**event, "account": account.id}))
        elif not endpoint["_connect"] and endpoint["_account"] == account.id:
            self.waiting.append(Delivery(endpoint, event))
