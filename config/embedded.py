"""The embedded services: PostgreSQL and Valkey under VAR_DIR, shared by all our processes."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, urlsplit

import environ

from config.embedded_place import EmbeddedError, Place, settle, settle_throwaway
from config.embedded_postgres import OWNER, RUN_TIME, Postgres, grant_run_time_role
from config.embedded_server import locked, open_lock
from config.embedded_valkey import Valkey

__all__ = [
    "EmbeddedError",
    "Urls",
    "broker_url",
    "ensure_services",
    "grant_run_time_role",
    "release_services",
    "start_throwaway",
    "stop_throwaway",
    "var_dir",
]

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Urls:
    """Where the services answer: run-time role, owner role, and Valkey."""

    database_url: str
    database_owner_url: str
    redis_url: str

    def export(self) -> None:
        """Set DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL for us and for child processes.

        A REDIS_URL that the operator has set stays.
        """
        os.environ["DATABASE_URL"] = self.database_url
        os.environ["DATABASE_OWNER_URL"] = self.database_owner_url
        os.environ.setdefault("REDIS_URL", self.redis_url)


class _Services:
    """The two servers of one place."""

    def __init__(self, place: Place) -> None:
        self.pid = os.getpid()
        self.place = place
        self.postgres = Postgres(place)
        self.valkey = Valkey(place)

    def start(self) -> Urls:
        self.postgres.start()
        self.valkey.start()
        return Urls(
            database_url=self.postgres.url(RUN_TIME),
            database_owner_url=self.postgres.url(OWNER),
            redis_url=self.valkey.url(),
        )

    def stop(self) -> None:
        self.valkey.stop()
        self.postgres.stop()


@dataclass(frozen=True)
class _Share:
    """Our part in the services of a VAR_DIR: as long as it is open they run."""

    var: Path
    lock: IO[bytes]
    services: _Services


_shares: list[_Share] = []
_throwaways: dict[Urls, _Services] = {}


def var_dir() -> Path:
    """The folder of everything that this installation writes: VAR_DIR, else `var`."""
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()


def ensure_services() -> None:
    """Start the services of VAR_DIR, or join those that run, and set their URLs.

    Does nothing when DATABASE_URL is set, in the environment or in `.env`. The services are
    shared through locks: whoever leaves last stops them, at exit; a holder that is killed
    counts as gone.

    Raises:
        EmbeddedError: with a sentence that says what to install or to set.
    """
    if (ROOT / ".env").exists():
        environ.Env.read_env(ROOT / ".env")
    if os.environ.get("DATABASE_URL"):
        return
    var = var_dir()
    var.mkdir(parents=True, exist_ok=True)
    with locked(var / "services.start.lock"):
        # Known before they start: an interrupted start is undone like a finished one.
        _share(var).services.start().export()


def release_services() -> None:
    """Give up our part in the services; the last one to leave stops them."""
    while _shares:
        share = _shares.pop()
        # A forked child shares the parent's lock and must not speak for it.
        if share.services.pid != os.getpid():
            continue
        with locked(share.var / "services.start.lock"), share.lock:
            if _is_last(share.lock):
                share.services.stop()


def start_throwaway(directory: Path) -> Urls:
    """Start PostgreSQL and Valkey of their own for a test run, and return their URLs.

    They keep their data in `directory` (or, for root, in a new temporary folder where the
    service account cannot reach it), write without waiting for the disk, share nothing with
    VAR_DIR and die with this process.
    """
    services = _Services(settle_throwaway(directory))
    urls = services.start()
    _throwaways[urls] = services
    atexit.register(stop_throwaway, urls)
    return urls


def stop_throwaway(urls: Urls) -> None:
    """Stop what `start_throwaway` started and delete its data; twice does no harm."""
    services = _throwaways.pop(urls, None)
    if services is None or os.getpid() != services.pid:
        return
    services.stop()
    shutil.rmtree(services.place.sockets, ignore_errors=True)
    shutil.rmtree(services.place.home, ignore_errors=True)


def broker_url(redis_url: str) -> str:
    """The same server in Celery's words: kombu spells a unix socket in its own way.

    `unix:///run/valkey.sock?db=0` becomes `redis+socket:///run/valkey.sock?virtual_host=0`;
    `redis://` and `rediss://` stay as they are.
    """
    url = urlsplit(redis_url)
    if url.scheme != "unix":
        return redis_url
    database = parse_qs(url.query).get("db", ["0"])[0]
    return f"redis+socket://{url.path}?virtual_host={database}"


def _share(var: Path) -> _Share:
    """Our part in the services of a VAR_DIR: the one that this process has, else a new one."""
    for share in _shares:
        if share.var == var and share.services.pid == os.getpid():
            return share
    lock = open_lock(var / "services.lock")
    fcntl.flock(lock, fcntl.LOCK_SH)
    share = _Share(var=var, lock=lock, services=_Services(settle(var)))
    if not _shares:
        atexit.register(release_services)
    _shares.append(share)
    return share


def _is_last(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
