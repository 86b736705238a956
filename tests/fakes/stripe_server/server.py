"""A threaded HTTP server for the fake, and the handle that tests hold."""

from __future__ import annotations

import io
import socket
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from tests.fakes.stripe_server import control
from tests.fakes.stripe_server.app import Application
from tests.fakes.stripe_server.errors import ConnectionDropped
from tests.fakes.stripe_server.world import World


class _Handler(BaseHTTPRequestHandler):
    """Carries requests to a WSGI application, and hangs up when it says so."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60
    application: Application

    def _serve(self):
        answered = {}
        try:
            body = b"".join(
                self.application(self._environ(), lambda s, h: answered.update(status=s, headers=h))
            )
        except ConnectionDropped:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        code, _, phrase = answered["status"].partition(" ")
        self.send_response(int(code), phrase)
        for name, value in answered["headers"]:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_DELETE = _serve  # noqa: N815 - names dictated by http.server

    def _environ(self):
        url = urllib.parse.urlsplit(self.path)
        length = self.headers.get("Content-Length") or "0"
        environ = {
            "REQUEST_METHOD": "GET" if self.command == "HEAD" else self.command,
            "PATH_INFO": urllib.parse.unquote(url.path),
            "QUERY_STRING": url.query,
            "CONTENT_LENGTH": length,
            "wsgi.input": io.BytesIO(self.rfile.read(int(length))),
            "wsgi.errors": sys.stderr,
        }
        for name, value in self.headers.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return environ

    def log_message(self, format, *args):  # noqa: A002 - name dictated by http.server
        pass


class StripeServer:
    """A running fake Stripe. `do(act, **params)` pulls the strings of `control.ACTS`."""

    def __init__(self, *, port: int = 0) -> None:
        self.world = World()
        handler = type("Handler", (_Handler,), {"application": Application(self.world)})
        self._http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._http.daemon_threads = True
        self.world.base_url = self.url
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def requests(self) -> list[dict]:
        return self.world.requests

    @property
    def violations(self) -> list[str]:
        return self.world.violations

    def do(self, act: str, **params):
        return control.do(self.world, act, params)

    def reset(self) -> None:
        """Forget everything, between two tests."""
        self.world.__init__(self.url)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
