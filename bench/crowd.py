"""A few clients that ask for a page again and again, over connections that stay open."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from dataclasses import dataclass

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
PATIENCE = 30  # seconds for a server to open its port


@dataclass(frozen=True, slots=True)
class Visit:
    """What is asked for; the answer must be a 200."""

    port: int
    path: str
    cookie: str

    @property
    def request(self) -> bytes:
        lines = [
            f"GET {self.path} HTTP/1.1",
            "Host: localhost",
            f"Cookie: {self.cookie}",
            "Accept-Language: fr",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def walk(visit: Visit, *, clients: int, requests: int) -> tuple[list[float], int]:
    """Let each client make its share; the seconds of every answer, and the size of a page."""
    walks = [_one(visit, requests // clients) for _client in range(clients)]
    found = await asyncio.gather(*walks)
    return [seconds for taken, _size in found for seconds in taken], found[0][1]


async def _one(visit: Visit, requests: int) -> tuple[list[float], int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", visit.port)
    taken, size = [], 0
    for _request in range(requests):
        began = time.perf_counter()
        writer.write(visit.request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if b" 200 " not in head[:15] or length is None:
            raise RuntimeError(head[:200].decode())
        size = len(await reader.readexactly(int(length[1])))
        taken.append(time.perf_counter() - began)
        if b"connection: close" in head.lower():
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", visit.port)
    writer.close()
    return taken, size


def wait_until_open(port: int) -> None:
    """Return once somebody listens.

    Raises:
        TimeoutError: nobody does.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on port {port}")
