"""Start, join and stop one embedded server; the lock it inherits says whether it lives."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, ClassVar, TypeVar

from config.embedded_place import Account, EmbeddedError, Place

# Long, because recovery after a crash replays up to two gigabytes of journal.
START_SECONDS = 300
STOP_SECONDS = 60
PAUSE = 0.02
LARGEST_LOG = 10_000_000

Answer = TypeVar("Answer")


class Server(ABC):
    """A server bound to a place.

    The server inherits an exclusive lock on `<name>.lock` and never closes it: as long as
    any of its processes lives the lock is held, and when we get the lock none does. That
    stays true after kill -9, after a reboot and when process ids are used again.
    """

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, place: Place) -> None:
        self.place = place
        self.data = place.home / self.name
        self.log = place.home / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def pid_file(self) -> Path:
        """Where the server writes its process id, on the first line."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the data folder and the configuration; no server runs on them now."""

    @abstractmethod
    def command(self) -> list[str | Path]:
        """The program and its arguments."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server takes our requests."""

    def start(self) -> None:
        """Start the server, or join the one that runs already."""
        lock = wait_for(self._lock_unless_it_answers, START_SECONDS)
        if lock is None:
            raise EmbeddedError(f"{self.name} runs but does not answer: see {self.log}")
        if isinstance(lock, bool):
            return
        with lock:
            self._launch(lock)
        if not wait_for(self._is_up, START_SECONDS):
            raise EmbeddedError(f"{self.name} did not start in time: see {self.log}")

    def stop(self) -> None:
        """Stop the server and wait until none of its processes is left."""
        pid = self._pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, self.stop_signal)
        lock = wait_for(self._lock, STOP_SECONDS)
        if lock is None:
            raise EmbeddedError(f"{self.name} does not stop: see {self.log}")
        lock.close()
        self._reap()

    def _reap(self) -> None:
        """Take leave of our child; the lock has said that it is dead."""
        if self.process is not None:
            self.process.wait()
            self.process = None

    def _launch(self, lock: IO[bytes]) -> None:
        self._reap()
        self.prepare()
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        command = self.command()
        # Throwaway servers die with the test run, even when it is killed.
        setpriv = shutil.which("setpriv") if self.place.throwaway else None
        if setpriv is not None:
            command = [
                setpriv,
                "--pdeathsig",
                self.stop_signal.name.removeprefix("SIG"),
                "--",
                *command,
            ]
        self.process = self.place.account.start(command, log=self.log, inherit=lock.fileno())

    def _is_up(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise EmbeddedError(f"{self.name} stopped at once. {_last_words(self.log)}")
        return self.answers()

    def _lock(self) -> IO[bytes] | None:
        return try_lock(self.place.home / f"{self.name}.lock", self.place.account)

    def _lock_unless_it_answers(self) -> IO[bytes] | bool | None:
        return self._lock() or self.answers() or None

    def _pid(self) -> int | None:
        """The server's process id, or None; never that of a stranger."""
        try:
            pid = int(self.pid_file.read_text().split("\n", 1)[0])
            open_files = list(Path(f"/proc/{pid}/fd").iterdir())
        except (OSError, ValueError):
            return None
        lock = str(self.place.home / f"{self.name}.lock")
        return pid if lock in map(_target, open_files) else None


def try_lock(path: Path, account: Account | None = None) -> IO[bytes] | None:
    """Take an exclusive lock on a file and return it open, or None when it is taken."""
    file = open_lock(path, account)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def open_lock(path: Path, account: Account | None = None) -> IO[bytes]:
    """Open a lock file, private to us and to the account that owns the data."""
    file = open(path, "ab", opener=_private)  # noqa: SIM115 -- Path.open has no opener
    if account is not None:
        account.own(path)
    return file


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file, waiting for it as long as it takes."""
    with open_lock(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def wait_for(question: Callable[[], Answer], seconds: float) -> Answer | None:
    """Ask until the answer is true; return it, or None when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            return None
        time.sleep(PAUSE)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def _last_words(log: Path) -> str:
    return " ".join(log.read_text(errors="replace").splitlines()[-3:])
