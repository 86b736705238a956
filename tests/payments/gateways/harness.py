"""What the gateway tests share: credentials, requests, and one way to play the payer."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from payments.gateways.interface import (
    GatewayCredentials,
    PaymentRequest,
    RefundRequest,
)
from payments.gateways.sandbox import SandboxChoice, SandboxGateway
from payments.gateways.stripe import StripeGateway

KEY = "rk_test_shop"


def now():
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def payment_request(**changes):
    values = {
        "key": "att-1",
        "reference": "att-1",
        "tenant": "ten-1",
        "amount": Decimal("120.50"),
        "currency": "EUR",
        "description": "F-2026-0012",
        "locale": "fr",
        "success_url": "http://shop.test/p/x/done/?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://shop.test/p/x/",
        "expires_at": now() + dt.timedelta(minutes=40),
    }
    return PaymentRequest(**{**values, **changes})


def refund_request(payment_id, amount, *, key="refund-1"):
    return RefundRequest(
        key=key, reference=key, payment_id=payment_id, amount=Decimal(amount), currency="EUR"
    )


def stripe_account(server, **changes):
    values = {"secret_key": KEY, "account_id": None, "livemode": False, "base_url": server.url}
    return GatewayCredentials(**{**values, **changes})


class StripePlayer:
    """Stripe on the fake server; acts are what payers and banks do."""

    def __init__(self, server):
        self.gateway = StripeGateway()
        self.account = stripe_account(server)
        self._server = server

    def pay(self, external_id):
        self._server.do("pay", session_id=external_id)

    def pay_by_debit(self, external_id):
        self._server.do("pay", session_id=external_id, method="sepa_debit")

    def confirm(self, external_id):
        self._server.do("confirm_debit", session_id=external_id)

    def fail(self, external_id):
        self._server.do("fail_debit", session_id=external_id)


class MemoryStore:
    """Keeps pretended payments in a dict."""

    def __init__(self):
        self.payments = {}

    def get(self, external_id):
        return self.payments.get(external_id)

    def put(self, payment):
        self.payments[payment.external_id] = payment

    def changed_since(self, since):
        return [payment for payment in self.payments.values() if payment.changed_at >= since]


class SandboxPlayer:
    """The sandbox over a store in memory, with a clock that a test may move."""

    def __init__(self):
        self.moved = dt.timedelta()
        self.gateway = SandboxGateway(store=MemoryStore(), now=lambda: now() + self.moved)
        self.account = GatewayCredentials(
            secret_key="", account_id=None, livemode=False, base_url="http://shop.test/demo-pay"
        )

    def pay(self, external_id):
        self.gateway.choose(external_id, SandboxChoice.PAY)

    def pay_by_debit(self, external_id):
        self.gateway.choose(external_id, SandboxChoice.PAY_LATER)

    def confirm(self, external_id):
        self.gateway.choose(external_id, SandboxChoice.CONFIRM)

    def fail(self, external_id):
        self.gateway.choose(external_id, SandboxChoice.FAIL)


class WebhookReceiver:
    """An application's webhook address that keeps what it is told."""

    def __init__(self):
        self.calls = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.calls.append((dict(self.headers.items()), body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self.url = f"http://127.0.0.1:{self._http.server_port}/hook/"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exc):
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
