"""`bin/run`: everything of one machine in one place; leaving it stops all that it started."""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psycopg

from config.embedded import ROOT, EmbeddedError, ensure_services, release_services, var_dir
from config.embedded_server import wait_for

HEALTH_SECONDS = 120
STOP_SECONDS = 40
MANAGE = [sys.executable, str(ROOT / "manage.py")]


class CannotServeError(RuntimeError):
    """Échéance cannot run here; the message is for the person at the terminal."""


@dataclass
class Site:
    """What this run of the site is made of."""

    host: str
    port: int
    var: Path
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    rest_of_demo: subprocess.Popen[bytes] | None = None  # ends by itself

    @property
    def address(self) -> str:
        return os.environ.get("SITE_URL") or f"http://localhost:{self.port}"

    def log(self, name: str) -> Path:
        """Where a child's output goes."""
        return self.var / "log" / f"{name}.log"


def main() -> int:
    """Serve until a signal comes or a child dies; return the exit status."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _leave)
    site = Site(
        host=os.environ.get("LISTEN") or "127.0.0.1",
        port=int(os.environ.get("PORT") or 8000),
        var=var_dir(),
    )
    (site.var / "log").mkdir(parents=True, exist_ok=True)
    try:
        with _only_one(site):
            return _serve(site)
    except (CannotServeError, EmbeddedError) as error:
        _say(str(error))
        return 1
    finally:
        release_services()


def _serve(site: Site) -> int:
    _check_port(site)
    if not os.environ.get("DATABASE_URL"):
        _say("Starting PostgreSQL and Valkey")
    ensure_services()
    try:
        _prepare(site)
        _start(site, "web", _web(site))
        _start(site, "worker", _worker())
        _wait_until_healthy(site)
        _welcome(site)
        _load_rest_of_demo(site)
        return _watch(site)
    finally:
        _stop(site)


@contextmanager
def _only_one(site: Site) -> Iterator[None]:
    """Hold `run.lock` in VAR_DIR; it says who serves and where."""
    with (site.var / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotServeError(f"Échéance already runs here: {lock.read().strip()}") from None
        lock.truncate(0)
        lock.write(f"{site.address} (process {os.getpid()})\n")
        lock.flush()
        yield


def _check_port(site: Site) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((site.host, site.port))
        except OSError as error:
            raise CannotServeError(
                f"Port {site.port} cannot be used ({error.strerror}): choose another one, "
                f"for example PORT={site.port + 1} bin/run"
            ) from None


def _prepare(site: Site) -> None:
    """Bring database, translations and static files up to date; what is so costs nothing."""
    steps = (
        ("Compiling translations", "compile_translations", ROOT.glob("locale/*/*/*.po")),
        (
            "Collecting static files",
            "collectstatic --no-input -v 0 -i django_htmx",
            _static_sources(),
        ),
    )
    for title, command, sources in steps:
        stamp = site.var / f"{command.split()[0]}.stamp"
        signature = _signature(sources)
        if not stamp.exists() or stamp.read_text() != signature:
            _say(title)
            _run(command.split())
            stamp.write_text(signature)
    _say("Bringing the database up to date")
    _run(["migrate", "--no-input", "-v", "0"])
    logins = site.var / "demo-logins.txt"
    if _is_demo() and _is_empty():
        _say("Loading the demo")
        logins.write_text(_run(["load_demo", "--first"]))


def _run(command: list[str]) -> str:
    """Run a manage.py command and return what it prints."""
    child = _spawn([*MANAGE, *command], output=subprocess.PIPE)
    try:
        output, _ = child.communicate()
    except BaseException:
        _kill_group(child)
        raise
    text = output.decode(errors="replace")
    if child.returncode != 0:
        raise CannotServeError(f"{text}\nmanage.py {' '.join(command)} failed.")
    return text


def _is_demo() -> bool:
    return os.environ.get("DEMO", "").lower() in {"1", "true", "yes", "on"}


def _is_empty() -> bool:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        found = connection.execute("SELECT EXISTS (SELECT FROM tenants_tenant)").fetchone()
    return found == (False,)


def _static_sources() -> Iterable[Path]:
    yield ROOT / "requirements" / "run.txt"
    yield from (ROOT / "static").rglob("*")


def _signature(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        status = path.stat()
        digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _web(site: Site) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--no-control-socket"]
    command += ["--bind", f"{site.host}:{site.port}", "--worker-class", "gthread"]
    command += ["--workers", os.environ.get("WEB_WORKERS") or "2", "--threads", "4"]
    return [*command, "--graceful-timeout", "20", "--worker-tmp-dir", str(site.var)]


def _worker() -> list[str]:
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--beat"]
    command += ["--queues", "mail,pdf,default", "--concurrency", "2", "--loglevel", "INFO"]
    command += ["--scheduler", "celery.beat.Scheduler"]
    return [*command, "--without-gossip", "--without-mingle", "--without-heartbeat"]


def _start(site: Site, name: str, command: list[str]) -> None:
    """Start a server under the run-time role: it never sees the owner's credential."""
    _say(f"Starting {name}")
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_OWNER_URL"}
    with site.log(name).open("ab") as output:
        site.children[name] = _spawn(command, output=output, environment=environment)


