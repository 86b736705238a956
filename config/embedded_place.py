"""Where the embedded servers live, and which system account runs them."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SERVICE_ACCOUNT = "echeance"
# Used when the account cannot walk down to the checkout (/root, a private home).
ELSEWHERE = Path("/var/lib/echeance")
# A socket path may have 107 bytes; the longest name in the folder is "/.s.PGSQL.5432".
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")


class EmbeddedError(RuntimeError):
    """An embedded server cannot run; the message says what to do about it."""


@dataclass(frozen=True)
class Account:
    """A system account; children are switched to it when the parent is root."""

    name: str
    uid: int
    gid: int

    @property
    def _switched(self) -> bool:
        return os.geteuid() == 0

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run a command to its end as this account and return its status and output."""
        return subprocess.run(  # noqa: S603 -- fixed programs, no shell
            [str(part) for part in command],
            cwd="/",
            env=_bare_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=self.uid if self._switched else None,
            group=self.gid if self._switched else None,
            extra_groups=[] if self._switched else None,
        )

    def start(
        self, command: Sequence[str | Path], *, log: Path, inherit: int
    ) -> subprocess.Popen[bytes]:
        """Start a long-lived server as this account, in a session of its own.

        Args:
            command: program and arguments.
            log: the file that receives what the server prints.
            inherit: a file descriptor that the server keeps open for its whole life.
        """
        with log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603 -- fixed programs, no shell
                [str(part) for part in command],
                cwd="/",
                env=_bare_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[inherit],
                start_new_session=True,
                umask=0o077,
                user=self.uid if self._switched else None,
                group=self.gid if self._switched else None,
                extra_groups=[] if self._switched else None,
            )

    def can_reach(self, path: Path) -> bool:
        """Whether this account may enter a folder, or run a program."""
        return not self._switched or self.run(["test", "-x", path]).returncode == 0

    def own(self, path: Path) -> None:
        """Give a file or folder to this account (only root has to)."""
        if self._switched:
            os.chown(path, self.uid, self.gid)

    def make_private(self, folder: Path) -> Path:
        """Make a folder that only this account (and root) can enter."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.own(folder)
        return folder


@dataclass(frozen=True)
class Place:
    """One set of servers: its folder, its sockets and its account."""

    home: Path
    sockets: Path
    account: Account
    throwaway: bool = False


def settle(var: Path) -> Place:
    """Return the place of the servers that belong to a VAR_DIR, made if it is missing.

    The caller holds the start lock, so that two processes never settle at once.
    """
    home = _home(var)
    account = _account(home)
    home.mkdir(parents=True, exist_ok=True)
    if not account.can_reach(home):
        home = ELSEWHERE / f"{var.parent.name}-{secrets.token_hex(4)}"
        home.mkdir(mode=0o755, parents=True)
        (var / "services-at").write_text(f"{home}\n")
    return Place(home=home, sockets=_sockets(home, account), account=account)


def settle_throwaway(directory: Path) -> Place:
    """Return a fresh place for servers that are deleted after use.

    Root's private folders (pytest's, for one) are closed to the service account: then the
    place is a new folder in the system's temporary folder.
    """
    account = _account(directory)
    directory.mkdir(parents=True, exist_ok=True)
    home = directory.resolve()
    if not account.can_reach(home):
        home = Path(tempfile.mkdtemp(prefix="echeance-"))
        home.chmod(0o711)
    return Place(home=home, sockets=_sockets(home, account), account=account, throwaway=True)


def _home(var: Path) -> Path:
    pointer = var / "services-at"
    return Path(pointer.read_text().strip()) if pointer.exists() else var


def _account(home: Path) -> Account:
    """Whoever owns the data already, else the service account (root), else ourselves."""
    if os.geteuid() != 0:
        return _named(os.geteuid())
    try:
        owner = (home / "postgres").stat().st_uid
    except FileNotFoundError:
        return _service_account()
    return _named(owner) if owner else _service_account()


def _named(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedError(
            f"The user id {uid} has no name on this system, and PostgreSQL needs one: add it "
            "with useradd, or set DATABASE_URL to a database of your own."
        ) from None
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _service_account() -> Account:
    """Find or create the account that runs the servers, as they refuse to run as root."""
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SERVICE_ACCOUNT]
    try:
        return _named(pwd.getpwnam(SERVICE_ACCOUNT).pw_uid)
    except KeyError:
        _try(command)
    try:
        return _named(pwd.getpwnam(SERVICE_ACCOUNT).pw_uid)
    except KeyError:
        raise EmbeddedError(
            "PostgreSQL refuses to run as root and no other account could be created: run "
            f"useradd --system {SERVICE_ACCOUNT}, or start Échéance as another user."
        ) from None


def _try(command: list[str]) -> None:
    """Run a command whose effect the caller checks."""
    if shutil.which(command[0]) is not None:
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603


def _sockets(home: Path, account: Account) -> Path:
    """A private folder for sockets, as near as the limit on their path allows."""
    near = home / "sockets"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER:
        return account.make_private(near)
    pointer = home / "sockets-at"
    if pointer.exists():
        known = Path(pointer.read_text().strip())
        # The temporary folder is shared: never follow what somebody else put there.
        if known.is_dir() and not known.is_symlink() and known.stat().st_uid == account.uid:
            return known
    folder = Path(tempfile.mkdtemp(prefix="echeance-", dir="/tmp"))
    account.own(folder)
    pointer.write_text(f"{folder}\n")
    return folder


def _bare_environment() -> dict[str, str]:
    """Nothing of ours: no secret, no PG* variable that would change the servers."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
