"""bin/run's server as a whole: it answers, it stops, nothing is left."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import pytest

from config.embedded_server import try_lock, wait_for

ROOT = Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serving(var, port):
    keys = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "LINK_KEY")}
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("DATABASE_", "REDIS"))
    } | keys
    environment |= {
        "FIELD_KEY": "3wVh0c5n8nZk1u3i9mC1b4m2Qb0n2gkqv1S7mJ1r3xY=",
        "VAR_DIR": str(var),
        "PORT": str(port),
        "DEMO": "0",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "config.serve"], cwd=ROOT, env=environment, stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


def health(port):
    with (
        contextlib.suppress(OSError),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer,
    ):
        return answer.status
    return None


def processes_of(var):
    """The processes that mention a folder in their arguments or their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            if os.fsencode(var) in text and int(entry.name) != os.getpid():
                found.append(int(entry.name))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_site_answers_and_a_signal_stops_all_of_it(number):
    var = Path(tempfile.mkdtemp(prefix="echeance-test-"))
    var.chmod(0o755)
    port = free_port()
    with serving(var, port) as process:
        assert wait_for(lambda: health(port) or process.poll(), 300) == 200
        assert len(processes_of(var)) >= 5  # ours, web, worker, PostgreSQL, Valkey

        process.send_signal(number)

        assert process.wait(60) == (128 + number if number == signal.SIGTERM else 0)
    assert processes_of(var) == []
    with try_lock(var / "postgres.lock") as free:
        assert free.closed is False
    shutil.rmtree(var)
