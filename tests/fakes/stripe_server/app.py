"""The fake Stripe as a plain WSGI application."""

from __future__ import annotations

import copy
import json
import time
import urllib.parse
from http import HTTPStatus

import stripe

from tests.fakes.stripe_server import control, pages
from tests.fakes.stripe_server.api import perform
from tests.fakes.stripe_server.contract import contract
from tests.fakes.stripe_server.errors import ConnectionDropped, StripeRefusal
from tests.fakes.stripe_server.webhooks import deliver_waiting
from tests.fakes.stripe_server.world import DAY, StoredAnswer, World

JSON = [("Content-Type", "application/json")]
HTML = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
_FAULTS = {
    "500": {"status": 500, "message": "Something went wrong on our side.", "kind": "api_error"},
    "409": {"status": 409, "message": "Another request holds this key.", "code": "lock_timeout"},
    "429": {"status": 429, "message": "Too many requests.", "code": "rate_limit"},
    "403": {"status": 403, "message": "This key does not have the required permissions."},
}


class Application:
    """Answers the API, the hosted pages and the controls; raises ConnectionDropped to hang up."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        try:
            status, headers, answer = self._answer(environ, path, body)
        except StripeRefusal as refusal:
            status, headers = refusal.status, JSON + refusal.headers
            answer = json.dumps(refusal.body)
        phrase = HTTPStatus(status).phrase
        start_response(f"{status} {phrase}", headers)
        return [answer.encode()]

    def _answer(self, environ, path, body):
        method = environ["REQUEST_METHOD"]
        if path.startswith("/_control/"):
            params = json.loads(body) if body else {}
            return 200, JSON, json.dumps(control.do(self.world, path[len("/_control/") :], params))
        if path.startswith("/c/pay/"):
            return self._page(method, path[len("/c/pay/") :], body)
        if not path.startswith("/v1/"):
            raise StripeRefusal(404, f"There is nothing at {path}.")
        form = body if method == "POST" else environ.get("QUERY_STRING", "")
        return self._api(environ, method, path, form)

    def _page(self, method, session_id, body):
        with self.world.lock:
            if method == "GET":
                status, page = pages.show(self.world, session_id)
                return status, HTML, page
            chosen = dict(urllib.parse.parse_qsl(body)).get("method", "")
            status, page, location = pages.submit(self.world, session_id, chosen)
        deliver_waiting(self.world)
        return status, [*HTML, ("Location", location)] if location else HTML, page

    def _api(self, environ, method, path, form):
        key = environ.get("HTTP_IDEMPOTENCY_KEY")
        self._record(environ, method, path, form)
        fault = self._fault(path)
        if fault == "drop_before":
            raise ConnectionDropped
        if fault in _FAULTS:
            raise StripeRefusal(**_FAULTS[fault])
        with self.world.lock:
            answer = self._once(environ, method, path, form, key, fails=fault == "500_stored")
        deliver_waiting(self.world)
        if fault == "drop_after":
            raise ConnectionDropped
        status, stripe_object, replayed = answer
        headers = [*JSON, ("Request-Id", f"req_{len(self.world.requests):06}")]
        headers += [("Idempotency-Key", key)] if key else []
        headers += [("Idempotent-Replayed", "true")] if replayed else []
        headers += [("Stripe-Should-Retry", "false")] if status >= 500 else []
        return status, headers, json.dumps(stripe_object)

    def _once(self, environ, method, path, form, key, *, fails):
        """Perform a request, or answer again what its idempotency key was answered before.

        What fails before it begins (a wrong key, parameters out of contract) is not kept.
        """
        world = self.world
        account = world.account_of(_secret_key(environ), environ.get("HTTP_STRIPE_ACCOUNT"))
        operation = contract().operation(method, path)
        if operation is None:
            raise StripeRefusal(404, f"Unrecognized request URL ({method}: {path}).")
        stored = world.answers.get((account.id, key)) if key and method == "POST" else None
        if stored and world.now() - stored.at < DAY:
            if stored.fingerprint != (path, form):
                raise StripeRefusal(
                    400,
                    "Keys for idempotent requests can only be used with the same parameters.",
                    kind="idempotency_error",
                )
            return stored.status, copy.deepcopy(stored.body), True
        params, objections = contract().read_request(operation, form)
        if objections:
            raise StripeRefusal(400, "; ".join(objections), code="parameter_invalid")
        status, body = self._outcome(account, operation, path, params, fails=fails)
        if key and method == "POST":
            kept = copy.deepcopy(body)
            world.answers[account.id, key] = StoredAnswer((path, form), world.now(), status, kept)
        return status, body, False

    def _outcome(self, account, operation, path, params, *, fails):
        if fails:
            return 500, StripeRefusal(**_FAULTS["500"]).body
        try:
            return 200, self.world.checked(perform(self.world, account, operation, path, params))
        except StripeRefusal as refusal:
            return refusal.status, refusal.body

    def _record(self, environ, method, path, form):
        """Keep what was asked, without the key; every request must name the SDK's version."""
        with self.world.lock:
            version = environ.get("HTTP_STRIPE_VERSION")
            if version != stripe.api_version:
                self.world.violations.append(f"{method} {path}: API version {version}")
            self.world.requests.append(
                {
                    "method": method,
                    "path": path,
                    "form": form,
                    "account": environ.get("HTTP_STRIPE_ACCOUNT"),
                    "idempotency_key": environ.get("HTTP_IDEMPOTENCY_KEY"),
                    "telemetry": environ.get("HTTP_X_STRIPE_CLIENT_TELEMETRY"),
                }
            )

    def _fault(self, path):
        with self.world.lock:
            planned = next((f for f in self.world.faults if f["path"] in path), None)
            if planned is None:
                return None
            self.world.faults.remove(planned)
        if planned["fault"] == "slow":
            time.sleep(planned["seconds"])
        return planned["fault"]


def _secret_key(environ):
    return environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
