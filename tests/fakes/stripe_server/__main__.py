"""`python -m tests.fakes.stripe_server --port 12111 --webhook URL --key sk_test_local`."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys

from tests.fakes.stripe_server import StripeServer


def main() -> None:
    parser = argparse.ArgumentParser(description="A fake Stripe for development and tests.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--webhook", help="URL that gets every event")
    parser.add_argument("--key", default="sk_test_local", help="the account of the webhook")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with StripeServer(port=options.port) as server, contextlib.suppress(KeyboardInterrupt):
        print(f"url={server.url}", flush=True)  # noqa: T201 - a command line tool
        if options.webhook:
            endpoint = server.do("register_webhook", url=options.webhook, secret_key=options.key)
            print(f"webhook_secret={endpoint['secret']}", flush=True)  # noqa: T201
        signal.pause()


if __name__ == "__main__":
    main()