def _spawn(
    command: list[str], *, output: int | IO[bytes], environment: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a child in a group of its own that gets SIGTERM if we are killed."""
    if setpriv := shutil.which("setpriv"):
        command = [setpriv, "--pdeathsig", "TERM", "--", *command]
    return subprocess.Popen(  # noqa: S603 -- our own commands, no shell
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _wait_until_healthy(site: Site) -> None:
    def healthy() -> bool:
        _fail_if_one_died(site)
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(site.host, site.port, timeout=10)
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        return False

    if not wait_for(healthy, HEALTH_SECONDS):
        raise CannotServeError(f"The site does not answer: see {site.log('web')}")


def _welcome(site: Site) -> None:
    logins = site.var / "demo-logins.txt"
    _say(f"\nÉchéance is ready: {site.address}")
    if _is_demo() and logins.exists():
        _say(logins.read_text().strip())
    _say(f"Logs are in {site.var / 'log'}. Ctrl-C stops everything.")


def _load_rest_of_demo(site: Site) -> None:
    """The first page waits for one business alone; the others follow while it is read."""
    is_loaded = (site.var / "demo-logins.txt").exists()
    if not _is_demo() or not is_loaded or _whole_demo(site).exists():
        return
    _say("The other two businesses of the demo are loading.")
    with site.log("demo").open("ab") as output:
        site.rest_of_demo = _spawn([*MANAGE, "load_demo"], output=output)


def _whole_demo(site: Site) -> Path:
    return site.var / "demo-whole.stamp"


def _watch(site: Site) -> int:
    while True:
        _fail_if_one_died(site)
        _note_rest_of_demo(site)
        time.sleep(0.5)


def _note_rest_of_demo(site: Site) -> None:
    """Loading more of the demo may fail without stopping the site; the next start tries again."""
    if site.rest_of_demo is None or site.rest_of_demo.poll() is None:
        return
    if site.rest_of_demo.returncode == 0:
        _whole_demo(site).touch()
        _say("The demo is complete.")
    else:
        _say(f"The rest of the demo could not be loaded: see {site.log('demo')}")
    site.rest_of_demo = None


def _fail_if_one_died(site: Site) -> None:
    for name, child in site.children.items():
        if child.poll() is not None:
            last = site.log(name).read_text(errors="replace").splitlines()[-15:]
            raise CannotServeError("\n".join([*last, f"{name} stopped: see {site.log(name)}"]))


def _stop(site: Site) -> None:
    """Stop the children, gently first; a second signal makes it short."""
    if site.rest_of_demo is not None:  # all or nothing: what it had begun is rolled back
        _kill_group(site.rest_of_demo)
        site.rest_of_demo.wait()
    running = [child for child in site.children.values() if child.poll() is None]
    if running:
        _say("Stopping")
    try:
        for child in running:
            # To the leader alone: Celery's children would drop their tasks.
            child.send_signal(signal.SIGTERM)
        wait_for(lambda: all(child.poll() is not None for child in running), STOP_SECONDS)
    finally:
        for child in site.children.values():
            _kill_group(child)
            child.wait()


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a child's group: it may outlive the child itself."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _leave(number: int, frame: object) -> None:
    sys.exit(128 + number if number != signal.SIGINT else 0)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
